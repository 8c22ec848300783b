"""Each value of each message in the window is a row: of persons that count, and of items of arrays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.analytics.asking import context_of
from tests.analytics.questions.cross_sell.shopping import PLAN

from footfall.analytics import Dataset
from footfall.analytics.value_rows import value_rows
from footfall.analytics.window import Span
from footfall.plan.reading.event_values import read_event_value
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


@pytest.mark.parametrize(
    ("of", "rows"),
    [
        ("order.lines[].sku", [(1, "a"), (1, "b"), (2, "b")]),
        ("order.total", [(2, "7")]),
        ("order.lines[].sku {total: 7}", [(2, "b")]),
    ],
)
def test_a_value_is_in_a_row_where_it_is(entry: MakeEntry, of: str, rows: list[tuple[int, str]]) -> None:
    log = [
        entry(1, "order", 1, user="ann", properties={"Lines": [{"SKU": "a"}, {"SKU": "b"}, {}]}),
        entry(2, "order", 2, user="ann", properties={"Lines": [{"SKU": "b"}], "total": 7}),
        entry(3, "order", 3, user="ann", properties={"Lines": [{"SKU": "late"}]}),
        entry(4, "order", 1, device="gateway", properties={"Lines": [{"SKU": "device"}]}),
    ]
    with Dataset.of(log, PLAN) as dataset:
        (context,) = context_of(dataset, PLAN).shards
        sql = value_rows(context, "user", read_event_value(of, PLAN, "OF"), Span(None, 3_000_000))
        assert sorted(dataset.rows(f"SELECT seq, value FROM ({sql})")) == rows
