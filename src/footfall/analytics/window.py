"""Windows of time: which messages a figure looks at, since inclusive, until exclusive."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from footfall.errors import UsageError
from footfall.timestamps import epoch_us, local_time

__all__ = ["Span", "Window", "chosen", "microseconds"]


def microseconds(time: datetime, timezone: str) -> int:
    """Microseconds since 1970 UTC; a time without an offset is read in the plan's timezone."""
    if time.tzinfo is None:
        time = time.replace(tzinfo=ZoneInfo(timezone))
    return epoch_us(time)


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


def chosen(seconds: int | None, *, since: int | None, until: int | None, now: int, timezone: str = "UTC") -> Span:
    """The window of one figure: what the reader asked for, else `seconds` back from `until` or from now.

    Without `seconds` (the plan says `all`) it is everything up to `until`, or to now.
    Raises UsageError for a window that ends before it begins, with its ends on the clock of `timezone`.
    """
    if since is not None:
        until = now if until is None else until
        if since >= until:
            first, last = (local_time(us, timezone).isoformat(timespec="seconds") for us in (since, until))
            raise UsageError(
                f"the window is empty: since {first} is not before until {last} ({timezone}); give an earlier since"
            )
        return Span(since, until)
    end = now if until is None else until
    return Span(None if seconds is None else end - seconds * 1_000_000, end)
