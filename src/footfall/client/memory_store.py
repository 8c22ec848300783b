"""MemoryStore: messages in two deques, which end with their process."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice, repeat

from footfall.client.outbox_store import Entry, Totals

__all__ = ["MemoryStore"]


class MemoryStore:
    """Keeps messages in memory; see OutboxStore. Nobody can adopt them, and there is nothing to adopt."""

    def __init__(self) -> None:
        self.totals = Totals()
        self._lanes: tuple[deque[Entry], deque[Entry]] = (deque(), deque())
        self._appends = tuple(lane.append for lane in self._lanes)

    def adopt(self, now: float) -> None:
        """What dead processes kept in memory is gone."""

    # In the next three, what follows the last look at the state calls nothing but its last step.

    def append(self, entry: Entry, rank: int) -> bool:
        totals, number, size, append = self.totals, entry[0], len(entry[1]), self._appends[rank]
        # Looked at and counted in one line: a signal handler or a finalizer may have come first, with this number.
        totals.last_number += (is_next := number == totals.last_number + 1)
        if is_next:
            totals.counts[rank] += 1
            totals.sizes[rank] += size
            append(entry)
        return is_next

    def first(self, rank: int, most: int) -> list[Entry]:
        while True:
            try:
                return list(islice(self._lanes[rank], most))
            except RecursionError:
                raise
            except RuntimeError:  # a signal handler of the same thread changed the lane just now
                continue

    def take(self, rank: int, entries: Sequence[Entry], into: deque[Entry]) -> None:
        totals, lane, count = self.totals, self._lanes[rank], len(entries)
        oldest, size = entries[0], sum([len(entry[1]) for entry in entries])
        # Taken out and put in by one call.
        move, extend = map(deque[Entry].popleft, repeat(lane, count)), into.extend
        if lane and lane[0] is oldest:
            totals.counts[rank] -= count
            totals.sizes[rank] -= size
            extend(move)

    def drop(self, rank: int, entry: Entry) -> None:
        totals, lane, size = self.totals, self._lanes[rank], len(entry[1])
        drop = lane.popleft
        if lane and lane[0] is entry:
            totals.counts[rank] -= 1
            totals.sizes[rank] -= size
            totals.dropped += 1
            drop()

    def acknowledge(self, entries: Sequence[Entry]) -> None:
        """What was taken is nowhere else."""

    def close(self) -> None:
        """There is nothing to let others have."""
