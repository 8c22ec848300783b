"""IntakeLog: one WARNING a minute for each event and fault for which messages were quarantined or rejected.

A line has the source, the event, the code of the fault and the count, and never a value of a message. Requests that
were refused as a whole (a wrong key, a body that cannot be read) are counted by their status and code.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable

from footfall.clock import Clock
from footfall.collector.pipeline import Notice
from footfall.printable import printable

__all__ = ["IntakeLog"]

_log = logging.getLogger("footfall")
_EVERY = 60.0
# Event names come from senders. Over so many notices in a minute the rest are counted together.
_MOST = 100
_OTHERS = "(others)"
_NAME_LENGTH = 80


class IntakeLog:
    """Counts what was quarantined and rejected, and logs the counts of a minute when it is over.

    The minute begins with the first message or request that is counted. Any thread may use it. It has no timer: whoever
    owns it calls `write_due` now and then.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: Counter[Notice] = Counter()
        self._refusals: Counter[tuple[int, str]] = Counter()
        self._due = 0.0

    def count(self, notices: Iterable[Notice]) -> None:
        """Count a message for each of its notices."""
        with self._lock:
            self._begin()
            for notice in notices:
                if notice not in self._counts and len(self._counts) >= _MOST:
                    notice = notice._replace(event=_OTHERS)  # noqa: PLW2901 - counted under another name
                self._counts[notice] += 1

    def count_refusal(self, status: int, code: str) -> None:
        """Count a request that was refused as a whole."""
        with self._lock:
            self._begin()
            self._refusals[status, code] += 1

    def _begin(self) -> None:
        if not self._counts and not self._refusals:
            self._due = self._clock.monotonic() + _EVERY

    def write_due(self, *, is_last: bool = False) -> None:
        """Log the counts if their minute is over, or if they are the last."""
        if not self._counts and not self._refusals:
            return
        with self._lock:
            if not is_last and self._clock.monotonic() < self._due:
                return
            counts, self._counts = self._counts, Counter()
            refusals, self._refusals = self._refusals, Counter()
        for notice, count in sorted(counts.items()):
            event = printable(notice.event[:_NAME_LENGTH])
            fields = {**notice._asdict(), "event": event, "count": count}
            _log.warning(
                "%s source=%s event=%s code=%s count=%d",
                notice.verdict, printable(notice.source), event, notice.code, count, extra={"fields": fields},
            )  # fmt: skip
        for (status, code), count in sorted(refusals.items()):
            refused = {"status": status, "code": code, "count": count}
            _log.warning("refused requests status=%d code=%s count=%d", status, code, count, extra={"fields": refused})
