"""Timestamps: microseconds since 1970-01-01 UTC, and their texts and datetimes.

Senders write RFC 3339, and the looser ISO 8601 forms that SDKs and their documentation use.

`24:00:00` is the midnight that ends a day, and a leap second (`:60`) the second after it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import timezone as fixed_offset
from functools import lru_cache
from typing import Final

__all__ = [
    "DATETIME",
    "EARLIEST",
    "EPOCH",
    "HOUR_US",
    "LATEST",
    "MOMENT",
    "canonical_datetime",
    "epoch_us",
    "format_day",
    "format_us",
    "hour_of",
    "hour_text",
    "is_plausible",
    "local_time",
    "parse_timestamp",
    "plausible_us",
    "read_datetime",
    "read_iso",
]

MOMENT: Final = "%Y-%m-%d %H:%M"
"""The format of a time for readers, to the minute."""  # fmt: skip

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# 1900-01-01 and 2200-01-01, in microseconds since 1970-01-01 UTC: what lies outside is a broken clock, and days and
# windows computed from it leave every calendar.
HOUR_US = 3_600_000_000
EARLIEST = -2_208_988_800_000_000
LATEST = 7_258_118_400_000_000
_LAST_HOUR, _LAST_MINUTE = 23, 59
_DAY_SECONDS = 86_400

_MICROSECOND = timedelta(microseconds=1)
_FEW_DAYS = timedelta(days=3)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
# `2015-2-02T00:30:08.276Z` is in Segment's documentation (HTTP API, "Batch").
_LENIENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,12}))?)?)?"
    r"\s?(?:([Zz]|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?",
    re.ASCII,
)
_END_OF_DAY = re.compile(r"([Tt ])24(?=(?::?00){0,2}(?:[.,]0+)?(?![0-9:.,]))")
_LEAP_SECOND = re.compile(r"([Tt ](?:[0-9]{1,2}:[0-9]{1,2}:|[0-9]{4}))60(?![0-9])")

_CLOCK = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
DATETIME = (
    # The two ends of the last day lie in a year that no calendar here has.
    r"(?!0000|9999-12-31[Tt ](?:24|23:59:60))"
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|"
    rf"02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
    rf"[Tt ]{_CLOCK}(?:[Zz]|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)"
)
"""The whole text of a `datetime` in a plan, as a regular expression: a day, a time of day, and an offset from UTC."""

_is_datetime = re.compile(DATETIME).fullmatch


def parse_timestamp(value: object) -> int | None:
    """Microseconds since 1970-01-01 UTC of an ISO 8601 time of 1900 to 2199, or None for anything else.

    A time without an offset is taken as UTC, a day without a time as its midnight.
    """
    if type(value) is not str:
        return None
    try:
        moment: int | None = epoch_us(datetime.fromisoformat(value))
    except ValueError:
        moment = _parse_odd(value)
    return moment if moment is not None and is_plausible(moment) else None


def plausible_us(time: datetime) -> int | None:
    """Microseconds since 1970-01-01 UTC of a time of 1900 to 2199, None for any other; without an offset it is UTC."""
    try:
        moment = epoch_us(time)
    except OverflowError:  # a tzinfo of somebody else's making
        return None
    return moment if is_plausible(moment) else None


def hour_of(us: int) -> int:
    """The first microsecond of the hour of a moment, both in microseconds since 1970-01-01 UTC."""
    return us - us % HOUR_US


def hour_text(us: int) -> str:
    """The hour of a moment as RFC 3339 in UTC, to the second: `2026-11-22T09:00:00Z`."""
    return _hour_text(us // HOUR_US)


@lru_cache(maxsize=256)
def _hour_text(hour: int) -> str:
    return f"{format_us(hour * HOUR_US)[:19]}Z"


def is_plausible(moment: int) -> bool:
    """Whether a time in microseconds since 1970-01-01 UTC is of 1900 to 2199."""
    return EARLIEST <= moment < LATEST


def epoch_us(time: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of a time; without an offset it is UTC."""
    # The difference of two times with offsets is computed without moving either, so none leaves the calendar.
    return ((time if time.tzinfo is not None else time.replace(tzinfo=UTC)) - EPOCH) // _MICROSECOND


def format_us(us: int) -> str:
    """RFC 3339 in UTC with microseconds: `2026-11-22T09:00:00.000000Z`; beyond the calendar as `local_time`."""
    # Not by strftime, which imports `time` and so fails at the end of the interpreter.
    try:
        time = EPOCH + timedelta(microseconds=us)
    except OverflowError:
        time = local_time(us)
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def format_day(us: int) -> str:
    """The day of a moment in UTC, as `2026-11-29`."""
    return format_us(us)[:10]


