"""UncountedDays: how many lines of one log file are no page view, by day and reason, as reports that count once; pure.

The first line of a day in a file names the report of that day. So the same file adds nothing when it is read again, and
what is new of it when it has grown, was rotated or packed. The same lines cut out, or merged with others, count again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from footfall.timestamps import format_day

__all__ = ["UncountedDays"]

_DAY_US = 86_400_000_000
_MOST = 50  # reports that travel together
_encode = msgspec.json.Encoder().encode


class _Day(msgspec.Struct):
    id: str
    day: str
    counts: Counter[str] = msgspec.field(default_factory=Counter)


class UncountedDays:
    """The days of one file."""

    def __init__(self) -> None:
        self._days: dict[int, _Day] = {}
        self._changed: dict[int, _Day] = {}

    def begin(self, at_us: int, line_id: str) -> None:
        """Take note of a line of a time, in microseconds since 1970-01-01 UTC; `line_id` is of its bytes."""
        number = at_us // _DAY_US
        if number not in self._days:
            self._days[number] = _Day(f"log-{line_id}", format_day(at_us))

    def add(self, at_us: int, reason: str) -> None:
        """Count a line of a day that has begun."""
        number = at_us // _DAY_US
        day = self._changed[number] = self._days[number]
        day.counts[reason] += 1

    def reports(self) -> Sequence[bytes]:
        """The JSON of the reports that are to be sent, in as many requests; they count as sent."""
        days = list(self._changed.values())
        self._changed = {}
        return [_encode(days[start : start + _MOST]) for start in range(0, len(days), _MOST)]
