"""Outbox: what to send next, and when, and what a full queue drops; the books of it, and no thread or clock.

Both clients have one and act on what it says. Times are seconds of any clock that never goes back, given as `now`. The
messages themselves are in a store (client/outbox_store). They leave in the order in which they came; a batch that has
to be sent again keeps later ones waiting. Priority decides only what is dropped when the queue is full.

The client's lock keeps other threads out, and lets its own thread in again: a signal handler, a finalizer, a hook of a
profiler may call any method inside of any other, and an interrupt may be raised there. Python runs them at a call, at
the next round of a loop, or where an object is made. So each method here first works out what it will change, then
looks whether that is still right, and then changes all of it by steps that call nothing; the last may be one call.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from footfall.client.ledger import Ledger
from footfall.client.outbox_store import HIGH, LOW, Entry
from footfall.client.uncounted_hits import HitReport, UncountedHits
from footfall.delivery.retry import Failures, RetryDecision, decide
from footfall.errors import OverloadedError, TransportError, UnauthorizedError
from footfall.events import Answer

if TYPE_CHECKING:
    from footfall.client.options import ClientOptions
    from footfall.client.outbox_store import OutboxStore

__all__ = ["HIGH", "LOW", "InFlight", "Outbox", "PutResult"]

# The first word of why something is pending, by what the last attempt met.
_WORDS: dict[type[TransportError], str] = {
    OverloadedError: "overloaded",
    UnauthorizedError: "unauthorized",
}
_UNSENT = "unsent: no attempt was made yet"
_UNANSWERED = "unanswered: the collector has not answered yet"

# The batch's own JSON: {"batch":[],"sentAt":"2026-11-22T09:00:00.000000Z"}
_ENVELOPE = 64


class InFlight(NamedTuple):
    """Messages that travel together, and a report of hits beside them, or alone; `size` is the sum of their bytes."""

    entries: tuple[Entry, ...]
    size: int
    report: HitReport | None = None

    @property
    def first(self) -> int:
        """The number of the first message."""
        return self.entries[0][0]

    @property
    def messages(self) -> tuple[bytes, ...]:
        """The messages as they were queued."""
        return tuple(entry[1] for entry in self.entries)


class _Trouble(NamedTuple):
    """What the attempts since the last success met: how many failed, since when, and when the next one may be."""

    reason: str | None = None
    attempts: int = 0
    since: float = 0.0
    not_before: float = 0.0
    is_asked_to_wait: bool = False


_NO_TROUBLE = _Trouble()

PutResult = Literal["full", "queued", "wake"]


class Outbox:
    """A queue of encoded messages that knows what is due.

    The caller repeats: `due(now)` says how long to wait, `take(now)` returns a batch, and `delivered` or `failed` say
    what became of it. One batch is in flight at a time.
    """

    def __init__(self, options: ClientOptions, store: OutboxStore, hits: UncountedHits | None = None) -> None:
        self._options = options
        self._hits = hits or UncountedHits(str)
        self._drops_oldest = options.when_full == "drop_oldest"
        self._store = store
        self._totals = store.totals
        self._append = store.append
        # What was taken from the store for the next batch.
        self._leaving: deque[Entry] = deque()
        # The first one may be in flight.
        self._batches: tuple[InFlight, ...] = ()
        self._batch_bytes = 0
        self._sending: InFlight | None = None
        self._flush_up_to = 0
        self._trouble = _NO_TROUBLE
        self._stopped: str | None = None
        self._delivered = 0
        self._dropped: dict[str, int] = {}
        self._refused: dict[str, int] = {}
        self._verdicts: Counter[str] = Counter()
        self._retries = 0

    # Taking in

    def adopt(self, now: float) -> None:
        """Take over what dead processes left in the store, to be sent first."""
        self._store.adopt(now)

    def has_room(self, size: int) -> bool:
        """Whether a message of `size` bytes fits without dropping another."""
        return self.pending_bytes + size <= self._options.queue_bytes

    def put(self, head: bytes, tail: bytes | None, rank: int, now: float, wall_us: int | None = None) -> PutResult:
        """Number a message and queue it; `head` and `tail` are its bytes before and after its number.

        Without a `tail` the head is the whole message, in which no number is written.

        `now` is when it happened, `wall_us` the wall clock's microseconds of then, None if its time was given.

        `wake` if it gives the sender something new to do: it is the first, or makes a batch. `full`, and nothing is
        changed but the count of refusals, when room could only be made by dropping a message of a higher rank, or one
        that is in flight, or when nothing may be dropped at all.
        """
        options, totals = self._options, self._totals
        while True:
            number = totals.last_number + 1
            message = head if tail is None else b"%b%d%b" % (head, number, tail)
            low, high = totals.sizes
            queued_bytes = low + high + len(message)
            if queued_bytes + self._batch_bytes > options.queue_bytes and not self._make_room(len(message), rank):
                self.refuse("queue_full")
                return "full"
            low, high = totals.counts
            queued = low + high + 1
            # Not taken if a signal handler or a finalizer of the same thread sent one meanwhile, under this number.
            if self._append((number, message, now, wall_us), rank):
                if queued == 1 or queued == options.max_batch or queued_bytes >= options.max_batch_bytes - _ENVELOPE:
                    return "wake"
                return "queued"

    def refuse(self, reason: str) -> None:
        """Count a message that was never accepted."""
        self._refused.setdefault(reason, 0)
        self._refused[reason] += 1

    def leave_uncounted(self, reason: str, now: float) -> bool:
        """Count a hit that is no message; returns whether it gives the sender something new to do."""
        return self._hits.add(reason, now)

    def _make_room(self, size: int, rank: int) -> bool:
        """Drop the oldest of the lowest ranks until `size` bytes fit; False, and nothing is dropped, if they cannot."""
        most = self._options.queue_bytes - size
        may_drop = sum(self._totals.sizes[: rank + 1]) if self._drops_oldest else 0
        if self.pending_bytes - may_drop > most:
            return False
        for lower in range(rank + 1):
            while self.pending_bytes > most and (oldest := self._store.first(lower, 1)):
                self._store.drop(lower, oldest[0])
        return True

    # Handing out

    @property
    def last_number(self) -> int:
        """The number of the message that was accepted last; numbers start from 1."""
        return self._totals.last_number

    @property
    def pending(self) -> int:
        """How many accepted and adopted messages are neither delivered nor dropped."""
        return self._queued + len(self._leaving) + sum(len(batch.entries) for batch in self._batches)

    @property
    def pending_bytes(self) -> int:
        """Their bytes; never more than `queue_bytes`, but for what was adopted."""
        low, high = self._totals.sizes
        taken = sum([len(entry[1]) for entry in tuple(self._leaving)]) if self._leaving else 0
        return low + high + self._batch_bytes + taken

    @property
    def is_sending(self) -> bool:
        """Whether a batch is in flight."""
        return self._sending is not None

    @property
    def stopped(self) -> bool:
        """Whether the collector refused the key, so that nothing is sent any more."""
        return self._stopped is not None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send: no message, and no report of hits."""
        return not self._hits.is_waiting and self.pending == 0

    def settled(self, number: int) -> bool:
        """Whether every message up to `number` is delivered or dropped, and the hits of the last flush reported."""
        oldest = self._oldest_number()
        return self._hits.is_flushed and (oldest is None or oldest > number)

    def flush_up_to(self, number: int) -> None:
        """Do not linger for messages up to `number`, nor for the hits that there are."""
        self._hits.flush()
        if number > self._flush_up_to:
            self._flush_up_to = number

    def begin_close(self, now: float) -> None:
        """The client is closing: do not linger, and try once more now unless the collector asked for a wait."""
        self.flush_up_to(self.last_number)
        trouble = self._trouble
        at_once = trouble._replace(not_before=now)
        if self._trouble is trouble and not trouble.is_asked_to_wait:
            self._trouble = at_once

    def close(self) -> None:
        """Nothing is sent any more: leave what is pending to whoever may adopt it."""
        self._store.close()

    def due(self, now: float) -> float | None:
        """Seconds until `take` has something, 0 when it has; None when only a message or an outcome can change that."""
        if self._stopped is not None or self._sending is not None:
            return None
        wait = 0.0
        if not (self._batches or self._leaving):
            oldest = self._oldest_entry()
            if oldest is None:
                alone = self._hits.due(now)
                return None if alone is None else max(alone, self._trouble.not_before - now)
            number, _, since, _ = oldest
            if number > self._flush_up_to and self._queued < self._options.max_batch and not self._is_long():
                wait = since + self._options.linger - now
        return max(0.0, wait, self._trouble.not_before - now)

    def take(self, now: float) -> InFlight | None:
        """The batch to send now, or None when none is due."""
        if self.due(now) != 0.0:
            return None
        if not self._batches:
            self._form()
        batches, report = self._batches, self._hits.report(now)
        if self._sending is not None or not (batches or report):
            return None
        in_flight = batches[0]._replace(report=report) if batches else InFlight((), 0, report)
        self._sending = in_flight
        return in_flight

    def _form(self) -> None:
        """Move the next messages from the store into a batch."""
        if not self._leaving:
            self._leave()
        leaving, batches, nothing = self._leaving, self._batches, deque[Entry]()
        entries = tuple(sorted(leaving))
        batch = _in_flight(entries)
        formed, size = (*batches, batch), batch.size
        if entries and self._leaving is leaving and self._batches is batches:
            self._batches = formed
            self._batch_bytes += size
            self._leaving = nothing

    def _leave(self) -> None:
        most, room = self._options.max_batch, self._options.max_batch_bytes - _ENVELOPE
        heads = [self._store.first(rank, most) for rank in (LOW, HIGH)]
        # The number says which of two messages came first.
        heads_in_order = sorted(heads[LOW] + heads[HIGH])[:most]
        total, count, last = 0, 0, 0
        for entry in heads_in_order:
            total += len(entry[1])
            if count and total + count > room:
                break
            count, last = count + 1, entry[0]
        for rank, entries in enumerate(heads):
            if leaving := entries[: sum([entry[0] <= last for entry in entries])]:
                self._store.take(rank, leaving, self._leaving)

    # Outcomes

    def delivered(self, answer: Answer) -> None:
        """The batch in flight was acknowledged, by an answer with one verdict at most for each message."""
        in_flight, rest = self._flown()
        count, size = len(in_flight.entries), in_flight.size
        verdicts = self._verdicts + Counter(verdict.verdict for verdict in answer.verdicts)
        acknowledge = self._store.acknowledge
        if in_flight.report is not None:
            self._hits.settle(in_flight.report)
        self._sending = None
        self._batches = rest
        self._batch_bytes -= size
        self._delivered += count
        self._verdicts = verdicts
        self._trouble = _NO_TROUBLE
        acknowledge(in_flight.entries)

    def failed(self, error: TransportError, now: float, dice: float) -> RetryDecision:
        """The batch in flight met `error`; returns what was decided. `dice` is a number in [0, 1), for jitter."""
        in_flight, rest = self._flown()
        decision = decide(error)
        if decision.action == "split" and len(in_flight.entries) <= 1:
            decision = RetryDecision("drop", decision.reason)
        if decision.action == "again":
            return self._again(error, now, dice)
        if decision.action == "drop":
            self._drop(decision.reason)
        elif decision.action == "split":
            middle = len(in_flight.entries) // 2
            halves = (_in_flight(in_flight.entries[:middle]), _in_flight(in_flight.entries[middle:]), *rest)
            self._sending = None
            self._batches = halves
            self._trouble = _NO_TROUBLE
        else:
            stopped = f"{decision.reason}: {error}"
            self._sending = None
            self._stopped = stopped
        return decision

    def interrupted(self) -> None:
        """The batch in flight was neither acknowledged nor refused (its sender was cancelled); it stays pending."""
        trouble = self._trouble
        unanswered = trouble if trouble.reason else trouble._replace(reason=_UNANSWERED)
        if self._sending is not None:
            self._sending = None
            self._trouble = unanswered

    def _drop(self, reason: str) -> None:
        in_flight, rest = self._flown()
        if not in_flight.entries and in_flight.report is not None:
            self._hits.settle(in_flight.report)
            self._sending = None
            self._trouble = _NO_TROUBLE
            return
        dropped = {**self._dropped, reason: self._dropped.get(reason, 0) + len(in_flight.entries)}
        size, acknowledge = in_flight.size, self._store.acknowledge
        self._sending = None
        self._batches = rest
        self._batch_bytes -= size
        self._dropped = dropped
        self._trouble = _NO_TROUBLE
        acknowledge(in_flight.entries)

    def _again(self, error: TransportError, now: float, dice: float) -> RetryDecision:
        trouble = self._trouble
        attempts, since = (trouble.attempts + 1, trouble.since) if trouble.attempts else (1, now)
        failures = Failures(attempts, now - since)
        if self._options.retry.exhausted(failures):
            self._drop("gave_up")
            return RetryDecision("drop", "gave_up")
        not_before = now + self._options.retry.delay(failures, dice=dice, retry_after=error.retry_after)
        reason = f"{_WORDS.get(type(error), 'unreachable')}: {error}"
        trouble = _Trouble(reason, attempts, since, not_before, error.retry_after is not None)
        self._sending = None
        self._retries += 1
        self._trouble = trouble
        return RetryDecision("again")

    def _flown(self) -> tuple[InFlight, tuple[InFlight, ...]]:
        """The batch whose outcome is here, and those that come after it."""
        assert self._sending is not None, "an outcome belongs to a batch that was taken"
        return self._sending, self._batches[1:] if self._sending.entries else self._batches

    # Books

    def waiting(self) -> list[bytes]:
        """Every message that is neither delivered nor dropped, in the order in which they came."""
        lanes = (self._store.first(rank, self._totals.counts[rank]) for rank in (LOW, HIGH))
        queued = sorted([*self._leaving, *(entry for lane in lanes for entry in lane)])
        return [*(message for batch in self._batches for message in batch.messages), *(entry[1] for entry in queued)]

    def lost(self) -> Mapping[str, int]:
        """How many messages were lost, by reason: what was dropped, and what a full queue did not take."""
        return self._losses(self._totals.dropped + self._refused.get("queue_full", 0))

    def _losses(self, queue_full: int) -> dict[str, int]:
        return {**self._dropped, **({"queue_full": queue_full} if queue_full else {})}

    @property
    def is_calm(self) -> bool:
        """Whether the queue is at most half full, so that no more is dropped for now."""
        return 2 * self.pending_bytes <= self._options.queue_bytes

    def ledger(self) -> Ledger:
        """The books now."""
        totals = self._totals
        while True:
            before = self._counted()
            ledger = Ledger(
                accepted=totals.last_number,
                adopted=totals.adopted,
                delivered=self._delivered,
                pending=self.pending,
                dropped=self._losses(totals.dropped),
                refused=dict(self._refused),
                uncounted=dict(self._hits.totals),
                duplicate=self._verdicts["duplicate"],
                quarantined=self._verdicts["quarantined"],
                rejected=self._verdicts["rejected"],
                retries=self._retries,
                pending_bytes=self.pending_bytes,
                stopped=self._stopped,
                reason=self._reason(),
            )
            if before == self._counted():
                return ledger

    def _counted(self) -> tuple[object, ...]:
        """What a ledger counts: it is whole if none of this changed meanwhile."""
        totals = self._totals
        return totals.last_number, totals.adopted, totals.dropped, self._delivered, self._dropped, self._batches

    def _reason(self) -> str | None:
        """Why something is pending."""
        if self.pending == 0:
            return None
        reason = self._stopped or self._trouble.reason
        if reason is not None:
            return reason
        return _UNSENT if self._sending is None else _UNANSWERED

    def _is_long(self) -> bool:
        """Whether what is queued fills a batch."""
        low, high = self._totals.sizes
        return low + high >= self._options.max_batch_bytes - _ENVELOPE

    @property
    def _queued(self) -> int:
        low, high = self._totals.counts
        return low + high

    def _oldest_entry(self) -> Entry | None:
        oldest = self._store.first(LOW, 1) + self._store.first(HIGH, 1)
        return min(oldest) if oldest else None

    def _oldest_number(self) -> int | None:
        if self._batches:
            return self._batches[0].first
        entry = min(self._leaving) if self._leaving else self._oldest_entry()
        return entry[0] if entry is not None else None


def _in_flight(entries: tuple[Entry, ...]) -> InFlight:
    return InFlight(entries, sum([len(entry[1]) for entry in entries]))
