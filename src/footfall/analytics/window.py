"""Windows of time: which messages a figure looks at, since inclusive, until exclusive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from footfall.clock import EPOCH
from footfall.errors import UsageError

__all__ = ["Span", "Window", "chosen", "microseconds", "moment"]


def microseconds(time: datetime, timezone: str) -> int:
    """Microseconds since 1970 UTC; a time without an offset is read in the plan's timezone."""
    if time.tzinfo is None:
        time = time.replace(tzinfo=ZoneInfo(timezone))
    # The difference is computed without moving the time to UTC, which may lie beyond the calendar.
    return (time - EPOCH) // _MICROSECOND


def moment(us: int, timezone: str) -> datetime:
    """The same moment on the plan's clock; beyond the years 1 to 9999 the first or the last moment of these."""
    zone = ZoneInfo(timezone)
    try:
        return (EPOCH + timedelta(microseconds=us)).astimezone(zone)
    except OverflowError:
        # A few days from the end of the calendar the zone's clock says what it says at the end.
        rim, near = (_FIRST, _FIRST + _FEW_DAYS) if us < 0 else (_LAST, _LAST - _FEW_DAYS)
        local = us * _MICROSECOND + (near.astimezone(zone).utcoffset() or timedelta())
        beyond = local < _FIRST - EPOCH or local > _LAST - EPOCH
        return (rim if beyond else EPOCH + local).replace(tzinfo=zone)


_MICROSECOND = timedelta(microseconds=1)
_FEW_DAYS = timedelta(days=3)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


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
        since, until = (None if us is None else moment(us, timezone) for us in (span.since, span.until))
        return cls(since, until, timezone)


def chosen(seconds: int | None, *, since: int | None, until: int | None, now: int, timezone: str = "UTC") -> Span:
    """The window of one figure: what the reader asked for, else `seconds` back from `until` or from now.

    Without `seconds` (the plan says `all`) it holds everything up to `until`, or to now.
    Raises UsageError for a window that ends before it begins, with its ends on the clock of `timezone`.
    """
    if since is not None:
        until = now if until is None else until
        if since >= until:
            first, last = (moment(us, timezone).isoformat(timespec="seconds") for us in (since, until))
            raise UsageError(
                f"the window is empty: since {first} is not before until {last} ({timezone}); give an earlier since"
            )
        return Span(since, until)
    end = now if until is None else until
    return Span(None if seconds is None else end - seconds * 1_000_000, end)
