"""The shelf: what is on it outlives the processes that put it there."""

from __future__ import annotations

from footfall.client.outbox_store import LOW
from footfall.testing.outbox_store import Shelf, ShelfStore


def append(store: ShelfStore, text: bytes) -> None:
    assert store.append((store.totals.last_number + 1, text, 0.0, None), LOW)


def texts(store: ShelfStore) -> list[bytes]:
    return [entry[1] for entry in store.first(LOW, 100)]


def test_messages_of_several_dead_processes_are_adopted_together_and_in_order() -> None:
    shelf = Shelf()
    first, second, heir = shelf.store(), shelf.store(), shelf.store()
    append(first, b"a")
    append(second, b"b")
    append(first, b"c")
    first.die()
    second.die()

    heir.adopt(1.0)

    assert texts(heir) == [b"a", b"c", b"b"]


def test_what_a_process_does_after_its_death_does_not_reach_the_shelf() -> None:
    shelf = Shelf()
    dead, heir = shelf.store(), shelf.store()
    dead.die()
    append(dead, b"too late")
    dead.close()

    heir.adopt(1.0)

    assert texts(heir) == []