def local_time(us: int, timezone: str = "UTC") -> datetime:
    """The time on the clock of a timezone; beyond the years 1 to 9999 the first or the last moment of these."""
    if timezone == "UTC":
        zone: tzinfo = UTC
    else:
        from zoneinfo import ZoneInfo  # loaded late: a client asks for no zone

        zone = ZoneInfo(timezone)
    try:
        return (EPOCH + timedelta(microseconds=us)).astimezone(zone)
    except OverflowError:
        # A few days from the end of the calendar the zone's clock says what it says at the end.
        rim, near = (_FIRST, _FIRST + _FEW_DAYS) if us < 0 else (_LAST, _LAST - _FEW_DAYS)
        local = us * _MICROSECOND + (near.astimezone(zone).utcoffset() or timedelta())
        beyond = local < _FIRST - EPOCH or local > _LAST - EPOCH
        return (rim if beyond else EPOCH + local).replace(tzinfo=zone)


def read_iso(text: str) -> datetime:
    """What `datetime.fromisoformat` reads, and the ends of days and leap seconds. Raises ValueError for all else."""
    usual, later = _usual(text)
    try:
        return datetime.fromisoformat(usual) + timedelta(seconds=later)
    except OverflowError:
        raise ValueError(f"{text!r} lies beyond the calendar") from None


def _usual(text: str) -> tuple[str, int]:
    """A text in which each field is within its usual bounds, and how many seconds later the time is that was meant."""
    later = 0
    for odd, instead, seconds in ((_END_OF_DAY, r"\g<1>00", _DAY_SECONDS), (_LEAP_SECOND, r"\g<1>59", 1)):
        text, count = odd.subn(instead, text)
        later += count * seconds
    return text, later


def _parse_odd(value: str) -> int | None:
    """A time in a form that Python itself does not read."""
    usual, later = _usual(value)
    try:
        moment: int | None = epoch_us(datetime.fromisoformat(usual)) if later else _parse_lenient(usual)
    except ValueError:
        moment = _parse_lenient(usual)
    return None if moment is None else moment + later * 1_000_000


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
    return (moment - EPOCH) // _MICROSECOND + us - offset * 60_000_000


def read_datetime(text: str) -> datetime | None:
    """The time of a plan's `datetime`, to the microsecond, with its offset; None for other text."""
    if _is_datetime(text) is None:
        return None
    seconds, fraction, offset = _parts(text)
    return (datetime(1, 1, 1) + timedelta(seconds=seconds, microseconds=int(fraction[:6].ljust(6, "0")))).replace(  # noqa: DTZ001 - the offset follows
        tzinfo=fixed_offset(timedelta(seconds=offset)) if offset else UTC
    )


def canonical_datetime(text: str) -> str | None:
    """One text for one moment, whatever its offset and spelling: in UTC, every digit kept; None for no `datetime`.

    A moment that an offset moves out of the years 1 to 9999 has a text too: `0000-12-31T…` or `10000-01-01T…`.
    """
    if _is_datetime(text) is None:
        return None
    seconds, fraction, offset = _parts(text)
    days, rest = divmod(seconds - offset, _DAY_SECONDS)
    day = _BEYOND.get(days) or date.fromordinal(days + 1).isoformat()
    digits = fraction.rstrip("0")
    clock = f"{rest // 3_600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{day}T{clock}{'.' if digits else ''}{digits}Z"


_BEYOND = {-1: "0000-12-31", date.max.toordinal(): "10000-01-01"}


def _parts(text: str) -> tuple[int, str, int]:
    """Seconds since the year 1 on the text's own clock, the digits of its fraction, its offset in seconds."""
    day, hour, minute, second = date.fromisoformat(text[:10]), int(text[11:13]), int(text[14:16]), int(text[17:19])
    tail = text[19:].lstrip(".0123456789")
    fraction = text[19 : len(text) - len(tail)].lstrip(".")
    offset = 0
    if tail[0] in "+-":
        digits = tail[1:].replace(":", "")
        offset = (int(digits[:2]) * 3_600 + int(digits[2:] or 0) * 60) * (-1 if tail[0] == "-" else 1)
    return (day.toordinal() - 1) * _DAY_SECONDS + hour * 3_600 + minute * 60 + second, fraction, offset
