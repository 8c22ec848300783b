"""Group commit: a thread that puts waiting requests together into one durable transaction.

While one commit waits for the disk the next requests gather; when none waits, a request is committed at once.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import NamedTuple

from footfall.clock import Clock
from footfall.errors import JournalError
from footfall.storage.journal import Changes, Entry, Journal, Row

__all__ = ["Done", "GroupCommitter", "Outcome"]

Outcome = list[bool] | JournalError
Done = Callable[[Outcome], None]
"""Told, from the committer's thread, which rows were new, or why nothing was written. Must not raise."""

_log = logging.getLogger("footfall")


class _Waiting(NamedTuple):
    changes: Changes
    done: Done


class GroupCommitter:
    """Commits in its own thread, which starts with the first request."""

    def __init__(self, journal: Journal, *, most: int, clock: Clock) -> None:
        self._journal = journal
        self._most = most
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False

    def submit(self, changes: Changes, done: Done) -> None:
        """Have changes committed; `done` is called once they are on the disk, or could not be written."""
        with self._changed:
            if not self._closing:
                self._waiting.append(_Waiting(changes, done))
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="footfall-commit", daemon=True)
                    self._thread.start()
                self._changed.notify()
                return
        done(JournalError("the collector is closed; send again to the one that comes after it"))

    def close(self) -> None:
        """Commit what waits, then stop. Closing twice is no error."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._commit_next():
            pass  # between two groups nothing is kept of the one before

    def _commit_next(self) -> bool:
        group = self._next_group()
        if group:
            self._commit(group)
        return bool(group)

    def _next_group(self) -> list[_Waiting]:
        with self._changed:
            while not self._waiting and not self._closing:
                self._clock.wait(self._changed, None)
            group: list[_Waiting] = []
            size = 0
            while self._waiting and (not group or size + len(self._waiting[0].changes.rows) <= self._most):
                group.append(self._waiting.popleft())
                size += len(group[-1].changes.rows)
            return group

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            fresh = self._journal.commit(_together(group))
        except JournalError as error:
            _log.error("commit failed, nothing acknowledged: %s", error)
            for waiting in group:
                waiting.done(error)
        except Exception as error:  # noqa: BLE001 - whatever it was: these requests get an answer, and the thread lives
            _log.exception("commit failed, nothing acknowledged")
            failure = JournalError(f"the commit failed: {error}")
            for waiting in group:
                waiting.done(failure)
        else:
            start = 0
            for waiting in group:
                end = start + len(waiting.changes.rows)
                waiting.done(fresh[start:end])
                start = end


def _together(group: list[_Waiting]) -> Changes:
    if len(group) == 1:
        return group[0].changes
    rows: list[Row] = []
    rejected: Counter[tuple[str, str]] = Counter()
    released: list[Entry] = []
    for waiting in group:
        rows += waiting.changes.rows
        rejected.update(waiting.changes.rejected)
        released += waiting.changes.released
    return Changes(rows, rejected, released)
