"""Keys of the format have one order; names that the author gave have theirs."""

from __future__ import annotations

import pytest
from tests.planning.fmt.texts import formatted

from footfall.plan.reading.schema import EVENT, FILE, PROPERTY, TYPE
from footfall.planning.fmt.order import inside, key_order, record_of
from footfall.planning.grammar import CONDITIONS, FIGURE


def test_the_order_names_every_key_of_the_format_once() -> None:
    for record in (FILE, PROPERTY, TYPE, EVENT):
        assert sorted(key_order(record)) == sorted(record.keys)


def test_a_form_is_a_record_once_it_has_one_of_its_keys() -> None:
    assert record_of(FIGURE, {"count": 1}) is FIGURE.records["count"]
    assert record_of(FIGURE, {}) is None
    assert record_of(FIGURE, {"count": 1, "sum": 2}) is None
    assert record_of(CONDITIONS, {"count": 1}) is None


def test_what_is_kept_as_written_has_no_kind_inside() -> None:
    assert inside(FILE, "naming", {"naming": 1}) is None
    assert inside(EVENT, "enforcement", {"enforcement": 1}) is None
    assert inside(FILE, "x_own", {"x_own": 1}) is None


def test_the_way_down_ends_at_the_record_of_a_property() -> None:
    events = inside(FILE, "events", {})
    properties = inside(inside(events, "order_paid", {}), "properties", {})

    assert inside(properties, "total", {}) is PROPERTY
    assert inside(inside(PROPERTY, "items", {}), "properties", {}) is not None


@pytest.mark.parametrize("section", ["naming", "enforcement", "x_own"])
def test_keys_that_a_bundle_keeps_as_written_do_not_move(section: str) -> None:
    text = f"plan: p\n{section}:\n  b: {{d: 1, c: 2}}\n  a: 3\n"

    assert formatted(text) == text
