"""Readiness: what the last commits say of the disk, for `/ready` and for a log that a failing disk does not fill."""

from __future__ import annotations

import logging
from typing import Literal, NamedTuple

from footfall.clock import Clock
from footfall.errors import JournalError, SyncError

__all__ = ["CommitWatch", "Readiness", "State"]

State = Literal["ready", "failing", "unsynced"]
"""Commits work; they fail; a sync failed, and nothing is acknowledged before the journal was copied to a new file."""

_log = logging.getLogger("footfall")
_EVERY = 60.0
# Commits have to work for so long before the log calls a failure over: on a disk that is almost full small ones work
# and large ones do not.
_STEADY = 5.0


class Readiness(NamedTuple):
    """A state, since when (microseconds since 1970-01-01 UTC), and why, in words that may be shown to anybody."""

    state: State
    since: int
    reason: str | None = None


class CommitWatch:
    """Follows the outcomes of commits. One thread reports them, any thread may read `now`.

    The log gets a line when commits begin to fail, the count of each minute in which they go on failing, and a line
    when they work again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.now = Readiness("ready", clock.now_us())
        self._failing_since: float | None = None
        self._failed_at = 0.0
        self._due = 0.0
        self._count = 0

    def failed(self, error: JournalError) -> None:
        """A commit failed, and nothing of it was acknowledged."""
        state: State = "unsynced" if isinstance(error, SyncError) else "failing"
        is_new = self.now.state != state
        if is_new or self.now.reason != error.reason:
            self.now = Readiness(state, self._clock.now_us() if is_new else self.now.since, error.reason)
        moment = self._clock.monotonic()
        self._failed_at = moment
        if self._failing_since is None:
            self._failing_since = moment
            self._count, self._due = 1, moment + _EVERY
            _log.error(
                "commits fail, nothing is acknowledged: %s",
                error,
                exc_info=error.__cause__ if _is_odd(error) else None,
            )
            return
        self._count += 1
        if is_new and state == "unsynced":
            _log.error("commits fail, nothing is acknowledged: %s", error)
        elif moment >= self._due:
            fields = {"state": state, "count": self._count, "seconds": round(moment - self._failing_since)}
            _log.error(
                "commits still fail count=%d seconds=%d: %s",
                fields["count"], fields["seconds"], error, extra={"fields": fields},
            )  # fmt: skip
            self._count, self._due = 0, moment + _EVERY

    def succeeded(self) -> None:
        """A commit is on the disk."""
        if self.now.state != "ready":
            self.now = Readiness("ready", self._clock.now_us())
        if self._failing_since is not None and self._clock.monotonic() - self._failed_at >= _STEADY:
            self.end()

    def end(self) -> None:
        """Say that a failure is over, if there was one."""
        if self._failing_since is not None and self.now.state == "ready":
            seconds = round(self._failed_at - self._failing_since)
            _log.warning(
                "commits work again; they failed for %d seconds", seconds, extra={"fields": {"seconds": seconds}}
            )
            self._failing_since = None


def _is_odd(error: JournalError) -> bool:
    """Whether an error is a mistake of ours, whose place in the code the log has to give."""
    return error.__cause__ is not None and error.reason == JournalError.UNKNOWN
