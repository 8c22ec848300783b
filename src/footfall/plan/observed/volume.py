"""Counts an event by the full hours, days or weeks of the plan's clock, to hold against the volume that is expected.

Days and weeks go by the wall clock (23 to 25 hours when it is put forward or back), weeks begin on Monday; a period
that lies only partly in the window tells nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from footfall.clock import EPOCH
from footfall.plan.model import VolumeExpectation
from footfall.plan.observed.profile import QUARTER_US

__all__ = ["Volume", "volume"]

_HOUR = timedelta(hours=1)


class Volume(msgspec.Struct, frozen=True):
    """How many full periods there were, how many of them had too few and too many, and the extremes."""

    periods: int
    low: int
    high: int
    least: int
    most: int


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _day(time: datetime) -> datetime:
    return _hour(time).replace(hour=0, fold=0)


def _week(time: datetime) -> datetime:
    return _day(time) - timedelta(days=time.weekday())


_PERIODS: Mapping[str, tuple[Callable[[datetime], datetime], Callable[[datetime], datetime]]] = {
    "hour": (_hour, lambda start: (start.astimezone(UTC) + _HOUR).astimezone(start.tzinfo)),
    "day": (_day, lambda start: start + timedelta(days=1)),
    "week": (_week, lambda start: start + timedelta(days=7)),
}


def volume(
    quarters: Mapping[int, int], expected: VolumeExpectation, *, since: int, until: int, timezone: str
) -> Volume | None:
    """The counts of each full period in `since` to `until` (microseconds since 1970-01-01 UTC); None without any."""
    periods = list(_full_periods(expected.per, since, until, ZoneInfo(timezone)))
    if not periods:
        return None
    counts = dict.fromkeys(periods, 0)
    starts = iter(periods)
    current = next(starts)
    for quarter in sorted(quarters):
        at = quarter * QUARTER_US
        while at >= current[1] and (following := next(starts, None)) is not None:
            current = following
        if current[0] <= at < current[1]:
            counts[current] += quarters[quarter]
    return Volume(
        periods=len(counts),
        low=sum(expected.min is not None and count < expected.min for count in counts.values()),
        high=sum(expected.max is not None and count > expected.max for count in counts.values()),
        least=min(counts.values()),
        most=max(counts.values()),
    )


def _full_periods(per: str, since: int, until: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    floor, following = _PERIODS[per]
    start = floor((EPOCH + timedelta(microseconds=since)).astimezone(zone))
    while True:
        end = following(start)
        bounds = _us(start), _us(end)
        if bounds[1] > until:
            return
        if bounds[0] >= since:
            yield bounds
        start = end


def _us(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)
