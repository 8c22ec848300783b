"""Figures over values at any depth, in arrays, context and traits equal plain loops over the messages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, find, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import measure
from tests.analytics.nested_orders import PLAN, Order, entries_of, figures, logs, measures, where_of
from tests.many import MANY

from footfall.analytics import Dataset
from footfall.analytics.window import Span
from footfall.plan.model import Aggregate, Count, EventMeasure

LINES = [{"sku": "a", "Price": 1, "qty": 1}, {"sku": "b", "Price": 2, "qty": 1}, {"sku": "a", "Price": 4}]


def order(**properties: object) -> Order:
    return Order("x", 1, {"type": "track", "event": "order", "properties": properties}, None)


def check(log: Sequence[Order], asked: EventMeasure, shards: int) -> None:
    with Dataset.of(entries_of(log), PLAN) as dataset:
        measured = measure(dataset, PLAN, asked, Span(), shards)

    groups = {key: figure.exact for key, figure in measured.groups.items()}
    assert groups == (figures(log, asked, measured.by) if asked.by else {})
    if measured.currency:
        totals = {(code,): figure.exact for code, figure in measured.currencies.items()}
        assert totals == figures(log, asked, (measured.currency,))
    else:
        assert measured.total.exact == figures(log, asked, ()).get((), measured.nothing.exact)
    assert measured.unread == 0


@given(logs, measures, st.sampled_from([1, 3]))
@example([order(Lines=LINES, currency="EUR"), order(Lines=LINES[:1])], Count(event="order", by=("lines[].sku",)), 3)
@settings(max_examples=8)
def test_any_figure_equals_a_plain_loop(log: list[Order], asked: EventMeasure, shards: int) -> None:
    check(log, asked, shards)


@pytest.mark.slow
@given(logs, measures, st.sampled_from([1, 3]))
@settings(max_examples=MANY)
def test_many_figures_equal_a_plain_loop(log: list[Order], asked: EventMeasure, shards: int) -> None:
    check(log, asked, shards)


@pytest.mark.parametrize(
    "name", ["", "lines[]", "lines[].tags[]", "lines[].price", "fees[].amount", "traits.plan", "actor"]
)
def test_measures_over_every_kind_of_value_are_drawn(name: str) -> None:
    find(measures, lambda asked: asked.property == name and any("[]" in part for part in asked.by))


def test_what_items_have_is_added_up_exactly_and_grouped_item_by_item() -> None:
    log = [order(Lines=LINES, currency="EUR"), order(Lines=LINES[:1], currency="SEK")]
    asked = Aggregate(function="sum", event="order", property="lines[].price", by=("lines[].sku",))

    with Dataset.of(entries_of(log), PLAN) as dataset:
        measured = measure(dataset, PLAN, asked, Span())

    assert {code: figure.value for code, figure in measured.currencies.items()} == {"EUR": 7, "SEK": 1}
    assert {key: figure.value for key, figure in measured.groups.items()} == {
        ("a", "EUR"): 5, ("b", "EUR"): 2, ("a", "SEK"): 1,
    }  # fmt: skip


def test_a_message_is_in_the_group_of_each_of_its_items_once() -> None:
    log = [order(Lines=LINES), order(Lines=[]), order()]

    assert figures(log, Count(event="order"), ("lines[].sku",)) == {("a",): 1, ("b",): 1, (None,): 2}
    check(log, Count(event="order", by=("lines[].sku",)), 1)


def test_several_conditions_on_one_item_must_be_met_by_the_same() -> None:
    together, apart = where_of("'lines[]': {sku: b, quantity: 3}"), where_of("'lines[].sku': b, 'lines[].quantity': 3")
    log = [order(Lines=[{"sku": "b", "qty": 1}, {"sku": "a", "qty": 3}])]

    for where, number in ((together, 0), (apart, 1)):
        assert figures(log, Count(event="order", where=where), ()).get((), 0) == number
        check(log, Count(event="order", where=where), 1)


def test_what_is_no_array_and_what_is_no_number_are_counted_as_unreadable() -> None:
    log = [order(Lines="none"), order(Lines=[{"qty": "many"}, {"qty": 2}])]
    asked = Aggregate(function="sum", event="order", property="lines[].quantity")

    with Dataset.of(entries_of(log), PLAN) as dataset:
        measured = measure(dataset, PLAN, asked, Span())

    assert str(measured.total.value) == "2"
    assert measured.unread == 2
