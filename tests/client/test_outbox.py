"""The outbox keeps its order, its bound and its books, whatever happens to what it hands out."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from footfall import ClientOptions
from footfall.client.memory_store import MemoryStore
from footfall.client.outbox import HIGH, LOW, InFlight, Outbox
from footfall.client.outbox_store import OutboxStore
from footfall.delivery.retry import RetryPolicy
from footfall.errors import OverloadedError, RefusedError, TransportError, UnauthorizedError, UnreachableError
from footfall.events import Answer, Verdict
from footfall.testing.outbox_store import Shelf

AGAIN = UnreachableError("gone")
BAD = RefusedError("bad", status=400)
SLOW_DOWN = OverloadedError("slow down", retry_after=2.0)
TOO_LARGE = RefusedError("too large", status=413)


def outbox(store: OutboxStore | None = None, **options: Any) -> Outbox:
    retry = RetryPolicy(initial=1.0, maximum=8.0)
    return Outbox(ClientOptions(retry=retry, **options), store or MemoryStore())


def put(box: Outbox, *names: str, rank: int = LOW, now: float = 0.0) -> list[str]:
    return [box.put(name.encode() + b":", b"", rank, now) for name in names]


def sent(in_flight: InFlight | None) -> list[str]:
    assert in_flight is not None
    return [message.decode().partition(":")[0] for message in in_flight.messages]


def test_nothing_is_due_while_nothing_is_queued() -> None:
    box = outbox()

    assert box.due(0.0) is None
    assert box.take(0.0) is None


def test_a_message_lingers_and_is_then_due() -> None:
    box = outbox(linger=0.5)
    put(box, "a", now=10.0)

    assert box.due(10.2) == pytest.approx(0.3)
    assert box.take(10.2) is None
    assert sent(box.take(10.5)) == ["a"]


def test_a_whole_batch_does_not_linger() -> None:
    box = outbox(max_batch=2)

    assert put(box, "a", "b", "c") == ["wake", "wake", "queued"]
    assert sent(box.take(0.0)) == ["a", "b"]


def test_a_batch_ends_before_its_bytes_are_too_many_and_takes_a_large_message_by_itself() -> None:
    box = outbox(max_batch_bytes=64 + 100)
    put(box, "a" * 60, "b" * 60, "c" * 300, "d")
    box.flush_up_to(box.last_number)

    batches = []
    while (in_flight := box.take(0.0)) is not None:
        batches.append([name[0] for name in sent(in_flight)])
        box.delivered(Answer(len(in_flight.messages)))

    assert batches == [["a"], ["b"], ["c"], ["d"]]


def test_one_parcel_is_on_its_way_at_a_time() -> None:
    box = outbox(max_batch=1)
    put(box, "a", "b")
    box.take(0.0)

    assert box.take(0.0) is None
    assert box.due(0.0) is None


def test_priority_does_not_change_the_order() -> None:
    box = outbox()
    put(box, "a")
    put(box, "b", rank=HIGH)
    put(box, "c")
    put(box, "d", rank=HIGH)
    box.flush_up_to(box.last_number)

    assert sent(box.take(0.0)) == ["a", "b", "c", "d"]


def test_a_full_queue_lets_the_oldest_of_the_lowest_priority_go() -> None:
    box = outbox(queue_bytes=12)
    put(box, "a")
    put(box, "B", rank=HIGH)
    put(box, "c", "d")
    assert put(box, "E", rank=HIGH) == ["queued"]
    assert put(box, "f") == ["queued"]
    assert put(box, "G", "H", rank=HIGH) == ["queued", "queued"]
    box.flush_up_to(box.last_number)

    assert box.ledger().dropped == {"queue_full": 4}
    assert sent(box.take(0.0)) == ["B", "E", "G", "H"]


def test_a_low_message_never_pushes_a_high_one_out() -> None:
    box = outbox(queue_bytes=3)
    put(box, "A", rank=HIGH)

    assert put(box, "b") == ["full"]
    assert box.ledger().refused == {"queue_full": 1}
    assert put(box, "C", rank=HIGH) == ["wake"]
    assert box.ledger().dropped == {"queue_full": 1}


def test_what_is_on_its_way_is_never_let_go() -> None:
    box = outbox(queue_bytes=3, max_batch=1)
    put(box, "a")
    box.take(0.0)

    assert put(box, "B", rank=HIGH) == ["full"]
    assert box.pending == 1


def test_a_refused_message_takes_no_number() -> None:
    box = outbox(queue_bytes=4)
    put(box, "a" * 9)
    put(box, "b")

    assert box.last_number == 1


def test_a_failed_batch_waits_and_keeps_later_ones_behind_it() -> None:
    box = outbox(max_batch=1)
    put(box, "a", "b")
    box.take(0.0)

    assert box.failed(AGAIN, 0.0, 0.5).action == "again"

    assert box.due(0.0) == 0.5
    assert sent(box.take(0.5)) == ["a"]
    box.failed(AGAIN, 0.5, 0.5)
    assert box.due(0.5) == 1.0
    assert box.ledger().retries == 2
    assert sent(box.take(1.5)) == ["a"]
    box.delivered(Answer(1))
    assert sent(box.take(1.5)) == ["b"]


def test_the_wait_that_the_collector_asks_for_is_kept_even_when_closing() -> None:
    box = outbox(max_batch=1)
    put(box, "a")
    box.take(0.0)
    box.failed(OverloadedError("slow down", retry_after=20.0), 0.0, 0.0)

    box.begin_close(1.0)

    assert box.due(1.0) == 19.0


def test_closing_cuts_a_wait_of_our_own_short() -> None:
    box = outbox(max_batch=1)
    put(box, "a")
    box.take(0.0)
    box.failed(AGAIN, 0.0, 0.99)

    box.begin_close(0.1)

    assert sent(box.take(0.1)) == ["a"]


def test_a_refused_key_stops_the_sending_and_keeps_everything() -> None:
    box = outbox(max_batch=1)
    put(box, "a", "b")
    box.take(0.0)

    box.failed(UnauthorizedError("no"), 0.0, 0.0)

    assert box.stopped
    assert box.due(100.0) is None
    assert box.ledger().pending == 2
    assert box.ledger().stopped == "unauthorized: no"


def test_a_refused_batch_is_dropped_and_the_next_one_goes() -> None:
    box = outbox(max_batch=2)
    put(box, "a", "b", "c", "d")
    box.take(0.0)

    box.failed(RefusedError("bad", status=400), 0.0, 0.0)

    assert box.ledger().dropped == {"refused": 2}
    assert sent(box.take(0.0)) == ["c", "d"]


def test_a_batch_that_is_too_large_is_halved_until_one_message_is_left_which_is_dropped() -> None:
    box = outbox(max_batch=5)
    put(box, "a", "b", "HUGE", "d", "e")
    delivered: list[str] = []
    while (in_flight := box.take(0.0)) is not None:
        if "HUGE" in sent(in_flight):
            box.failed(TOO_LARGE, 0.0, 0.0)
        else:
            delivered += sent(in_flight)
            box.delivered(Answer(len(in_flight.messages)))

    assert delivered == ["a", "b", "d", "e"]
    assert box.ledger().dropped == {"too_large": 1}
    assert box.pending_bytes == 0


def test_a_batch_is_given_up_when_the_policy_says_so() -> None:
    box = Outbox(ClientOptions(max_batch=1, retry=RetryPolicy(attempts=2)), MemoryStore())
    put(box, "a")
    for now in (0.0, 100.0):
        box.take(now)
        box.failed(AGAIN, now, 0.0)

    assert box.ledger().dropped == {"gave_up": 1}


def test_what_the_collector_says_of_each_message_is_counted() -> None:
    box = outbox(max_batch=3)
    put(box, "a", "b", "c")
    box.take(0.0)

    box.delivered(Answer(3, (Verdict(0, "duplicate"), Verdict(1, "quarantined"))))

    ledger = box.ledger()
    assert (ledger.delivered, ledger.duplicate, ledger.quarantined, ledger.rejected) == (3, 1, 1, 0)


def test_an_interrupted_parcel_stays_first() -> None:
    box = outbox(max_batch=1)
    put(box, "a", "b")
    box.take(0.0)

    box.interrupted()

    assert sent(box.take(0.0)) == ["a"]


def test_it_knows_when_everything_up_to_a_message_is_settled() -> None:
    box = outbox(max_batch=1)
    put(box, "a")
    mark = box.last_number
    put(box, "b")
    box.take(0.0)
    assert not box.settled(mark)

    box.delivered(Answer(1))

    assert box.settled(mark)
    assert not box.settled(box.last_number)


def test_what_a_dead_process_left_goes_first_and_at_once_and_is_in_the_books() -> None:
    shelf = Shelf()
    store = shelf.store()
    put(outbox(store), "a", "b")
    store.die()
    box = outbox(shelf.store())
    box.adopt(0.0)
    put(box, "c")

    assert box.due(0.0) == 0.0
    assert (box.ledger().accepted, box.ledger().adopted, box.ledger().pending) == (1, 2, 3)
    assert not box.settled(0)
    assert sent(box.take(0.0)) == ["a", "b", "c"]
    box.delivered(Answer(3))
    assert box.settled(1)
    assert box.ledger().balanced


@pytest.mark.parametrize(("outcome", "left_over"), [(None, []), (BAD, []), (TOO_LARGE, []), (AGAIN, ["a"])])
def test_nobody_adopts_what_the_collector_took_or_refused_for_good(
    outcome: TransportError | None, left_over: list[str]
) -> None:
    shelf = Shelf()
    store = shelf.store()
    box = outbox(store, linger=0.0)
    put(box, "a")
    box.take(0.0)
    if outcome is None:
        box.delivered(Answer(1))
    else:
        box.failed(outcome, 0.0, 0.0)
    store.die()

    heir = outbox(shelf.store())
    heir.adopt(0.0)

    assert [message.decode().partition(":")[0] for message in heir.waiting()] == left_over


def test_a_full_queue_drops_what_it_adopted_first() -> None:
    shelf = Shelf()
    store = shelf.store()
    put(outbox(store), "a", "b", "c")
    store.die()
    box = outbox(shelf.store(), queue_bytes=6)
    box.adopt(0.0)

    put(box, "d")

    assert box.ledger().dropped == {"queue_full": 2}
    assert sent(box.take(0.0)) == ["c", "d"]


def test_a_closed_outbox_leaves_what_is_pending() -> None:
    shelf = Shelf()
    box = outbox(shelf.store())
    put(box, "a")

    box.close()

    heir = outbox(shelf.store())
    heir.adopt(0.0)
    assert heir.ledger().adopted == 1


class AnyCalls(RuleBasedStateMachine):
    """Any calls in any order, with a model that knows every message's fate."""

    QUEUE = 150
    SEEN: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.accepted: list[bytes] = []
        self.delivered: list[bytes] = []
        self.dropped: list[bytes] = []
        self.overflowed = 0
        self.life = 0
        self.begin(MemoryStore())

    def begin(self, store: OutboxStore) -> None:
        self.box = Outbox(
            ClientOptions(
                max_batch=4,
                max_batch_bytes=64 + 60,
                linger=1.0,
                queue_bytes=self.QUEUE,
                retry=RetryPolicy(initial=1.0, maximum=4.0, attempts=2),
            ),
            store,
        )
        self.box.adopt(0.0)
        self.now = 0.0
        self.refused = 0
        self.counts_before = (len(self.accepted), len(self.delivered))
        self.in_flight: InFlight | None = None

    @rule(ranks=st.lists(st.sampled_from([LOW, HIGH]), min_size=6, max_size=6))
    def fill(self, ranks: list[int]) -> None:
        for rank in [*ranks, HIGH, HIGH, HIGH, HIGH, LOW]:
            self.put(28, rank)

    @rule(size=st.integers(0, 30), rank=st.sampled_from([LOW, HIGH]))
    def offer_one(self, size: int, rank: int) -> None:
        self.put(size, rank)

    def put(self, size: int, rank: int) -> None:
        head = b"%d|%d|%b|" % (rank, self.life, b"x" * size)
        number = self.box.last_number + 1
        if self.box.put(head, b"", rank, self.now) == "full":
            self.SEEN["refused"] += 1
            self.refused += 1
        else:
            self.accepted.append(head + b"%d" % number)

    @rule(seconds=st.floats(0, 5))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def take_at_once(self) -> None:
        self.hurry_and_take()

    def hurry_and_take(self) -> None:
        self.box.flush_up_to(self.box.last_number)
        self.take()

    @precondition(lambda self: self.in_flight is None)
    @rule(error=st.sampled_from([AGAIN, TOO_LARGE, BAD]), times=st.integers(1, 4))
    def fail_in_a_row(self, error: TransportError, times: int) -> None:
        for _ in range(times):
            self.now += 10.0
            self.hurry_and_take()
            if self.in_flight is not None:
                self.fail(error, 0.5)

    @rule()
    def take_what_is_due(self) -> None:
        self.take()

    def take(self) -> None:
        due = self.box.due(self.now)
        in_flight = self.box.take(self.now)
        assert (in_flight is not None) == (due == 0.0)
        self.in_flight = in_flight or self.in_flight

    @rule()
    def flush_up_to(self) -> None:
        self.box.flush_up_to(self.box.last_number)

    @precondition(lambda self: self.in_flight is not None)
    @rule()
    def deliver_once(self) -> None:
        self.deliver()

    def deliver(self) -> None:
        assert self.in_flight is not None
        self.box.delivered(Answer(len(self.in_flight.messages)))
        self.delivered += self.in_flight.messages
        self.in_flight = None

    @precondition(lambda self: self.in_flight is not None)
    @rule(
        error=st.sampled_from([AGAIN, TOO_LARGE, SLOW_DOWN, BAD]),
        dice=st.floats(0, 1, exclude_max=True),
    )
    def fail_once(self, error: TransportError, dice: float) -> None:
        self.fail(error, dice)

    def fail(self, error: TransportError, dice: float) -> None:
        assert self.in_flight is not None
        decision = self.box.failed(error, self.now, dice)
        self.SEEN[f"{decision.action} {decision.reason}".strip()] += 1
        if decision.action == "drop":
            self.dropped += self.in_flight.messages
        self.in_flight = None

    @precondition(lambda self: self.in_flight is not None)
    @rule()
    def interrupt(self) -> None:
        self.box.interrupted()
        self.in_flight = None

    @invariant()
    def the_books_balance(self) -> None:
        ledger = self.box.ledger()
        assert ledger.balanced
        accepted, delivered = self.counts_before
        assert ledger.accepted == len(self.accepted) - accepted
        assert ledger.delivered == len(self.delivered) - delivered
        assert sum(ledger.refused.values()) == self.refused

    @invariant()
    def the_bound_is_kept(self) -> None:
        assert 0 <= self.box.pending_bytes <= self.QUEUE
        assert (self.box.pending_bytes == 0) == (self.box.pending == 0)

    @invariant()
    def the_order_is_kept_and_nothing_comes_twice(self) -> None:
        places = [self.accepted.index(message) for message in self.delivered]
        assert places == sorted(set(places))

    def teardown(self) -> None:
        """Whatever happened, what is left can still be delivered."""
        if self.in_flight is not None:
            self.deliver()
        self.box.flush_up_to(self.box.last_number)
        while (in_flight := self.box.take(self.now + 1000)) is not None:
            self.delivered += in_flight.messages
            self.box.delivered(Answer(len(in_flight.messages)))
        assert self.box.pending == 0
        self.the_books_balance()
        self.the_order_is_kept_and_nothing_comes_twice()
        overflowed = self.overflowed + self.box.ledger().dropped.get("queue_full", 0)
        self.SEEN["overflowed"] += overflowed
        assert len(self.accepted) == len(self.delivered) + len(self.dropped) + overflowed


