"""Times as senders write them: RFC 3339, and the looser ISO 8601 forms that SDKs and their documentation use."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from footfall.clock import EPOCH

__all__ = ["is_plausible", "moment_of", "parse_moment"]

# 1900-01-01 and 2200-01-01, in microseconds since 1970-01-01 UTC: what lies outside is a broken clock, and days and
# windows computed from it leave every calendar.
_EARLIEST = -2_208_988_800_000_000
_LATEST = 7_258_118_400_000_000
_LAST_HOUR, _LAST_MINUTE = 23, 59

_MICROSECOND = timedelta(microseconds=1)
_LAST_MIDNIGHT = re.compile("[Tt ]24")  # as the end of a day: only some versions of Python read it
# `2015-2-02T00:30:08.276Z` stands in Segment's own documentation (HTTP API, "Batch").
_LENIENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,12}))?)?)?"
    r"\s?(?:([Zz]|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?",
    re.ASCII,
)


def parse_moment(value: object) -> int | None:
    """Microseconds since 1970-01-01 UTC of an ISO 8601 time of 1900 to 2199, or None for anything else.

    A time without an offset is taken as UTC, a day without a time as its midnight.
    """
    if type(value) is not str or _LAST_MIDNIGHT.search(value):
        return None
    try:
        return moment_of(datetime.fromisoformat(value))
    except ValueError:
        return _parse_lenient(value)


def moment_of(time: datetime) -> int | None:
    """Microseconds since 1970-01-01 UTC of a time of 1900 to 2199, None for any other; without an offset it is UTC."""
    try:
        moment = ((time if time.tzinfo is not None else time.replace(tzinfo=UTC)) - EPOCH) // _MICROSECOND
    except OverflowError:
        return None
    return moment if is_plausible(moment) else None


def is_plausible(moment: int) -> bool:
    """Whether a time in microseconds since 1970-01-01 UTC is of 1900 to 2199."""
    return _EARLIEST <= moment < _LATEST


def _parse_lenient(value: str) -> int | None:
    match = _LENIENT.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, offset_hours, offset_minutes = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    if int(offset_hours or 0) > _LAST_HOUR or int(offset_minutes or 0) > _LAST_MINUTE:
        return None
    offset = (int(offset_hours or 0) * 60 + int(offset_minutes or 0)) * (-1 if sign == "-" else 1)
    us = int((fraction or "0")[:6].ljust(6, "0"))
    found = (moment - EPOCH) // _MICROSECOND + us - offset * 60_000_000
    return found if is_plausible(found) else None
