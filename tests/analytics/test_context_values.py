"""What a message does not say of its context, its batch may."""

from __future__ import annotations

import pytest
from tests.analytics.conftest import make_entry
from tests.analytics.nested_orders import PLAN

from footfall.analytics.context_values import read_context
from footfall.analytics.planned_values import planned
from footfall.storage.parquet.table_part import TablePart, table_of

NAMES = ("context.app.version", "context.returned")


@pytest.mark.parametrize(
    ("context", "batch", "values", "unread"),
    [
        ('{"app": {"version": "2"}}', '{"context": {"app": {"version": "1"}}}', ("2", None), (0, 0)),
        ('{"app": {"name": "shop"}}', '{"context": {"app": {"version": "1"}, "returned": true}}', ("1", True), (0, 0)),
        ("{}", None, (None, None), (0, 0)),
        ("null", '{"context": null}', (None, None), (0, 0)),
        ('{"app": {"version": 2}}', '{"context": {"app": {"version": "1"}}}', (None, None), (1, 0)),
        ('{"app": {"version": "2"}}', '{"context": {"returned": "yes"}}', ("2", None), (0, 1)),
    ],
)
def test_the_message_goes_before_its_batch_field_by_field(
    context: str, batch: str | None, values: tuple[object, ...], unread: tuple[int, ...]
) -> None:
    body = b'{"type":"track","event":"order","context":%s}' % context.encode()
    part = TablePart([table_of([make_entry(1, "order", 1, body=body, envelope=batch and batch.encode())])])
    wanted = planned(PLAN, PLAN.events["order"], NAMES).values

    read = read_context(part, part.stretches()[0], wanted)

    assert tuple(value for each in read for value in each.values.to_pylist()) == values
    assert tuple(len(each.unread) for each in read) == unread
