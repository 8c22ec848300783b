"""What the team measures: filters of messages, measures, KPIs and goals."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from footfall.plan.model.part import PlanPart

__all__ = [
    "ANY_EVENT",
    "Aggregate",
    "CalendarWindow",
    "Conversion",
    "Count",
    "Difference",
    "EventFilter",
    "EventMeasure",
    "Goal",
    "Kpi",
    "KpiWindow",
    "Measure",
    "Quantity",
    "Ratio",
    "SumOf",
    "Target",
    "Unique",
    "WeekStart",
    "Where",
]

ANY_EVENT: Final = "*"
"""The event of a filter that every message passes."""

WeekStart = Literal["monday", "sunday", "saturday"]
"""On which day weeks begin."""


class Where(PlanPart, frozen=True, kw_only=True):
    """A condition on one value of a message, by its name: see `footfall.plan.value_names`.

    `op` is against any of `values` (`in`), or against the one value. `any` is of an array (`lines[]`): some item of it
    meets all of `where`, whose names go from the item on; "" is the item itself. `member` and `not_member` are about
    the person: in any, or in none, of the segments that `values` names.
    """

    property: str
    op: Literal["in", "not_in", "gt", "gte", "lt", "lte", "any", "member", "not_member"]
    values: tuple[str | int | bool | float | None, ...] = ()
    where: tuple[Where, ...] = ()


class EventFilter(PlanPart, frozen=True, kw_only=True):
    """Which messages: those of an event or call that meet all of `where`; of ANY_EVENT every message."""

    event: str
    where: tuple[Where, ...] = ()


class Count(PlanPart, frozen=True, kw_only=True, tag_field="measure", tag="count"):
    """How many events; with a `property`, an array such as `lines[]`, how many items they have in it."""

    event: str
    property: str = ""
    where: tuple[Where, ...] = ()
    by: tuple[str, ...] = ()


class Aggregate(PlanPart, frozen=True, kw_only=True, tag_field="measure", tag="aggregate"):
    """A figure over one number of each message, or of each item of an array.

    It is the exact sum, or the average, minimum, maximum, median, or the percentile `at` (from 0 to 100).
    """

    function: Literal["sum", "average", "minimum", "maximum", "median", "percentile"]
    event: str
    property: str
    at: Decimal | None = None
    where: tuple[Where, ...] = ()
    by: tuple[str, ...] = ()


class Unique(PlanPart, frozen=True, kw_only=True, tag_field="measure", tag="unique"):
    """How many different values of a message's value; `actor` is the person, or the device where there is none."""

    event: str
    property: str
    where: tuple[Where, ...] = ()
    by: tuple[str, ...] = ()


class Ratio(PlanPart, frozen=True, kw_only=True, tag_field="measure", tag="ratio"):
    """One figure divided by another over the same window; null when the divisor is 0."""

    of: Quantity
    to: Quantity


class SumOf(PlanPart, frozen=True, kw_only=True, tag_field="measure", tag="sum_of"):
    """Several figures over the same window added up; null where any of them is."""

    parts: tuple[Quantity, ...]


class Difference(PlanPart, frozen=True, kw_only=True, tag_field="measure", tag="difference"):
    """One figure less another over the same window; null where either of them is."""

    of: Quantity
    less: Quantity


class Conversion(PlanPart, frozen=True, kw_only=True, tag_field="measure", tag="journey"):
    """The share of those who entered a journey's step `start` that reached its step `end`, on any path."""

    journey: str
    start: str
    end: str


EventMeasure = Count | Aggregate | Unique
"""What is measured of the messages of one event."""

Quantity = EventMeasure | Ratio | SumOf | Difference
"""What can be a part of another measure."""

Measure = Quantity | Conversion


class Target(PlanPart, frozen=True, kw_only=True):
    """Where a KPI is to go: at least `value` when the direction is up, at most `value` when it is down."""

    direction: Literal["up", "down"]
    value: Decimal
    unit: str | None = None


class CalendarWindow(PlanPart, frozen=True, kw_only=True):
    """The `last` so many whole periods of the plan's clock, at least one; None is the one that goes on, up to now."""

    calendar: Literal["day", "week", "month", "quarter", "year"]
    last: int | None = None


KpiWindow = int | CalendarWindow | None
"""How far a KPI looks back: so many seconds, to a period of the calendar, or None for all there is."""


class Kpi(PlanPart, frozen=True, kw_only=True):
    """A number the team steers by, over its `window`."""

    name: str
    measure: Measure
    window: KpiWindow
    owner: str = ""
    question: str = ""
    target: Target | None = None
    drives: str | None = None
    guardrails: tuple[str, ...] = ()
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}


class Goal(PlanPart, frozen=True, kw_only=True):
    """What the team wants to reach, and the KPIs that show whether it does."""

    name: str
    owner: str = ""
    description: str = ""
    kpis: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}
