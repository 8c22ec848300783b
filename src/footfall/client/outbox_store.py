"""OutboxStore: where an outbox keeps its messages until a collector acknowledged them, or they are dropped.

The outbox decides what is sent, when, and what is dropped; a store only keeps. The one in memory ends with its process.
One on a disk survives it: the store of another process adopts what was left there, and nothing else changes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

__all__ = ["HIGH", "LOW", "Entry", "OutboxStore", "Totals"]

LOW = 0
HIGH = 1

# A message: its number, its bytes, when it came, and the wall clock's microseconds that it has for its time (None
# where the caller gave the time). A plain tuple, as one is made in every call.
Entry = tuple[int, bytes, float, int | None]


class Totals:
    """What a store counts; the outbox reads it.

    `last_number` is the number of the message that was appended last, and so their count. `adopted` counts what was
    taken over from dead processes, `dropped` what was dropped. `counts` and `sizes` have, by rank, the messages in the
    lane and their bytes.
    """

    __slots__ = ("adopted", "counts", "dropped", "last_number", "sizes")

    def __init__(self) -> None:
        self.last_number = 0
        self.adopted = 0
        self.dropped = 0
        self.counts = [0, 0]
        self.sizes = [0, 0]


class OutboxStore(Protocol):
    """Messages in two lanes, by rank; in each the oldest is first.

    A method changes the messages and the totals in one step, so that what interrupts it (see client/outbox) finds them
    equal. The caller has the client's lock. No method raises: a store that cannot write its disk keeps messages
    in memory, and says so in the log.
    """

    @property
    def totals(self) -> Totals:
        """The counts; always the same object."""
        ...

    def adopt(self, now: float) -> None:
        """Take over what dead processes left, in front of each lane.

        Their messages are numbered down from 0, the latest first, so that they are older than all of ours; `now` is
        when they came.
        """
        ...

    def append(self, entry: Entry, rank: int) -> bool:
        """Keep a message. False, and nothing is changed, unless its number is the one after `last_number`."""
        ...

    def first(self, rank: int, most: int) -> list[Entry]:
        """The oldest messages of a lane, at most so many; they stay there."""
        ...

    def take(self, rank: int, entries: Sequence[Entry], into: deque[Entry]) -> None:
        """Move the oldest messages of a lane to the end of `into`, to be sent; nothing if these are not the oldest.

        They are kept until they are acknowledged.
        """
        ...

    def drop(self, rank: int, entry: Entry) -> None:
        """Forget the oldest message of a lane, and count it; nothing if this is not the oldest."""
        ...

    def acknowledge(self, entries: Sequence[Entry]) -> None:
        """Forget messages that were taken: the collector has them, or refused them for good.

        Nobody adopts them any more. A store that loses an acknowledgement, in a power cut, sends them again.
        """
        ...

    def close(self) -> None:
        """The client is closed: what is still kept may be adopted. Closing twice is no error."""
        ...
