"""UncountedHits: how many hits of a web integration became no page view, by reason, and what a collector lacks of that.

A report says how many there were since its id began, so it may be lost, repeated or late, and each hit counts once.
An id ends with a day: a collector need not remember it for longer than a report may be on its way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

__all__ = ["LINGER", "HitReport", "UncountedHits"]

LINGER = 30.0  # seconds that hits wait for messages to travel with, before they travel alone
_DAY = 86_400.0
_encode = msgspec.json.Encoder().encode


class HitReport(NamedTuple):
    """A report as it travels, and the totals that it brings a collector to."""

    text: bytes
    totals: Mapping[str, int]
    number: int


class UncountedHits:
    """Counts hits, and makes their reports. Times are seconds of a clock that never goes back; `new_id` makes ids."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self.totals: dict[str, int] = {}
        self._new_id = new_id
        self._number = self._settled = self._flush_up_to = 0
        self._since = self._began = 0.0
        self._id, self._is_unanswered = "", False
        # The totals that earlier ids have reported, and those that are reported now.
        self._before: Mapping[str, int] = {}
        self._reported: Mapping[str, int] = {}

    def add(self, reason: str, now: float) -> bool:
        """Count a hit; returns whether it is the first since the last report."""
        is_first = self._number == self._settled
        if is_first:
            self._since = now
        if reason not in self.totals:
            reason = reason.encode("utf-8", "replace").decode()  # half a character could not be sent, and stop the rest
            self.totals.setdefault(reason, 0)
        self.totals[reason] += 1
        self._number += 1
        return is_first

    @property
    def is_waiting(self) -> bool:
        """Whether the collector lacks something."""
        return self._number > self._settled

    @property
    def is_flushed(self) -> bool:
        """Whether it has everything that there was at the last flush."""
        return self._settled >= self._flush_up_to

    def flush(self) -> None:
        """Wait no longer with what there is now."""
        self._flush_up_to = self._number

    def due(self, now: float) -> float | None:
        """Seconds until a report should travel alone, None where there is nothing to report."""
        if not self.is_waiting:
            return None
        return max(0.0, self._since + LINGER - now) if self.is_flushed else 0.0

    def report(self, now: float) -> HitReport | None:
        """What to send now, None where there is nothing to report."""
        if not self.is_waiting:
            return None
        if not self._id or (now - self._began >= _DAY and not self._is_unanswered):
            self._id, self._began, self._before = self._new_id(), now, self._reported
        number, totals = self._number, dict(self.totals)
        counts = {reason: total - self._before.get(reason, 0) for reason, total in totals.items()}
        self._is_unanswered = True
        return HitReport(_encode([{"id": self._id, "counts": counts}]), totals, number)

    def settle(self, report: HitReport) -> None:
        """The collector has a report, or will never take it."""
        self._is_unanswered = False
        if report.number > self._settled:
            self._settled, self._reported = report.number, report.totals
