"""Moments as people read them: a journal's microseconds as a datetime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from footfall.clock import EPOCH

__all__ = ["moment"]

# A device with a wrong clock may claim a time that no datetime can hold, or none once it is moved to another timezone.
_FIRST = (datetime(2, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
_LAST = (datetime(9998, 12, 31, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def moment(us: int) -> datetime:
    """The UTC datetime of microseconds since 1970-01-01, held within the years 2 to 9998."""
    return EPOCH + timedelta(microseconds=min(max(us, _FIRST), _LAST))
