"""Windows of time: which messages a figure looks at, since inclusive, until exclusive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from footfall.errors import UsageError
from footfall.plan.model import CalendarWindow, KpiWindow, WeekStart
from footfall.plan.periods import WEEKDAYS
from footfall.timestamps import epoch_us, local_time

__all__ = ["Span", "Window", "chosen", "microseconds", "midnight"]


def microseconds(time: datetime, timezone: str) -> int:
    """Microseconds since 1970 UTC; a time without an offset is read in the plan's timezone."""
    if time.tzinfo is None:
        time = time.replace(tzinfo=ZoneInfo(timezone))
    return epoch_us(time)


def midnight(day: date, timezone: str) -> int:
    """When a day begins on the clock of a timezone, in microseconds since 1970 UTC."""
    return epoch_us(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)))


class Span(msgspec.Struct, frozen=True):
    """A window in microseconds since 1970 UTC. None is open: all there is on that side."""

    since: int | None = None
    until: int | None = None

    def sql(self, column: str = "occurred_at") -> str:
        """The condition on a column of microseconds."""
        parts = []
        if self.since is not None:
            parts.append(f"{column} >= {self.since}")
        if self.until is not None:
            parts.append(f"{column} < {self.until}")
        return " AND ".join(parts) or "TRUE"


class Window(msgspec.Struct, frozen=True):
    """A window as a report states it: on the plan's clock, None for all there is on that side."""

    since: datetime | None
    until: datetime | None
    timezone: str

    @classmethod
    def of(cls, span: Span, timezone: str) -> Window:
        since, until = (None if us is None else local_time(us, timezone) for us in (span.since, span.until))
        return cls(since, until, timezone)


def chosen(
    window: KpiWindow,
    *,
    since: int | None,
    until: int | None,
    now: int,
    timezone: str = "UTC",
    week_starts: WeekStart = "monday",
) -> Span:
    """The window of one figure: what the reader asked for, else its own, back from `until` or from now.

    None (the plan says `all`) is everything up to `until`, or to now. A period of the calendar is that of the last
    moment before; it is whole where it ends just then.
    Raises UsageError for a window that ends before it begins, or begins after now, with its ends on the clock of
    `timezone`.
    """
    if since is not None:
        until = now if until is None else until
        first, last, present = (local_time(us, timezone).isoformat(timespec="seconds") for us in (since, until, now))
        if since > now:
            raise UsageError(
                f"the window is empty: since {first} is after now, {present} ({timezone}); give an earlier since"
            )
        if since >= until:
            raise UsageError(
                f"the window is empty: since {first} is not before until {last} ({timezone}); give an earlier since"
            )
        return Span(since, until)
    end = now if until is None else until
    if isinstance(window, CalendarWindow):
        return _of_calendar(window, end, timezone, week_starts)
    return Span(None if window is None else end - window * 1_000_000, end)


def _of_calendar(window: CalendarWindow, end: int, timezone: str, week_starts: WeekStart) -> Span:
    first = _first_day(local_time(end - 1, timezone).date(), window.calendar, week_starts)
    if window.last is None:
        return Span(midnight(first, timezone), end)
    following = _moved(first, window.calendar, 1)
    until = following if midnight(following, timezone) <= end else first
    return Span(midnight(_moved(until, window.calendar, -window.last), timezone), midnight(until, timezone))


_MONTHS: Final[Mapping[str, int]] = {"month": 1, "quarter": 3, "year": 12}
_DAYS: Final[Mapping[str, int]] = {"day": 1, "week": 7}


def _first_day(day: date, calendar: str, week_starts: WeekStart) -> date:
    """The first day of the period of a day."""
    if calendar in _MONTHS:
        months = _MONTHS[calendar]
        return day.replace(month=day.month - (day.month - 1) % months, day=1)
    past = (day.weekday() - WEEKDAYS[week_starts]) % _DAYS[calendar]
    return date.fromordinal(max(day.toordinal() - past, date.min.toordinal()))


def _moved(day: date, calendar: str, periods: int) -> date:
    """The first day of the period so many periods later; at the ends of the calendar, the first or the last there."""
    if calendar in _MONTHS:
        month = day.year * 12 + day.month - 1 + periods * _MONTHS[calendar]
        month = max(date.min.year * 12, min(month, date.max.year * 12 + 11))
        return date(month // 12, month % 12 + 1, 1)
    later = day.toordinal() + periods * _DAYS[calendar]
    return date.fromordinal(max(date.min.toordinal(), min(later, date.max.toordinal())))
