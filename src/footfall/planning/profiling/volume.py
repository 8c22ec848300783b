"""Counts an event by the full hours, days or weeks of the plan's clock, to compare with the expected volume."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

import msgspec

from footfall.plan.model import Plan, VolumeExpectation
from footfall.plan.periods import full_periods
from footfall.plan.silences import SilentPeriods, silences_of_event
from footfall.planning.profiling.profile import QUARTER_US

__all__ = ["Volume", "volume"]


class Volume(msgspec.Struct, frozen=True):
    """How many full periods there were, how many of them had too few and too many, and the extremes."""

    periods: int
    low: int
    high: int
    least: int
    most: int


def volume(
    quarters: Mapping[int, int], event: str, expected: VolumeExpectation, *, since: int, until: int, plan: Plan
) -> Volume | None:
    """The counts of each full period in `since` to `until` (microseconds since 1970-01-01 UTC); None without any.

    Periods with a planned silence in them are left out.
    """
    silent = SilentPeriods(silences_of_event(plan, event), expected.per, since, until, plan.timezone)
    full = full_periods(expected.per, since, until, plan.timezone, plan.week_starts)
    periods = [period for period in full if not silent.names(*period)]
    if not periods:
        return None
    counts = dict.fromkeys(periods, 0)
    starts = [start for start, _ in periods]
    for quarter, count in quarters.items():
        at = quarter * QUARTER_US
        period = periods[max(bisect_right(starts, at) - 1, 0)]
        if period[0] <= at < period[1]:
            counts[period] += count
    return Volume(
        periods=len(counts),
        low=sum(expected.min is not None and count < expected.min for count in counts.values()),
        high=sum(expected.max is not None and count > expected.max for count in counts.values()),
        least=min(counts.values()),
        most=max(counts.values()),
    )
