"""The full hours, days and weeks of a window on a plan's clock.

Days and weeks go by the wall clock (23 to 25 hours when it is put forward or back), hours by the sun; weeks begin on
Monday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from footfall.clock import EPOCH

__all__ = ["full_periods"]

_HOUR = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _day(time: datetime) -> datetime:
    return _hour(time).replace(hour=0, fold=0)


def _week(time: datetime) -> datetime:
    return _day(time) - timedelta(days=time.weekday())


# Where a period begins, and the beginning of the next.
_PERIODS: Mapping[str, tuple[Callable[[datetime], datetime], Callable[[datetime], datetime]]] = {
    "hour": (_hour, lambda start: (start.astimezone(UTC) + _HOUR).astimezone(start.tzinfo)),
    "day": (_day, lambda start: start + timedelta(days=1)),
    "week": (_week, lambda start: start + timedelta(days=7)),
}


def full_periods(per: str, since: int, until: int, timezone: str) -> Iterator[tuple[int, int]]:
    """Each period that lies wholly in `since` to `until`, as [begin, end); all are microseconds since 1970 UTC."""
    floor, following = _PERIODS[per]
    start = floor((EPOCH + timedelta(microseconds=since)).astimezone(ZoneInfo(timezone)))
    while True:
        end = following(start)
        bounds = (start - EPOCH) // _MICROSECOND, (end - EPOCH) // _MICROSECOND
        if bounds[1] > until:
            return
        if bounds[0] >= since:
            yield bounds
        start = end
