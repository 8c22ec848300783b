"""The full hours, days and weeks of a window on a plan's clock.

Days and weeks go by the wall clock (23 to 25 hours when it is put forward or back), hours by the sun, from one full
hour of the wall clock to the next (half an hour where it is put forward or back by half an hour); weeks begin on
Monday. A day that a zone skips is no day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from footfall.timestamps import epoch_us, local_time

__all__ = ["full_periods"]

_HOUR = timedelta(hours=1)


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _past_the_hour(time: datetime) -> timedelta:
    return timedelta(minutes=time.minute, seconds=time.second)


def _day(time: datetime) -> datetime:
    return _hour(time).replace(hour=0, fold=0)


def _week(time: datetime) -> datetime:
    return _day(time) - timedelta(days=time.weekday())


# Where a period begins, and the beginning of the next.
_PERIODS: Mapping[str, tuple[Callable[[datetime], datetime], Callable[[datetime], datetime]]] = {
    "hour": (_hour, lambda start: (start.astimezone(UTC) + _HOUR - _past_the_hour(start)).astimezone(start.tzinfo)),
    "day": (_day, lambda start: start + timedelta(days=1)),
    "week": (_week, lambda start: start + timedelta(days=7)),
}


def full_periods(per: str, since: int, until: int, timezone: str) -> Iterator[tuple[int, int]]:
    """Each period that lies wholly in `since` to `until`, as [begin, end); all are microseconds since 1970 UTC."""
    floor, following = _PERIODS[per]
    start = floor(local_time(since, timezone))
    while True:
        end = following(start)
        bounds = epoch_us(start), epoch_us(end)
        if bounds[1] > until:
            return
        if bounds[0] >= since and bounds[0] < bounds[1]:
            yield bounds
        start = end
