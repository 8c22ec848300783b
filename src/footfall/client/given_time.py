"""Given time: a time that the caller says, as it is sent; loaded with the first one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from footfall.client.preflight import misfit
from footfall.encoding import encode
from footfall.events import Fault
from footfall.timestamps import format_us, is_plausible, parse_timestamp, plausible_us

__all__ = ["read"]

_NEVER = 10**30  # microseconds, in every unit out of any calendar
_UNITS = (("milliseconds", 1_000), ("microseconds", 1_000_000), ("nanoseconds", 1_000_000_000))


def read(value: Any) -> tuple[bytes | None, Fault | None]:
    """A time in JSON, and what a collector would say against it; no JSON, and why, for what cannot be sent."""
    try:
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return _epoch(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        text, changed = encode(value)
        if isinstance(value, str | datetime) and text is not None and text != b"null" and not changed:
            return text, _fault(value)
    except Exception:  # noqa: BLE001, S110 - a comparison or a property of the caller's raised: it is no time
        pass
    return None, misfit("timestamp", "a datetime, a date, RFC 3339 text or seconds since 1970", value)


def _epoch(value: float | Decimal) -> tuple[bytes | None, Fault | None]:
    """The time that is `value` seconds since 1970-01-01 UTC, as `time.time()` says it."""
    try:
        us = round(value * 1_000_000)
    except (ArithmeticError, ValueError):  # infinity, NaN
        us = _NEVER
    if is_plausible(us):
        return b'"%b"' % format_us(us).encode(), None
    unit = next((unit for unit, many in _UNITS if is_plausible(us // many)), "another number")
    return None, Fault("timestamp", "timestamp", "seconds since 1970, of 1900 to 2199", unit)


def _fault(value: str | datetime) -> Fault | None:
    """The fault of a time that a collector cannot read, or that only a broken clock can say; None of any other."""
    if isinstance(value, str):
        moment, got = parse_timestamp(value), "other text"
    else:
        moment, got = plausible_us(value), f"the year {value.year}"
    return Fault("timestamp", "timestamp", "an ISO 8601 time of 1900 to 2199", got) if moment is None else None
