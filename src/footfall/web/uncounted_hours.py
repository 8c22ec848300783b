"""UncountedHours: how many lines of a log file are no page view, by hour and reason, as reports that count once; pure.

The first line of an hour in a file names the report of that hour. So the same file adds nothing when it is read again,
also for another span of time, and what is new of it when it has grown, was rotated or packed. Of an hour that two spans
share without either having all of it, the larger part counts. The same lines cut out, or merged with others, count
again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from footfall.timestamps import HOUR_US, format_day

__all__ = ["UncountedHours"]

_MOST = 50  # reports that travel together
_encode = msgspec.json.Encoder().encode


class _Hour(msgspec.Struct):
    id: str
    day: str
    counts: Counter[str] = msgspec.field(default_factory=Counter)


class UncountedHours:
    """The hours of one file."""

    def __init__(self) -> None:
        self._hours: dict[int, _Hour] = {}
        self._changed: dict[int, _Hour] = {}

    def begin(self, at_us: int, line_id: str) -> None:
        """Take note of a line of a time, in microseconds since 1970-01-01 UTC; `line_id` is of its bytes."""
        number = at_us // HOUR_US
        if number not in self._hours:
            self._hours[number] = _Hour(f"log-{line_id}", format_day(at_us))

    def add(self, at_us: int, reason: str) -> None:
        """Count a line of an hour that has begun."""
        number = at_us // HOUR_US
        hour = self._changed[number] = self._hours[number]
        hour.counts[reason] += 1

    def reports(self) -> Sequence[bytes]:
        """The JSON of the reports that are to be sent, in as many requests; they count as sent."""
        hours = list(self._changed.values())
        self._changed = {}
        return [_encode(hours[start : start + _MOST]) for start in range(0, len(hours), _MOST)]
