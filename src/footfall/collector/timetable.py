"""Timetable: a time of day in UTC, on each day or on one day of the week, at which something is to be done."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Timetable", "parse_timetable"]

_MINUTE_US = 60_000_000
_DAY_US = 1_440 * _MINUTE_US
_WEEK_US = 7 * _DAY_US
# 1970-01-01 was a Thursday.
_DAYS = ("thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday")
_FORM = re.compile(rf"(?:({'|'.join(_DAYS)})\s+)?([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class Timetable(NamedTuple):
    """`offset_us` microseconds after the begin of each period of `period_us`; periods are counted from 1970-01-01."""

    offset_us: int
    period_us: int

    def last_slot(self, now: int) -> int:
        """The last time, at or before `now`, at which it was to be done. Both are microseconds since 1970-01-01 UTC."""
        return now - (now - self.offset_us) % self.period_us

    def __str__(self) -> str:
        day, minutes = divmod(self.offset_us // _MINUTE_US, 1_440)
        days = "daily" if self.period_us == _DAY_US else f"{_DAYS[day].title()}s"
        return f"{days} {minutes // 60:02}:{minutes % 60:02} UTC"


def parse_timetable(text: str) -> Timetable:
    """Read `00:10`, for each day, or `sunday 03:10`. Raises ValueError, which says what it must be."""
    match = _FORM.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"must be a time of day in UTC (00:10), or one with its day (sunday 03:10), not {text[:60]!r}")
    day, hours, minutes = match.groups()
    offset = (int(hours) * 60 + int(minutes)) * _MINUTE_US
    if day is None:
        return Timetable(offset, _DAY_US)
    return Timetable(_DAYS.index(day) * _DAY_US + offset, _WEEK_US)
