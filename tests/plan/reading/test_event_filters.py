"""A filter is an event with conditions as in a plan, and a mistake in it names the place and the nearest name."""

from __future__ import annotations

import msgspec
import pytest

from footfall.errors import UsageError
from footfall.plan.model import Count, Event, EventFilter, Kpi, Page, Plan, Property, Where
from footfall.plan.reading.event_filters import read_event_filter

TOTAL = Property(name="total", wire_name="total", type="decimal")
CURRENCY = Property(name="currency", wire_name="currency", type="string", enum=("EUR", "SEK"))
PLAN = Plan(
    id="test",
    events={"bought": Event(name="bought", wire_name="bought", properties=(TOTAL, CURRENCY))},
    pages={"Home": Page(name="Home", properties=(CURRENCY,))},
)


def test_a_kpi_is_named_where_an_event_is_meant() -> None:
    plan = msgspec.structs.replace(
        PLAN, kpis={"orders": Kpi(name="orders", measure=Count(event="bought"), window=None)}
    )

    with pytest.raises(UsageError, match=r"there is no event 'orders': it is a KPI.*name the event that it counts"):
        read_event_filter("orders", plan, "conversion")


@pytest.mark.parametrize(
    ("text", "filter_"),
    [
        ("bought", EventFilter(event="bought")),
        ("*", EventFilter(event="*")),
        ("page:Home", EventFilter(event="page:Home")),
        (
            "bought {total: {gte: 10.5}, currency: [EUR, SEK]}",
            EventFilter(
                event="bought",
                where=(
                    Where(property="total", op="gte", values=(10.5,)),
                    Where(property="currency", op="in", values=("EUR", "SEK")),
                ),
            ),
        ),
    ],
)
def test_an_event_with_or_without_conditions(text: str, filter_: EventFilter) -> None:
    assert read_event_filter(text, PLAN, "START") == filter_


@pytest.mark.parametrize(
    "text", [" bought {total: 1} ", "bought  {total: 1}", "bought\t{total: 1}", "bought\n{total: 1}"]
)
def test_any_space_may_be_before_conditions(text: str) -> None:
    assert read_event_filter(text, PLAN, "START") == read_event_filter("bought {total: 1}", PLAN, "START")


def test_a_filter_that_is_one_already_is_taken_as_it_is() -> None:
    assert read_event_filter(EventFilter(event="other"), PLAN, "start") == EventFilter(event="other")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bougth", r"START: there is no event 'bougth' \(did you mean 'bought'\?\)"),
        ("bought {totl: 1}", r"there is no property of bought 'totl' \(did you mean 'total'\?\)"),
        ("bought {currency: NOK}", "'currency' can never be 'NOK'"),
        ("bought {total: ", "not YAML"),
        ("bought {currency: \ud800}", "not UTF-8"),
        ("* {total: 1}", "every message, which has no property 'total'"),
    ],
)
def test_a_mistake_names_its_place_and_its_remedy(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_event_filter(text, PLAN, "START")


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(UsageError, match=r"totl.*currency"):
        read_event_filter("bought {totl: 1, currency: 5}", PLAN, "START")
