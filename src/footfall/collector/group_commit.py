"""Group commit: a thread that puts waiting requests together into one durable transaction.

While one commit waits for the disk the next requests gather; when none waits, a request is committed at once. When no
request comes, the thread commits a probe now and then, so that a disk that fails, or works again, is noticed.
"""

from __future__ import annotations

import math
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import NamedTuple

from footfall.clock import Clock
from footfall.collector.readiness import CommitWatch, Readiness
from footfall.errors import JournalError, SyncError
from footfall.storage.journal import Changes, Entry, Journal, Row
from footfall.storage.uncounted import UncountedReport

__all__ = ["Done", "GroupCommitter", "Outcome"]

Outcome = list[bool] | JournalError
Done = Callable[[Outcome], None]
"""Told, from the committer's thread, which rows were new, or why nothing was written. Must not raise."""

# A collector to which nobody sends, and whose state nobody reads, for so many seconds probes less often: each probe is
# a write and a sync, which wear out a small device's flash and wake a sleeping disk.
_QUIET_AFTER = 600.0
_QUIET_EVERY = 60.0
# After a failure a probe is as large as what failed, within these bounds: a little room is not enough to go on. The
# largest is as long as a log grows.
_LEAST_PROBE, _LARGEST_PROBE = 65_536, 33_554_432
# What a row may need besides its bytes: a page of the index of quarantined ids, which are in no order.
_BESIDE_A_ROW = 8192


class _Waiting(NamedTuple):
    changes: Changes
    done: Done


class GroupCommitter:
    """Commits in a thread, which starts with the first request or with `start`.

    `probe_every` is how many seconds may pass between two tries to commit. After a failed sync requests are refused at
    once, and only probes go to the journal, until it has copied itself.
    """

    def __init__(self, journal: Journal, *, most: int, clock: Clock, probe_every: float = 1.0) -> None:
        self._journal = journal
        self._most = most
        self._clock = clock
        self._probe_every = probe_every
        self._watch = CommitWatch(clock)
        self._refusal: SyncError | None = None
        # What a commit has to take before the last failure counts as over, 0 where there was none.
        self._needed = 0
        # When a commit last said how the disk is.
        self._tried_at = clock.monotonic()
        self._wanted_at = clock.monotonic()
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False

    def start(self) -> None:
        """Begin to probe. Starting twice is no error."""
        with self._changed:
            self._start()

    def submit(self, changes: Changes, done: Done) -> None:
        """Have changes committed; `done` is called once they are on the disk, or could not be written."""
        refusal: JournalError | None = self._refusal
        if refusal is None:
            with self._changed:
                if not self._closing:
                    self._waiting.append(_Waiting(changes, done))
                    self._start()
                    self._changed.notify()
                    return
            refusal = JournalError("the collector is closed; send again to the one that comes after it")
        done(refusal)

    def readiness(self) -> Readiness:
        """What the last commit says. Whoever reads it keeps the probes frequent."""
        now = self._clock.monotonic()
        was_quiet, self._wanted_at = now - self._wanted_at >= _QUIET_AFTER, now
        if was_quiet:
            with self._changed:
                self._changed.notify()
        return self._watch.now

    def close(self) -> None:
        """Commit what waits, then stop. Closing twice is no error."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        self._watch.end()

    def _start(self) -> None:
        if self._thread is None and not self._closing:
            self._thread = threading.Thread(target=self._run, name="footfall-commit", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._commit_next():
            pass  # between two groups nothing is kept of the one before

    def _commit_next(self) -> bool:
        group = self._next_group()
        if group is not None:
            self._commit(group)
        return group is not None

    def _next_group(self) -> list[_Waiting] | None:
        """The requests of the next commit; none of them for a probe, None when there will be no more."""
        with self._changed:
            while True:
                now = self._clock.monotonic()
                rest = self._tried_at + self._pause() - now
                # Small commits that work while a large one failed say nothing of it, and do not put off its probe.
                if self._waiting and not (self._needed and rest <= 0):
                    break
                if self._closing and not self._waiting:
                    return None
                if rest <= 0:
                    return []
                self._clock.wait(self._changed, rest)
            group: list[_Waiting] = []
            size = 0
            while self._waiting and (not group or size + _work(self._waiting[0].changes) <= self._most):
                group.append(self._waiting.popleft())
                size += _work(group[-1].changes)
            self._wanted_at = now
            return group

    def _pause(self) -> float:
        is_quiet = self._watch.now.state == "ready" and self._tried_at - self._wanted_at >= _QUIET_AFTER
        return max(_QUIET_EVERY, self._probe_every) if is_quiet else self._probe_every

    def _commit(self, group: list[_Waiting]) -> None:
        changes = _together(group) if group else Changes((), {}, probe=self._needed and max(self._needed, _LEAST_PROBE))
        outcome = self._outcome(changes)
        if isinstance(outcome, JournalError):
            self._fail(group, changes, outcome)
            return
        self._refusal = None
        if not self._needed or _size(changes) >= self._needed:
            self._needed, self._tried_at = 0, self._clock.monotonic()
            self._watch.succeeded()
        start = 0
        for waiting in group:
            end = start + len(waiting.changes.rows)
            waiting.done(outcome[start:end])
            start = end

    def _outcome(self, changes: Changes) -> Outcome:
        try:
            return self._journal.commit(changes)
        except JournalError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever it was: these requests get an answer, and the thread lives
            failure = JournalError(f"the commit failed: {error}")
            failure.__cause__ = error
            return failure

    def _fail(self, group: list[_Waiting], changes: Changes, error: JournalError) -> None:
        self._watch.failed(error)
        if group:
            self._needed = min(max(_size(changes), self._needed, 1), _LARGEST_PROBE)
        else:
            self._needed = self._needed or _LEAST_PROBE
        self._tried_at = self._clock.monotonic()
        was_refusing, self._refusal = self._refusal is not None, None
        if isinstance(error, SyncError):
            self._refusal = error
            if not was_refusing:
                # At once, for what the journal has to copy may be nowhere but in the page cache.
                self._tried_at = -math.inf
            with self._changed:
                group = [*group, *self._waiting]
                self._waiting.clear()
        for waiting in group:
            waiting.done(error)


def _work(changes: Changes) -> int:
    """How many messages, or reports, which take as long, a commit of it writes."""
    return len(changes.rows) + len(changes.uncounted)


def _size(changes: Changes) -> int:
    """About how many bytes a commit needs."""
    if changes.probe is not None:
        return changes.probe
    rows = [*changes.rows, *(entry.row for entry in changes.released)]
    return sum(len(row.body) + len(row.envelope or b"") + _BESIDE_A_ROW for row in rows)


def _together(group: list[_Waiting]) -> Changes:
    if len(group) == 1:
        return group[0].changes
    rows: list[Row] = []
    rejected: Counter[tuple[str, str]] = Counter()
    released: list[Entry] = []
    uncounted: list[UncountedReport] = []
    for waiting in group:
        rows += waiting.changes.rows
        rejected.update(waiting.changes.rejected)
        released += waiting.changes.released
        uncounted += waiting.changes.uncounted
    return Changes(rows, rejected, released, uncounted=uncounted)
