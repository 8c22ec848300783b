"""Forgetting: rows that are sealed are removed from the journal, in transactions for which intake hardly waits.

How many rows go in one follows from how long the last one took, so that it is fast on a fast disk and short on any.
"""

from __future__ import annotations

from footfall.maintenance.context import JobContext

__all__ = ["FEWEST", "MOST", "Pace", "forget_sealed"]

FEWEST = 1_000
"""Rows of the first transaction; fewer would take as long where a sync is slow."""

MOST = 20_000
"""Rows of a transaction."""

# Seconds, and by how much it grows at a time.
_GOAL, _GROWTH = 0.01, 2.0
_LONGEST_PAUSE = 0.1


class Pace:
    """How many `rows` go in the next transaction: as many as take 10 ms, for which a commit of intake may wait."""

    def __init__(self) -> None:
        self.rows = FEWEST

    def follow(self, seconds: float) -> None:
        """Take in how long a transaction of `rows` rows took."""
        factor = min(_GROWTH, _GOAL / seconds) if seconds > 0 else _GROWTH
        self.rows = max(FEWEST, min(MOST, round(self.rows * factor)))


def forget_sealed(context: JobContext) -> None:
    """Remove every sealed row of the journal. Raises JournalError and JobStoppedError; a second run goes on."""
    clock, pace = context.clock, Pace()
    while True:
        start = clock.monotonic()
        if not context.store.journal.forget(pace.rows):
            return
        took = clock.monotonic() - start
        pace.follow(took)
        context.check_stop()
        clock.sleep(min(took, _LONGEST_PAUSE))  # half of the time is left to the commits of intake
