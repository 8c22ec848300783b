"""A timezone as a table: how far its clocks are from UTC, from when on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from footfall.timestamps import local_time

__all__ = ["ZoneOffset", "hour_offsets", "zone_offsets"]

_HOUR = 3_600 * 1_000_000
_MICROSECOND = timedelta(microseconds=1)
# The shortest time for which a zone of the tz database ever changed its clocks and changed them back is 95 hours.
_STEP = 3 * 86_400_000_000


class ZoneOffset(NamedTuple):
    """How much is added to UTC from a moment on, both in microseconds."""

    since: int
    offset: int


def zone_offsets(timezone: str, first: int, last: int) -> tuple[ZoneOffset, ...]:
    """The offsets of a timezone from `first` to `last` (microseconds since 1970 UTC), the oldest first.

    The first row is of `first`, though its offset may be older.
    """
    table = [ZoneOffset(first, _offset(timezone, first))]
    if timezone == "UTC":
        return tuple(table)
    for moment in (*range(first + _STEP, last, _STEP), last):
        if _offset(timezone, moment) != table[-1].offset:
            table.append(_change(timezone, max(moment - _STEP, first), moment))
    return tuple(table)


def hour_offsets(offsets: Sequence[ZoneOffset]) -> tuple[ZoneOffset, ...]:
    """The rows at which the clocks change by other than whole hours, and so the moments at which an hour begins."""
    rows = [offsets[0]]
    rows.extend(row for before, row in pairwise(offsets) if (row.offset - before.offset) % _HOUR)
    return tuple(rows)


def _change(timezone: str, before: int, after: int) -> ZoneOffset:
    """The one change between two moments that differ."""
    old, new = _offset(timezone, before), _offset(timezone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(timezone, middle) == old:
            before = middle
        else:
            after = middle
    return ZoneOffset(after, new)


def _offset(timezone: str, moment: int) -> int:
    return (local_time(moment, timezone).utcoffset() or timedelta()) // _MICROSECOND
