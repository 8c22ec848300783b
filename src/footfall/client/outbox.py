"""Outbox: what to send next, and when; a bounded queue of encoded messages with its books, and no thread or clock.

Both clients keep one and act on what it says. Times are seconds of any clock that never goes back, handed in as `now`.
Messages leave in the order in which they came; a batch that has to be sent again keeps later ones waiting. Priority
decides only what is let go when the queue is full.

The client's lock keeps other threads out, and lets its own thread in again: a signal handler, a finalizer, a hook of a
profiler may call any method inside of any other, and an interrupt may be raised there. Python runs them at a call, at
the next round of a loop, or where an object is made. So each method here first works out what it will change, then
looks whether that is still right, and then changes all of it by steps that call nothing; the last may be one call.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from itertools import islice, repeat
from typing import Literal, NamedTuple

import msgspec

from footfall.client.ledger import Ledger
from footfall.delivery.retry import Decision, Failures, RetryPolicy, decide
from footfall.errors import OverloadedError, TransportError, UnauthorizedError
from footfall.events import Answer

__all__ = ["HIGH", "LOW", "Entry", "InFlight", "Limits", "Outbox", "PutResult"]

LOW = 0
HIGH = 1

# The first word of why something is pending, by what the last attempt met.
_WORDS: dict[type[TransportError], str] = {
    OverloadedError: "overloaded",
    UnauthorizedError: "unauthorized",
}
_UNSENT = "unsent: no attempt was made yet"
_UNANSWERED = "unanswered: the collector has not answered yet"

# The batch's own JSON: {"batch":[],"sentAt":"2026-11-22T09:00:00.000000Z"}
_ENVELOPE = 64


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much an outbox holds and how it makes batches; see ClientOptions for the units.

    `drops_oldest` says whether a full outbox drops what it accepted earlier to take a new message in.
    """

    max_batch: int = 100
    max_batch_bytes: int = 480_000
    linger: float = 0.5
    queue_bytes: int = 32 * 1024 * 1024
    drops_oldest: bool = True


# A queued message: its number, its bytes, when it came, and the wall clock's microseconds that it has for its time
# (None where the caller gave the time). A plain tuple, as one is made in every call.
Entry = tuple[int, bytes, float, int | None]


class InFlight(NamedTuple):
    """Messages that travel together; `size` is the sum of their bytes."""

    entries: tuple[Entry, ...]
    size: int

    @property
    def first(self) -> int:
        """The number of the first message."""
        return self.entries[0][0]

    @property
    def messages(self) -> tuple[bytes, ...]:
        """The messages as they were queued."""
        return tuple(entry[1] for entry in self.entries)


PutResult = Literal["full", "queued", "wake"]


