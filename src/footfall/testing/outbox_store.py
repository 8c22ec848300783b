"""An outbox store whose messages outlive their process, as on a disk: for tests of what another process adopts."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from footfall.client.outbox_store import Entry, Totals

__all__ = ["Shelf", "ShelfStore"]


class _Box:
    """What one process keeps: each message by its number, with its rank."""

    def __init__(self) -> None:
        self.messages: dict[int, tuple[int, Entry]] = {}
        self.is_owned = True


class Shelf:
    """Where the stores of several processes keep their messages. It stays when they die."""

    def __init__(self) -> None:
        self.boxes: list[_Box] = []

    def store(self) -> ShelfStore:
        """The store of a new process."""
        return ShelfStore(self)


class ShelfStore:
    """Keeps messages in a box of a Shelf; see OutboxStore."""

    def __init__(self, shelf: Shelf) -> None:
        self.totals = Totals()
        self._shelf = shelf
        self._box = _Box()
        self._lanes: tuple[list[int], list[int]] = ([], [])
        shelf.boxes.append(self._box)

    def die(self) -> None:
        """End the process as SIGKILL does: nothing more is done, and what is on the shelf may be adopted.

        What is left of its client has nothing to send.
        """
        self._box.is_owned = False
        self._box, self._lanes = _Box(), ([], [])
        self.totals.counts[:] = self.totals.sizes[:] = [0, 0]

    def adopt(self, now: float) -> None:
        left_over = [box for box in self._shelf.boxes if not box.is_owned]
        self._shelf.boxes[:] = [box for box in self._shelf.boxes if box.is_owned]
        messages = [message for box in left_over for _, message in sorted(box.messages.items())]
        oldest = 1 - self.totals.adopted - len(messages)
        lanes: tuple[list[int], list[int]] = ([], [])
        for number, (rank, entry) in enumerate(messages, oldest):
            self._box.messages[number] = (rank, (number, entry[1], now, None))
            lanes[rank].append(number)
            self.totals.counts[rank] += 1
            self.totals.sizes[rank] += len(entry[1])
        for rank, lane in enumerate(lanes):
            self._lanes[rank][:0] = lane
        self.totals.adopted += len(messages)

    def append(self, entry: Entry, rank: int) -> bool:
        if entry[0] != self.totals.last_number + 1:
            return False
        self.totals.last_number = entry[0]
        self.totals.counts[rank] += 1
        self.totals.sizes[rank] += len(entry[1])
        self._box.messages[entry[0]] = (rank, entry)
        self._lanes[rank].append(entry[0])
        return True

    def first(self, rank: int, most: int) -> list[Entry]:
        return [self._box.messages[number][1] for number in self._lanes[rank][:most]]

    def take(self, rank: int, entries: Sequence[Entry], into: deque[Entry]) -> None:
        if self.first(rank, len(entries)) == list(entries):
            self._remove(rank, entries)
            into.extend(entries)

    def drop(self, rank: int, entry: Entry) -> None:
        if self.first(rank, 1) == [entry]:
            self._remove(rank, [entry])
            self.totals.dropped += 1
            self.acknowledge([entry])

    def acknowledge(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._box.messages.pop(entry[0], None)

    def close(self) -> None:
        self._box.is_owned = False

    def _remove(self, rank: int, entries: Sequence[Entry]) -> None:
        del self._lanes[rank][: len(entries)]
        self.totals.counts[rank] -= len(entries)
        self.totals.sizes[rank] -= sum(len(entry[1]) for entry in entries)
