"""The store in memory: whatever comes in the middle of a call of it, messages and totals stay equal."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable

import pytest
from tests.client.interrupted import interruptions, run

from footfall.client.memory_store import MemoryStore
from footfall.client.outbox_store import HIGH, LOW, Entry


def appended(store: MemoryStore, rank: int = LOW) -> None:
    """Append a message as an outbox does: under the next number, again if that was taken meanwhile."""
    while not store.append((store.totals.last_number + 1, b"abc", 0.0, None), rank):
        pass


class Case:
    """A store of five messages, and what a call of it moved out."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        for rank in (LOW, HIGH, LOW, LOW, HIGH):
            appended(self.store, rank)
        self.taken: deque[Entry] = deque()

    def append(self) -> None:
        appended(self.store)

    def take(self) -> None:
        self.store.take(LOW, self.store.first(LOW, 2), self.taken)

    def drop(self) -> None:
        self.store.drop(LOW, self.store.first(LOW, 1)[0])

    def interrupt(self) -> None:
        raise KeyboardInterrupt

    def check(self) -> None:
        totals = self.store.totals
        lanes = [self.store.first(rank, 100) for rank in (LOW, HIGH)]
        numbers = [entry[0] for lane in lanes for entry in lane] + [entry[0] for entry in self.taken]
        assert totals.counts == [len(lane) for lane in lanes]
        assert totals.sizes == [3 * len(lane) for lane in lanes]
        assert len(set(numbers)) == len(numbers) == totals.last_number - totals.dropped


@pytest.mark.parametrize("act", [Case.append, Case.take, Case.drop, Case.interrupt])
@pytest.mark.parametrize("work", [Case.append, Case.take, Case.drop])
def test_messages_and_totals_are_equal_whatever_comes_inside_of_a_call(
    work: Callable[[Case], None], act: Callable[[Case], None]
) -> None:
    current: list[Case] = []
    places = 0
    for interruption in interruptions(lambda: act(current[-1]), "signal"):
        case = Case()
        current.append(case)
        run(lambda: work(case), interruption)  # noqa: B023 - it is over before the next one
        case.check()
        places += interruption.happened

    assert places > 1


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python 3.13 reports the opcodes of some runs only")
def test_a_message_that_comes_while_the_oldest_are_looked_up_is_no_error() -> None:
    current: list[Case] = []
    places = 0
    for interruption in interruptions(lambda: Case.append(current[-1]), "opcode"):
        case = Case()
        current.append(case)
        oldest: list[list[Entry]] = []
        assert run(lambda: oldest.append(case.store.first(LOW, 2)), interruption) is None  # noqa: B023 - see above
        assert [entry[0] for entry in oldest[0]] == [1, 3]
        places += interruption.happened

    assert places > 10


def test_there_is_nothing_to_adopt_and_nothing_to_leave() -> None:
    store = MemoryStore()
    appended(store)

    store.close()
    heir = MemoryStore()
    heir.adopt(1.0)

    assert heir.totals.adopted == 0
