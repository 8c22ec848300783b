"""A figure is a KPI of the plan, or an event of which messages or actors are counted."""

from __future__ import annotations

import pytest

from footfall.analytics.questions.trend import TrendOptions, trend_options
from footfall.errors import UsageError
from footfall.plan.model import Count, Event, Kpi, Plan, Unique

ORDERS = Count(event="bought")
PLAN = Plan(
    id="test",
    events={"bought": Event(name="bought", wire_name="bought")},
    kpis={"orders": Kpi(name="orders", measure=ORDERS, window=None)},
)


def test_a_kpi_and_an_event() -> None:
    assert trend_options("orders", PLAN, per="week") == TrendOptions(name="orders", measure=ORDERS, per="week")
    assert trend_options("bought", PLAN) == TrendOptions(name="bought", measure=ORDERS)
    assert trend_options("bought", PLAN, of="actors").measure == Unique(event="bought", property="actor")


@pytest.mark.parametrize(
    ("figure", "of", "message"),
    [
        ("order", "messages", "figure: there is no event 'order'.*of its KPIs: did you mean 'orders'"),
        ("orders", "actors", "'orders' is a KPI, which says itself what it counts"),
        ("*", "messages", "a trend is of an event or a KPI"),
    ],
)
def test_what_is_neither_is_refused(figure: str, of: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        trend_options(figure, PLAN, of=of)  # type: ignore[arg-type] # one of the words


def test_without_kpis_none_are_named() -> None:
    with pytest.raises(UsageError, match=r"\(known: bought, group, identify, page, screen\)$"):
        trend_options("x", Plan(id="test", events=PLAN.events))
