"""UncountedHours: how many lines of a log file are no page view, by hour and reason, as reports that count once; pure.

The first lines of an hour in a file name its reports: one of the first line, one of the next three, one of all that
follow, each named by all lines up to its own first. So the same file adds nothing when it is read again, also for
another span of time, and what is new of it when it has grown, was rotated or packed. Files of several servers whose
hours begin with up to four equal lines, as those of health checks, have reports of their own from there on. Of an hour
that two spans share without either having all of it, the larger part counts. The same lines cut out, or merged with
others, count again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from footfall.timestamps import HOUR_US, format_day

__all__ = ["UncountedHours"]

_MOST = 50  # reports that travel together
_STARTS = (1, 2, 5)  # the lines of an hour at which a report begins
_encode = msgspec.json.Encoder().encode


class _Report(msgspec.Struct):
    id: str
    day: str
    counts: Counter[str] = msgspec.field(default_factory=Counter)


class _Hour(msgspec.Struct):
    """An hour of a file so far: its lines, the digest of the first ones, and the report that lines belong to now."""

    lines: int
    digest: str
    report: _Report


class UncountedHours:
    """The hours of one file."""

    def __init__(self) -> None:
        self._hours: dict[int, _Hour] = {}
        self._changed: dict[tuple[int, str], _Report] = {}

    def begin(self, at_us: int, line_id: str) -> None:
        """Take note of each line with its time, in microseconds since 1970-01-01 UTC; `line_id` is of its bytes."""
        number = at_us // HOUR_US
        hour = self._hours.get(number)
        if hour is None:
            report = _Report(f"log-{line_id}", format_day(at_us))
            self._hours[number] = _Hour(1, line_id, report)
            return
        hour.lines += 1
        if hour.lines <= _STARTS[-1]:
            hour.digest = blake2b(f"{hour.digest} {line_id}".encode(), digest_size=16).hexdigest()
            if hour.lines in _STARTS:
                hour.report = _Report(f"log-{hour.digest}", hour.report.day)

    def add(self, at_us: int, reason: str) -> None:
        """Count the line that has just begun."""
        number = at_us // HOUR_US
        report = self._hours[number].report
        report.counts[reason] += 1
        self._changed[number, report.id] = report

    def reports(self) -> Sequence[bytes]:
        """The JSON of the reports that are to be sent, in as many requests; they count as sent."""
        reports = list(self._changed.values())
        self._changed = {}
        return [_encode(reports[start : start + _MOST]) for start in range(0, len(reports), _MOST)]
