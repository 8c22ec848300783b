"""StoreHistory: the history of a journal together with when sealed messages were received."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from footfall.storage.history import History, Minute, PurgedCount
from footfall.storage.uncounted import UncountedCount

__all__ = ["StoreHistory"]


class StoreHistory(History):
    """A History over `tail`, that of the journal, and sealed messages.

    `received` gives those with `after < seq <= until` as Arrow tables that have `seq` and `received_at`.
    """

    def __init__(self, tail: History, received: Callable[[int, int], Iterator[Any]]) -> None:
        self._tail = tail
        self._received = received

    def minutes_at(self, at: int) -> list[Minute]:
        """See History."""
        return self._tail.minutes_at(at)

    def minute_of(self, seq: int) -> Minute:
        """See History."""
        return self._tail.minute_of(seq)

    def first_after(self, at: int, *, after: int, until: int) -> int | None:
        """See History."""
        import pyarrow.compute as pc  # loaded only where something was sealed

        numbers = [self._tail.first_after(at, after=after, until=until)]
        for table in self._received(after, until):
            later = table.filter(pc.greater(table.column("received_at"), at))
            numbers.append(pc.min(later.column("seq")).as_py())
        return min([number for number in numbers if number is not None], default=None)

    def latest(self, *, after: int, until: int) -> int | None:
        """See History."""
        import pyarrow.compute as pc  # as above

        times = [self._tail.latest(after=after, until=until)]
        times += [pc.max(table.column("received_at")).as_py() for table in self._received(after, until)]
        return max([time for time in times if time is not None], default=None)

    def purged(self) -> list[PurgedCount]:
        """See History."""
        return self._tail.purged()

    def uncounted(self) -> list[UncountedCount]:
        """See History."""
        return self._tail.uncounted()
