"""What every OutboxStore keeps to, run over each implementation."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from footfall.client.memory_store import MemoryStore
from footfall.client.outbox_store import HIGH, LOW, Entry, OutboxStore
from footfall.testing.outbox_store import Shelf

STORES: dict[str, Callable[[], OutboxStore]] = {"memory": MemoryStore, "shelf": lambda: Shelf().store()}
RANKS = (LOW, HIGH)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> OutboxStore:
    return STORES[request.param]()


def entry(number: int, size: int = 3) -> Entry:
    return (number, b"x" * size, 5.0, 7)


def filled(store: OutboxStore, *ranks: int) -> list[Entry]:
    entries = [entry(number) for number in range(1, len(ranks) + 1)]
    for message, rank in zip(entries, ranks, strict=True):
        assert store.append(message, rank)
    return entries


def test_a_new_store_is_empty(store: OutboxStore) -> None:
    totals = store.totals

    assert (totals.last_number, totals.adopted, totals.dropped) == (0, 0, 0)
    assert (totals.counts, totals.sizes) == ([0, 0], [0, 0])
    assert [store.first(rank, 10) for rank in RANKS] == [[], []]


def test_messages_come_back_whole_by_lane_in_their_order(store: OutboxStore) -> None:
    a, b, c = filled(store, LOW, HIGH, LOW)

    assert store.first(LOW, 10) == [a, c]
    assert store.first(LOW, 1) == [a]
    assert store.first(HIGH, 10) == [b]
    assert (store.totals.last_number, store.totals.counts, store.totals.sizes) == (3, [2, 1], [6, 3])


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_message_under_another_number_than_the_next_is_not_taken(store: OutboxStore, number: int) -> None:
    filled(store, LOW)

    assert not store.append(entry(number), LOW)
    assert (store.totals.last_number, store.totals.counts) == (1, [1, 0])


def test_what_is_taken_leaves_its_lane(store: OutboxStore) -> None:
    a, b, c = filled(store, LOW, LOW, LOW)
    batch: deque[Entry] = deque()

    store.take(LOW, [a, b], batch)

    assert list(batch) == [a, b]
    assert store.first(LOW, 10) == [c]
    assert (store.totals.counts, store.totals.sizes) == ([1, 0], [3, 0])


def test_what_is_dropped_leaves_its_lane_and_is_counted(store: OutboxStore) -> None:
    a, b = filled(store, HIGH, HIGH)

    store.drop(HIGH, a)

    assert store.first(HIGH, 10) == [b]
    assert (store.totals.counts, store.totals.sizes, store.totals.dropped) == ([0, 1], [0, 3], 1)


def test_only_the_oldest_messages_of_a_lane_are_taken_or_dropped(store: OutboxStore) -> None:
    _, b, c = filled(store, LOW, LOW, HIGH)
    batch: deque[Entry] = deque()

    store.take(LOW, [b], batch)
    store.take(LOW, [c], batch)
    store.drop(LOW, b)

    assert not batch
    assert (store.totals.counts, store.totals.dropped) == ([2, 1], 0)


def test_a_store_where_nothing_was_left_adopts_nothing(store: OutboxStore) -> None:
    store.adopt(1.0)

    assert (store.totals.adopted, store.totals.counts) == (0, [0, 0])


def test_closing_twice_is_no_error(store: OutboxStore) -> None:
    filled(store, LOW)

    store.close()
    store.close()


LASTING = [Shelf]
"""Places whose messages outlive their process."""


@pytest.mark.parametrize("place", LASTING)
def test_what_a_dead_process_did_not_get_acknowledged_is_adopted_before_our_own(place: type[Shelf]) -> None:
    shelf = place()
    dead, store = shelf.store(), shelf.store()
    a, b, c, d = filled(dead, LOW, HIGH, LOW, LOW)
    batch: deque[Entry] = deque()
    dead.take(LOW, [a, c], batch)
    dead.acknowledge([a])
    dead.drop(LOW, d)
    dead.die()
    filled(store, LOW)

    store.adopt(9.0)

    assert store.first(LOW, 10) == [(0, c[1], 9.0, None), entry(1)]
    assert store.first(HIGH, 10) == [(-1, b[1], 9.0, None)]
    assert (store.totals.adopted, store.totals.last_number) == (2, 1)
    assert (store.totals.counts, store.totals.sizes) == ([2, 1], [6, 3])


@pytest.mark.parametrize("place", LASTING)
def test_nobody_adopts_from_a_process_that_lives(place: type[Shelf]) -> None:
    shelf = place()
    filled(shelf.store(), LOW)
    store = shelf.store()

    store.adopt(9.0)

    assert store.totals.adopted == 0


@pytest.mark.parametrize("place", LASTING)
def test_what_a_closed_client_did_not_deliver_is_adopted_once(place: type[Shelf]) -> None:
    shelf = place()
    closed, first, second = shelf.store(), shelf.store(), shelf.store()
    filled(closed, LOW)
    closed.close()

    first.adopt(9.0)
    second.adopt(9.0)

    assert (first.totals.adopted, second.totals.adopted) == (1, 0)


@pytest.mark.parametrize("place", LASTING)
@given(
    lives=st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from(RANKS), st.integers(0, 20)), max_size=6),
            st.lists(st.tuples(st.sampled_from(("take", "drop")), st.sampled_from(RANKS)), max_size=8),
        ),
        max_size=4,
    )
)
@example([([(LOW, 1), (HIGH, 0), (LOW, 2)], [("take", LOW)]), ([(HIGH, 0)], [("drop", HIGH)]), ([(LOW, 0)], [])])
def test_any_lives_in_a_row_hand_each_message_on_until_it_is_acknowledged_or_dropped(
    place: type[Shelf], lives: list[tuple[list[tuple[int, int]], list[tuple[str, int]]]]
) -> None:
    shelf = place()
    kept: tuple[list[bytes], list[bytes]] = ([], [])  # the model: by rank, in order
    count = 0
    for appended, done in lives:
        store = shelf.store()
        store.adopt(1.0)
        assert [[message[1] for message in store.first(rank, 100)] for rank in RANKS] == [*kept]
        assert store.totals.adopted == sum(map(len, kept))
        event(f"adopted {min(store.totals.adopted, 2)}")
        for number, (rank, size) in enumerate(appended, 1):
            count += 1
            text = b"%d" % count + b"x" * size
            assert store.append((number, text, 2.0, None), rank)
            kept[rank].append(text)
        for how, rank in done:
            for oldest in store.first(rank, 1):
                if how == "drop":
                    store.drop(rank, oldest)
                else:
                    store.take(rank, [oldest], deque())
                    store.acknowledge([oldest])
                assert kept[rank].pop(0) == oldest[1]
        assert store.totals.sizes == [sum(map(len, lane)) for lane in kept]
        store.die()
