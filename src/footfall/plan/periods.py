"""The full hours, days and weeks of a window on a plan's clock.

Days and weeks go by the wall clock (23 to 25 hours when it is put forward or back), hours by the sun, from one full
hour of the wall clock to the next (half an hour where it is put forward or back by half an hour). A day that a zone
skips is no day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Final, Literal

from footfall.plan.model import WeekStart
from footfall.plan.zone_offsets import hour_offsets, zone_offsets
from footfall.timestamps import epoch_us, local_time

__all__ = ["WEEKDAYS", "full_periods"]

WEEKDAYS: Final[Mapping[WeekStart, int]] = {"monday": 0, "saturday": 5, "sunday": 6}
"""The days on which weeks begin, as `date.weekday` numbers them."""

_HOUR = 3_600 * 1_000_000


def _hours(since: int, until: int, timezone: str) -> Iterator[int]:
    """Where the hours begin, from one that begins before `since` to one after `until`."""
    rows = hour_offsets(zone_offsets(timezone, since - _HOUR, until + _HOUR))
    ends = [*(row.since for row in rows[1:]), until + 2 * _HOUR]
    begin = rows[0].since - (rows[0].since + rows[0].offset) % _HOUR
    for row, end in zip(rows, ends, strict=True):
        yield begin
        yield from range(begin + _HOUR - (begin + row.offset) % _HOUR, end, _HOUR)
        begin = end


def _days(since: int, timezone: str, days: int, weekday: int) -> Iterator[int]:
    """Where the days or weeks begin, from the one in which `since` lies."""
    start = local_time(since, timezone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    start -= timedelta(days=(start.weekday() - weekday) % days)
    while True:
        yield epoch_us(start)
        start += timedelta(days=days)


def full_periods(
    per: Literal["hour", "day", "week"], since: int, until: int, timezone: str, week_starts: WeekStart = "monday"
) -> Iterator[tuple[int, int]]:
    """Each period that lies wholly in `since` to `until`, as [begin, end); all are microseconds since 1970 UTC."""
    if per == "hour":
        begins = _hours(since, until, timezone)
    else:
        begins = _days(since, timezone, 7 if per == "week" else 1, WEEKDAYS[week_starts])
    for begin, end in pairwise(begins):
        if end > until:
            return
        if since <= begin < end:
            yield begin, end