class Outbox:
    """A queue of encoded messages that knows what is due.

    The caller repeats: `due(now)` says how long to wait, `take(now)` hands out a batch, and `delivered` or `failed`
    say what became of it. One in_flight is on its way at a time.
    """

    def __init__(self, limits: Limits, retry: RetryPolicy) -> None:
        self._limits = limits
        self._retry = retry
        self._queues: tuple[deque[Entry], deque[Entry]] = (deque(), deque())
        self._queued_bytes = [0, 0]
        self._pending_bytes = 0
        # What leaves the queues for the next batch.
        self._leaving: deque[Entry] = deque()
        # The first one may be on its way.
        self._batches: tuple[InFlight, ...] = ()
        self._sending: InFlight | None = None
        self._number = 0
        self._flush_up_to = 0
        self._not_before = 0.0
        self._asked_to_wait = False
        self._failures = 0
        self._failing_since = 0.0
        self._stopped: str | None = None
        self._met: str | None = None
        self._delivered = 0
        self._overflowed = 0
        self._dropped: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._verdicts: Counter[str] = Counter()
        self._retries = 0

    # Taking in

    def has_room(self, size: int) -> bool:
        """Whether a message of `size` bytes fits without letting anything go."""
        return self._pending_bytes + size <= self._limits.queue_bytes

    def put(self, head: bytes, tail: bytes, rank: int, now: float, wall_us: int | None = None) -> PutResult:
        """Number a message and queue it; `head` and `tail` are its bytes before and after its number.

        `now` is when it happened, `wall_us` the wall clock's microseconds of then, None if its time was given.

        `wake` if it gives the sender something new to do: it is the first, or makes a batch. `full`, and nothing is
        changed but the count of refusals, when room could only be made by letting a message of a higher rank go, or one
        that is on its way, or when nothing may be let go at all.
        """
        limits = self._limits
        while True:
            number = self._number + 1
            message = b"%b%d%b" % (head, number, tail)
            size = len(message)
            entry = (number, message, now, wall_us)
            if self._pending_bytes + size > limits.queue_bytes and not (
                limits.drops_oldest and self._make_room(size, rank)
            ):
                self.refuse("queue_full")
                return "full"
            queued = len(self._queues[LOW]) + len(self._queues[HIGH]) + 1
            wakes = queued == 1 or queued == limits.max_batch or self._is_long(size)
            queue = self._queues[rank]
            # A signal handler or a finalizer of the same thread may have sent one meanwhile, under this number.
            is_next, self._number = (True, number) if number == self._number + 1 else (False, self._number)
            if is_next:
                break
        self._queued_bytes[rank] += size
        self._pending_bytes += size
        queue.append(entry)
        return "wake" if wakes else "queued"

    def refuse(self, reason: str) -> None:
        """Count a message that was never accepted."""
        self._refused.setdefault(reason, 0)
        self._refused[reason] += 1

    def _make_room(self, size: int, rank: int) -> bool:
        """Drop the oldest of the lowest ranks until `size` bytes fit; False, and nothing is dropped, if they cannot."""
        most = self._limits.queue_bytes - size
        if self._pending_bytes - sum(self._queued_bytes[: rank + 1]) > most:
            return False
        for lower in range(rank + 1):
            queue = self._queues[lower]
            drop = queue.popleft
            while self._pending_bytes > most and queue:
                entry = queue[0]
                length = len(entry[1])
                if queue and queue[0] is entry:
                    self._queued_bytes[lower] -= length
                    self._pending_bytes -= length
                    self._overflowed += 1
                    drop()
        return True

    # Handing out

    @property
    def last_number(self) -> int:
        """The number of the message that was accepted last; numbers start from 1."""
        return self._number

    @property
    def pending(self) -> int:
        """How many accepted messages are neither delivered nor dropped."""
        return self._queued + len(self._leaving) + sum(len(in_flight.entries) for in_flight in self._batches)

    @property
    def pending_bytes(self) -> int:
        """Their bytes; never more than `queue_bytes`."""
        return self._pending_bytes

    @property
    def is_sending(self) -> bool:
        """Whether a batch is on its way."""
        return self._sending is not None

    @property
    def stopped(self) -> bool:
        """Whether the collector refused the key, so that nothing is sent any more."""
        return self._stopped is not None

    def settled(self, number: int) -> bool:
        """Whether every message up to `number` is delivered or dropped."""
        oldest = self._oldest_number()
        return oldest is None or oldest > number

    def flush_up_to(self, number: int) -> None:
        """Do not linger for messages up to `number`."""
        if number > self._flush_up_to:
            self._flush_up_to = number

    def begin_close(self, now: float) -> None:
        """The client is closing: do not linger, and try once more now unless the collector asked for a wait."""
        self.flush_up_to(self._number)
        if not self._asked_to_wait:
            self._not_before = now

    def due(self, now: float) -> float | None:
        """Seconds until `take` has something, 0 when it has; None when only a message or an outcome can change that."""
        if self._stopped is not None or self._sending is not None:
            return None
        wait = 0.0
        if not (self._batches or self._leaving):
            oldest = self._oldest_entry()
            if oldest is None:
                return None
            number, _, since, _ = oldest
            if number > self._flush_up_to and self._queued < self._limits.max_batch and not self._is_long():
                wait = since + self._limits.linger - now
        return max(0.0, wait, self._not_before - now)

    def take(self, now: float) -> InFlight | None:
        """The batch to send now, or None when none is due."""
        if self.due(now) != 0.0:
            return None
        if not self._batches:
            self._form()
        batches = self._batches
        if self._sending is not None or not batches:
            return None
        self._sending = batches[0]
        return batches[0]

    def _form(self) -> None:
        """Move the next messages from the queues into a batch."""
        if not self._leaving:
            self._leave()
        leaving, batches, nothing = self._leaving, self._batches, deque[Entry]()
        entries = tuple(sorted(leaving))
        formed = (*batches, _in_flight(entries))
        if entries and self._leaving is leaving and self._batches is batches:
            self._batches = formed
            self._leaving = nothing

    def _leave(self) -> None:
        most, room = self._limits.max_batch, self._limits.max_batch_bytes - _ENVELOPE
        heads = [list(islice(queue, most)) for queue in self._queues]
        # The number tells which of two messages came first.
        heads_in_order = sorted(heads[LOW] + heads[HIGH])[:most]
        total, count, last = 0, 0, 0
        for entry in heads_in_order:
            total += len(entry[1])
            if count and total + count > room:
                break
            count, last = count + 1, entry[0]
        leave = self._leaving.extend
        for rank, queue in enumerate(self._queues):
            leaving = heads[rank][: sum([entry[0] <= last for entry in heads[rank]])]
            if not leaving:
                continue
            first, size = leaving[0], sum([len(entry[1]) for entry in leaving])
            # Taken out and put in by one call.
            move = map(deque[Entry].popleft, repeat(queue, len(leaving)))
            if queue and queue[0] is first:
                self._queued_bytes[rank] -= size
                leave(move)

    # Outcomes

    def delivered(self, answer: Answer) -> None:
        """The batch on its way was acknowledged, by an answer with one verdict at most for each message."""
        in_flight, rest = self._on_its_way()
        count = len(in_flight.entries)
        verdicts = self._verdicts + Counter(said.verdict for said in answer.verdicts)
        self._sending = None
        self._batches = rest
        self._pending_bytes -= in_flight.size
        self._delivered += count
        self._verdicts = verdicts
        self._forget_failures()

    def failed(self, error: TransportError, now: float, dice: float) -> Decision:
        """The batch on its way met `error`; returns what was decided. `dice` is a number in [0, 1), for jitter."""
        in_flight, rest = self._on_its_way()
        decision = decide(error)
        if decision.action == "split" and len(in_flight.entries) == 1:
            decision = Decision("drop", decision.reason)
        self._met = f"{_WORDS.get(type(error), 'unreachable')}: {error}"
        if decision.action == "again":
            return self._again(in_flight, rest, error, now, dice)
        if decision.action == "drop":
            self._drop(in_flight, rest, decision.reason)
        elif decision.action == "split":
            middle = len(in_flight.entries) // 2
            halves = (_in_flight(in_flight.entries[:middle]), _in_flight(in_flight.entries[middle:]), *rest)
            self._sending = None
            self._batches = halves
            self._forget_failures()
        else:
            stopped = f"{decision.reason}: {error}"
            self._sending = None
            self._stopped = stopped
        return decision

    def interrupted(self) -> None:
        """The batch on its way was neither acknowledged nor refused (its sender was cancelled); it stays pending."""
        if self._sending is not None:
            self._sending = None
            self._met = self._met or _UNANSWERED

    def _drop(self, in_flight: InFlight, rest: tuple[InFlight, ...], reason: str) -> None:
        dropped = {**self._dropped, reason: self._dropped.get(reason, 0) + len(in_flight.entries)}
        size = in_flight.size
        self._sending = None
        self._batches = rest
        self._pending_bytes -= size
        self._dropped = dropped
        self._forget_failures()

    def _again(
        self, in_flight: InFlight, rest: tuple[InFlight, ...], error: TransportError, now: float, dice: float
    ) -> Decision:
        attempts, since = (self._failures + 1, self._failing_since) if self._failures else (1, now)
        failures = Failures(attempts, now - since)
        if self._retry.exhausted(failures):
            self._drop(in_flight, rest, "gave_up")
            return Decision("drop", "gave_up")
        not_before = now + self._retry.delay(failures, dice=dice, retry_after=error.retry_after)
        self._sending = None
        self._failures = attempts
        self._failing_since = since
        self._retries += 1
        self._not_before = not_before
        self._asked_to_wait = error.retry_after is not None
        return Decision("again")

    def _on_its_way(self) -> tuple[InFlight, tuple[InFlight, ...]]:
        """The batch whose outcome is here, and those that come after it."""
        assert self._sending is not None, "an outcome belongs to a batch that was taken"
        return self._sending, self._batches[1:]

    def _forget_failures(self) -> None:
        self._met = None
        self._failures = 0
        self._not_before = 0.0
        self._asked_to_wait = False

    # Books

    def waiting(self) -> list[bytes]:
        """Every message that is neither delivered nor dropped, in the order in which they came."""
        queued = sorted([*self._leaving, *(entry for queue in self._queues for entry in list(queue))])
        return [
            *(message for in_flight in self._batches for message in in_flight.messages),
            *(entry[1] for entry in queued),
        ]

    def lost(self) -> Mapping[str, int]:
        """How many messages were lost, by reason: what was dropped, and what a full queue did not take."""
        return self._losses(self._overflowed + self._refused.get("queue_full", 0))

    def _losses(self, queue_full: int) -> dict[str, int]:
        return {**self._dropped, **({"queue_full": queue_full} if queue_full else {})}

    @property
    def is_calm(self) -> bool:
        """Whether the queue is not half full, so that no more is let go for now."""
        return 2 * self._pending_bytes <= self._limits.queue_bytes

    def ledger(self) -> Ledger:
        """The books as they stand."""
        while True:
            number, batches = self._number, self._batches
            ledger = Ledger(
                accepted=number,
                delivered=self._delivered,
                pending=self.pending,
                dropped=self._losses(self._overflowed),
                refused=dict(self._refused),
                duplicate=self._verdicts["duplicate"],
                quarantined=self._verdicts["quarantined"],
                rejected=self._verdicts["rejected"],
                retries=self._retries,
                pending_bytes=self._pending_bytes,
                stopped=self._stopped,
                reason=self._reason(),
            )
            if number == self._number and batches is self._batches:
                return ledger

    def _reason(self) -> str | None:
        """Why something is pending."""
        if self.pending == 0:
            return None
        known = self._stopped or self._met
        if known is not None:
            return known
        return _UNSENT if self._sending is None else _UNANSWERED

    def _is_long(self, more: int = 0) -> bool:
        """Whether what is queued, and `more` bytes, fill a batch."""
        return self._queued_bytes[LOW] + self._queued_bytes[HIGH] + more >= self._limits.max_batch_bytes - _ENVELOPE

    @property
    def _queued(self) -> int:
        return len(self._queues[LOW]) + len(self._queues[HIGH])

    def _oldest_entry(self) -> Entry | None:
        heads = [queue[0] for queue in self._queues if queue]
        return min(heads) if heads else None

    def _oldest_number(self) -> int | None:
        if self._batches:
            return self._batches[0].first
        entry = min(self._leaving) if self._leaving else self._oldest_entry()
        return entry[0] if entry is not None else None


def _in_flight(entries: tuple[Entry, ...]) -> InFlight:
    return InFlight(entries, sum([len(entry[1]) for entry in entries]))