class AnyLives(AnyCalls):
    """The same with a store that outlives its process, which may die at any time."""

    def begin(self, store: OutboxStore) -> None:
        if self.life == 0:
            self.shelf = Shelf()
        self.store = self.shelf.store()
        super().begin(self.store)

    @rule()
    def die(self) -> None:
        pending = self.box.pending
        self.overflowed += self.box.ledger().dropped.get("queue_full", 0)
        self.SEEN["died in flight"] += self.in_flight is not None
        self.store.die()
        self.life += 1
        self.begin(self.store)
        assert self.box.ledger().adopted == self.box.pending == pending
        self.SEEN["adopted"] += pending


HARD = {"again", "drop gave_up", "drop refused", "drop too_large", "overflowed", "refused", "split too_large"}


@pytest.mark.slow
@pytest.mark.parametrize(("machine", "hard"), [(AnyCalls, HARD), (AnyLives, {*HARD, "adopted", "died in flight"})])
def test_any_calls_in_any_order_keep_the_books_the_bound_and_the_order(machine: type[AnyCalls], hard: set[str]) -> None:
    AnyCalls.SEEN.clear()

    run_state_machine_as_test(machine, settings=settings(max_examples=100, stateful_step_count=60))

    assert {name for name, count in AnyCalls.SEEN.items() if count} >= hard
