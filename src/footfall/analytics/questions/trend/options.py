"""What a question of a trend asks: which figure, by which period."""

from __future__ import annotations

from typing import Literal

import msgspec

from footfall.analytics.local_periods import Per
from footfall.errors import UsageError
from footfall.plan.model import ANY_EVENT, Count, Measure, Plan, Unique
from footfall.plan.problems import did_you_mean
from footfall.plan.reading.event_filters import read_event_filter

__all__ = ["Counted", "TrendOptions", "trend_options"]

Counted = Literal["messages", "actors"]


class TrendOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The figure, what it is called, and how long its periods are, on the plan's clock."""

    name: str
    measure: Measure
    per: Per = "day"


def trend_options(figure: str, plan: Plan, *, per: Per = "day", of: Counted = "messages") -> TrendOptions:
    """The trend of a KPI by its name, or of the messages or actors of a filter: `EVENT {PROPERTY: VALUE}`.

    Raises UsageError for what the plan does not have.
    """
    kpi = plan.kpis.get(figure)
    if kpi is not None:
        if of != "messages":
            raise UsageError(f"{figure!r} is a KPI, which says itself what it counts; leave out `of`")
        return TrendOptions(name=figure, measure=kpi.measure, per=per)
    try:
        chosen = read_event_filter(figure, plan, "figure")
    except UsageError as error:
        if not plan.kpis:
            raise
        near = did_you_mean(figure, plan.kpis, "`footfall report` shows them")
        raise UsageError(f"{error}; of its KPIs: {near}") from None
    if chosen.event == ANY_EVENT:
        raise UsageError(f"a trend is of an event or a KPI; {ANY_EVENT} is every message, see `footfall report`")
    if of == "actors":
        return TrendOptions(
            name=figure, measure=Unique(event=chosen.event, property="actor", where=chosen.where), per=per
        )
    return TrendOptions(name=figure, measure=Count(event=chosen.event, where=chosen.where), per=per)
