"""Base: what both clients are made of, and what follows from an attempt to send."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from sys import is_finalizing
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from footfall.client.calls import Calls
from footfall.client.capture import Capture, current_capture
from footfall.client.clock_repair import with_repaired_times
from footfall.client.ends import end_with_process
from footfall.client.environment import PLAN, URL, WRITE_KEY, is_disabled, value_of
from footfall.client.event_policy import EventPolicy, OnInvalid, PlanEventPolicy
from footfall.client.guard import error_text, fault_log, guarded
from footfall.client.ledger import Delivery, Ledger
from footfall.client.loss_log import LossLog, in_words
from footfall.client.memory_store import MemoryStore
from footfall.client.message import Hook
from footfall.client.options import ClientOptions
from footfall.client.outbox import InFlight, Outbox
from footfall.client.prepare import NUMBER, TAIL, Prepared, Preparer
from footfall.client.uncounted_hits import UncountedHits
from footfall.clock import Clock, SystemClock
from footfall.delivery.retry import Action
from footfall.errors import TransportError, UnreachableError, UsageError
from footfall.events import Answer, Batch, Receipt
from footfall.forks import renew_after_fork, uncut
from footfall.identity.given import plain_text
from footfall.printable import counted
from footfall.timestamps import format_us

if TYPE_CHECKING:
    from footfall.client.outbox_store import OutboxStore
    from footfall.delivery.transport import Transport
    from footfall.plan.model import Plan

__all__ = ["FLUSH_TIMEOUT", "UNSURE", "BaseClient", "Say", "say"]

_log = logging.getLogger("footfall")

Say = Callable[[], object]  # writes a line of the log

_NEXT: dict[Action, str] = {
    "again": "trying again",
    "drop": "not trying again",
    "split": "sending halves",
    "stop": "nothing more is sent by this client, and what it has stays pending",
}

FLUSH_TIMEOUT = 10.0  # seconds
_AT_ONCE = 0.1  # seconds
_READINGS = 3

# What a call returns that could not even read the books.
UNSURE = Delivery(0, 0, {"internal": 0}, "internal: the call failed inside of footfall, see its log")
_NO_BOOKS = Ledger(reason=UNSURE.reason)

_ON_INVALID = ("drop", "flag", "raise")


class _Setup(NamedTuple):
    """What a client is made of, and is made of again in a forked child."""

    policy: EventPolicy
    hooks: tuple[Hook, ...]
    options: ClientOptions
    clock: Clock | None


class BaseClient(Calls):
    """The part of a client that neither waits nor sends.

    `collector` is a URL (with `write_key`) or any Transport. `plan` (a folder, a file, a bundle, or a loaded Plan) has
    every event checked in the caller. What is missing of these is read from `FOOTFALL_URL`, `FOOTFALL_WRITE_KEY` (for a
    URL alone) and `FOOTFALL_PLAN`, when the client is made. `on_invalid` says what follows from a fault: `flag` (send
    the event with its faults), `drop`, or `raise` (for tests; also takes the plan's policy for tests); None is what the
    plan says for clients, and to flag where it says nothing. `hooks` are called in order with each Message and may
    change or drop it.

    The logger `footfall` gets a warning when the sending begins to fail, and when it ends for good because the
    collector refused the write key; once for each event name and fault, for what the plan or the collector has against
    an event, for a refused call and for a replaced value; and once for each episode in which messages were lost, with
    their number and the reasons. Everything else is at INFO. No line has a value, an id or a key.

    `disabled=True`, or `FOOTFALL_DISABLED=1` where the argument is missing, makes a client that takes every call and
    does nothing: it reads no URL or plan, and each receipt is falsy with the reason `disabled`.

    Where the wall clock was set while a message waited, its time is repaired. What is pending as the process ends is
    sent for up to `close_timeout` seconds. client/README.md says more of both. After a fork the child's client begins
    empty and under another id, while the parent's keeps its queue.

    Raises UsageError for arguments that cannot be used, PlanError for a plan that cannot be used.
    """

    # Whether a full queue makes the caller wait.
    _waits_for_room = False

    def __init__(
        self,
        collector: str | Transport | None = None,
        *,
        write_key: str | None = None,
        plan: str | Path | Plan | None = None,
        on_invalid: OnInvalid | None = None,
        options: ClientOptions | None = None,
        hooks: Sequence[Hook] = (),
        clock: Clock | None = None,
        disabled: bool | None = None,
    ) -> None:
        super().__init__()
        if on_invalid is not None and plain_text(on_invalid) not in _ON_INVALID:
            raise UsageError('on_invalid must be "drop", "flag", "raise" or None (what the plan says)')
        options = ClientOptions() if options is None else options
        self._options = options
        self._disabled = is_disabled(os.environ) if disabled is None else disabled
        self._capture: Capture | None = None
        if self._disabled:
            _log.info("the client is disabled: it takes every call and sends nothing")
            self._setup = _Setup(EventPolicy(None), (), options, clock)
            self._transport: Transport = _nowhere()
        else:
            plan = value_of(PLAN, os.environ) if plan is None else plan
            policy = (
                EventPolicy(on_invalid) if plan is None else PlanEventPolicy(plan, on_invalid, options.transform_key)
            )
            self._setup = _Setup(policy, tuple(hooks), options, clock)
            self._transport = self._connect(collector, write_key)
        self._closed = False
        self._renew()
        kind = type(self)
        renew_after_fork(self, kind._renew)  # noqa: SLF001 - our own
        self._forget_end = end_with_process(self, kind._end_at_exit, kind._end)  # noqa: SLF001 - our own
        # A transport for tests shows what waits here too.
        serves = getattr(self._transport, "serves", None)
        if callable(serves):
            serves(self)
        if adopted := self._outbox.ledger().adopted:
            _log.info("took over %s of an earlier process", counted(adopted, "message"))
            with self._lock:
                self._wake_guarded()

    def _connect(self, collector: str | Transport | None, write_key: str | None) -> Transport:
        """The transport to a collector, or to what captures its messages."""
        collector = value_of(URL, os.environ) if collector is None else collector
        if collector is None:
            raise UsageError(f"a client needs a collector: give its URL or a Transport, or set {URL}")
        capture = current_capture()
        transport_for = None if capture is None else capture.transport_for(collector)
        if transport_for is not None:
            self._capture = capture
            return transport_for
        return _transport(collector, write_key, self._options)

    def _renew(self) -> None:
        """Begin with empty books and an id of our own: at first, and in a forked child (the queue is its parent's)."""
        policy, hooks, options, clock = self._setup
        self._renew_locks()
        # A new clock too: another thread may have had the lock of the old one at the moment of the fork.
        self._clock: Clock = clock or SystemClock()
        store = MemoryStore() if self._disabled else self._new_store()
        self._outbox = Outbox(options, store, UncountedHits(self._clock.new_id))
        self._outbox.adopt(self._clock.monotonic())
        self._preparer = self._new_preparer()(
            policy,
            hooks=hooks,
            clock=self._clock,
            max_bytes=options.max_message_bytes,
            client_id=self._clock.new_id(),
        )
        # When a closing client stops trying, on the clock that never goes back.
        self._give_up_at: float | None = None
        # Whether the sender still has to be started, or woken.
        self._is_asleep = True
        # Whether the last attempt failed: the first failure of a row is logged louder than those after it.
        self._failing = False
        self._losses = LossLog()
        self._pending_said = 0

    def _new_preparer(self) -> Callable[..., Preparer]:
        # Few clients are disabled or captured: the others do not load what is for these.
        if self._disabled:
            from footfall.client.disabled import DisabledPreparer

            return DisabledPreparer
        if self._capture is not None:
            from footfall.client.captured import CapturedPreparer

            return partial(CapturedPreparer, self._capture, lambda: self._closed)
        return Preparer

    def _new_store(self) -> OutboxStore:
        """What keeps the messages until they are delivered."""
        return MemoryStore()

    def _renew_locks(self) -> None:
        # Locks belong to a kind of threads: gevent's `patch_all`, which may run long after we were made, replaces
        # Python's threads by its own, to which the locks of before mean nothing. `get_ident` changes with them.
        self._kind = threading.get_ident
        # Reentrant: a signal handler or a finalizer may call track() while its own thread is inside of track().
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)

    def _change_threads(self) -> None:
        """Another kind of threads has come: leave the sender of the old kind behind, and what it sends to a new one."""
        with self._lock:
            if self._kind is not threading.get_ident:
                self._outbox.interrupted()
                self._leave_sender()
                self._renew_locks()

    # What both do in the caller

    @guarded(_NO_BOOKS)
    def stats(self) -> Ledger:
        """The books now."""
        if is_finalizing():
            return self._books()
        with self._lock:
            return self._books()

    def _books(self) -> Ledger:
        books = self._outbox.ledger()
        if (lost := self._caught.lost) > 0:
            books = msgspec.structs.replace(books, refused={**books.refused, "internal": lost})
        return books

    # For the integrations

    @property
    def plan(self) -> Plan | None:
        """The plan that events are checked with; None without one, and in a client that is disabled."""
        return self._setup.policy.plan

    @property
    def clock(self) -> Clock:
        """The clock of this process's client."""
        return self._clock

    @property
    def disabled(self) -> bool:
        """Whether this client takes every call and does nothing."""
        return self._disabled

    def leave_uncounted(self, reason: str) -> None:
        """Count a hit, or a cookie, that came to nothing; the collector gets the counts with the next messages."""
        if self._kind is not threading.get_ident:
            self._change_threads()
        with self._lock:
            if self._closed:
                return
            is_news = self._outbox.leave_uncounted(reason, self._clock.monotonic())
            if is_news and not self._disabled:
                self._wake_guarded()

    def waiting(self) -> list[bytes]:
        """The messages that this client will still try to send, encoded, in order; for a transport of tests."""
        with self._lock:
            return [] if self._closed else self._outbox.waiting()

    def _queue(self, ready: Prepared) -> Receipt:
        if self._kind is not threading.get_ident:
            self._change_threads()
        with self._lock:
            if self._waits_for_room:
                self._wait_for_room(len(ready.head) + len(TAIL) + NUMBER)
            if self._closed:
                self._outbox.refuse("closed")
                return Receipt(False, ready.message_id, "closed", ready.faults)
            put = self._outbox.put(ready.head, ready.tail, ready.rank, ready.at, ready.wall_us)
            if put == "full":
                return Receipt(False, ready.message_id, "queue_full", ready.faults)
            if put == "wake" or self._is_asleep:
                try:
                    self._wake_guarded()
                except Exception:  # noqa: BLE001 - at the limit of recursion; the message is accepted all the same
                    self._is_asleep = True
        return Receipt(True, ready.message_id, None, ready.faults)

    def _refuse(self, reason: str) -> None:
        # Python has stopped all other threads by then, and one of them may have the lock for good.
        if is_finalizing():
            self._outbox.refuse(reason)
            return
        if self._kind is not threading.get_ident:
            self._change_threads()
        with self._lock:
            self._outbox.refuse(reason)

    def _wake_guarded(self) -> None:
        """Have the sender look at the outbox. The message is accepted: what fails here is done again at the next."""
        self._is_asleep = True
        try:
            self._wake()
        except Exception as error:  # noqa: BLE001 - no thread could be started, for one
            self._caught.log("waking the sender", error)
        else:
            self._is_asleep = False

    def _wait_for_room(self, size: int) -> None:
        """Wait, within bounds, until `size` bytes fit. The caller has the lock."""

    @abstractmethod
    def _end_at_exit(self) -> None:
        """The process ends, and nothing of the application comes after this: send what is pending, take no more."""

    @abstractmethod
    def _end(self) -> None:
        """The process ends soon: send what is pending."""

    @abstractmethod
    def _wake(self) -> None:
        """Start what sends, if it does not run, and have it look at the outbox. The caller has the lock."""

    @abstractmethod
    def _leave_sender(self) -> None:
        """Forget what sends: nothing comes from it any more. The caller has the lock."""

    # What both do in whatever sends

    def _is_over(self, now: float) -> bool:
        """Whether a closing client has nothing more to do, or no more time."""
        late = self._give_up_at is not None and now >= self._give_up_at
        return self._closed and (late or self._outbox.is_empty or self._outbox.stopped)

    def _pause(self, now: float) -> float | None:
        """Seconds until there may be something to do by itself; None when only a call or an outcome can bring it."""
        waits = [self._outbox.due(now), None if self._give_up_at is None else self._give_up_at - now]
        return min((wait for wait in waits if wait is not None), default=None)

    def _sent(self, in_flight: InFlight) -> Answer | Exception:
        try:
            return self._transport.send(self._batch(in_flight))
        except Exception as error:  # noqa: BLE001 - whatever a transport raises, the sending goes on
            return error

    def _drain_here(self, deadline: float) -> None:
        """Send in the calling thread, for when nothing else does; the transport's own timeout bounds each attempt."""
        while (now := self._clock.monotonic()) < deadline:
            with self._lock:
                in_flight = self._outbox.take(now)
            if in_flight is None:
                return
            try:
                outcome = self._sent(in_flight)
                with self._lock:
                    lines = self._settle(in_flight, outcome)
                say(lines)
            finally:
                with self._lock:
                    self._outbox.interrupted()

    def _release(self) -> None:
        try:
            self._transport.close()
        except Exception as error:  # noqa: BLE001 - the end of an application does not fail for this
            _log.warning("the transport raised %s when it was closed", error_text(error))
        self._release_store()

    def _release_store(self) -> None:
        with self._lock:
            self._outbox.close()

    def _batch(self, in_flight: InFlight) -> Batch:
        clock = self._clock
        for _ in range(_READINGS):
            before, now_us, now = clock.monotonic(), clock.now_us(), clock.monotonic()
            if now - before < _AT_ONCE:
                break  # the two clocks were read at one moment, and no other process ran in between
        report = b"" if in_flight.report is None else in_flight.report.text
        return Batch(with_repaired_times(in_flight.entries, now_us, now), format_us(now_us), report)

    def _settle(self, in_flight: InFlight, outcome: Answer | Exception) -> list[Say]:
        """Enter the outcome of an attempt in the books; return the lines that say it.

        They are for after the client's lock is free: a log handler may have a lock, and may call the client.
        """
        count = len(in_flight.entries)
        messages = counted(count, "message") if count else "the counts of uncounted hits"
        if isinstance(outcome, Answer) and outcome.acknowledges(count):
            self._outbox.delivered(outcome)
            self._failing = False
            noted = {verdict: number for verdict, number in outcome.counts().items() if verdict != "stored" and number}
            others = "".join(f", {number} {verdict}" for verdict, number in noted.items())
            lines: list[Say] = [partial(_log.info, "sent %s%s", messages, others)]
            if noted:
                lines.append(lambda: fault_log().of_answer(in_flight.messages, outcome))
            return lines + self._losses_to_say(self._outbox.is_calm)
        error = outcome
        if not isinstance(error, TransportError):
            # A transport that breaks its promise must not end the sending.
            verb = "raised" if isinstance(error, Exception) else "acknowledged nothing: it returned"
            error = UnreachableError(f"the transport {verb} {_kind_of(outcome)}")
        with uncut():  # the first failure loads what calculates the wait
            decision = self._outbox.failed(error, self._clock.monotonic(), self._clock.random())
        # A split is no failure yet. A refused key is a warning even in a row of failures: it is the end of the sending.
        is_news = decision.action == "stop" or (decision.action != "split" and not self._failing)
        self._failing = self._failing or decision.action != "split"
        level = logging.WARNING if is_news else logging.INFO
        line = partial(_log.log, level, "could not send %s, %s: %s", messages, _NEXT[decision.action], error)
        return [line, *self._losses_to_say(self._outbox.is_calm and decision.action == "drop")]

    def _losses_to_say(self, is_calm: bool) -> list[Say]:
        lost = self._losses.due(self._outbox.lost(), self._clock.monotonic(), is_calm=is_calm)
        return [_lost(sum(lost.values()), in_words(lost))] if lost else []

    def _end_to_say(self) -> list[Say]:
        """What was lost up to the end of the client, and what is left undelivered; each is said once."""
        lost = self._losses.say(self._outbox.lost(), self._clock.monotonic())
        pending = self._outbox.pending - self._pending_said
        self._pending_said += pending
        parts = [in_words(lost)] if lost else []
        if pending > 0:
            parts.append(f"{pending:,} not delivered when the client was closed ({self._outbox.ledger().reason})")
        return [_lost(sum(lost.values()) + pending, ", ".join(parts))] if parts else []


def say(lines: Sequence[Say]) -> None:
    """Write lines of the log; a handler of the application's that raises does not end the sending."""
    for line in lines:
        with contextlib.suppress(Exception):
            line()


def _lost(count: int, why: str) -> Say:
    return partial(_log.warning, "%s lost: %s", counted(count, "message"), why)


def _kind_of(outcome: object) -> str:
    if isinstance(outcome, Answer):
        return f"an answer for {outcome.received}"
    return error_text(outcome) if isinstance(outcome, BaseException) else type(outcome).__name__


def _nowhere() -> Transport:
    from footfall.client.disabled import Nowhere

    return Nowhere()


def _transport(collector: str | Transport, write_key: str | None, options: ClientOptions) -> Transport:
    if not isinstance(collector, str):
        if not hasattr(collector, "send") and not hasattr(collector, "send_async"):
            raise UsageError(
                f"a client needs a collector's URL as text, or a Transport, and not a {type(collector).__name__}"
            )
        if write_key is not None:
            raise UsageError("write_key goes with a collector's URL; give it to the transport instead")
        return collector
    write_key = value_of(WRITE_KEY, os.environ) if write_key is None else write_key
    # Only a client that sends over HTTP loads what does.
    from footfall.delivery.http import HttpTransport

    return HttpTransport(
        collector, write_key or "", timeout=options.timeout, gzip=options.gzip, gzip_over=options.gzip_over
    )
