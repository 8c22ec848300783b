"""Times as people write them: a datetime, a date, a text of one (`2026-11-01`), or how long ago (`7d`, `12h`)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from footfall.errors import UsageError
from footfall.plan.durations import parse_duration
from footfall.timestamps import read_iso

__all__ = ["WrittenTime", "moment", "read_time"]

WrittenTime = datetime | date | str


def moment(text: str, now: datetime) -> datetime:
    """The time that a text names; without an offset it has no zone. Raises ValueError."""
    try:
        return now - timedelta(seconds=parse_duration(text))
    except ValueError:
        return read_iso(text)


def read_time(value: WrittenTime, now: datetime, name: str) -> datetime:
    """The time that a value names, a date as its midnight; `name` is the option. Raises UsageError for all else."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return moment(value, now)
    except (TypeError, ValueError):
        raise UsageError(
            f"{name} is {value!r}, which is no time; give a datetime, a date, their text (2026-11-01, "
            "2026-11-01T09:30), or how long ago (7d, 12h)"
        ) from None
