"""Client: the client of threads. A daemon thread, started at the first message, sends what the outbox says is due."""

from __future__ import annotations

import atexit
import logging
import threading
from types import TracebackType
from typing import Self

from footfall.client.base import FLUSH_TIMEOUT, BaseClient, say
from footfall.client.ledger import Delivery, Ledger
from footfall.client.outbox import Parcel
from footfall.client.prepare import NUMBER, TAIL, Ready
from footfall.events import Answer, Receipt

__all__ = ["Client"]

_log = logging.getLogger("footfall")


class Client(BaseClient):
    """Sends events to a collector without getting in the way of the application; see BaseClient for the parameters.

    One client serves all threads of a process. What is pending when the process ends is sent for up to
    `close_timeout` seconds.
    """

    def _renew(self) -> None:
        # Reentrant: a signal handler or a finalizer may call track() while its own thread is inside of track().
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._worker: threading.Thread | None = None
        self._block = self._options.when_full == "block"
        super()._renew()

    def flush(self, timeout: float | None = None) -> Delivery:
        """Send what was accepted before this call, without lingering; return after at most `timeout` seconds.

        None waits for up to 10 seconds.
        """
        deadline = self._clock.monotonic() + (FLUSH_TIMEOUT if timeout is None else timeout)
        with self._changed:
            mark = self._outbox.last_number
            self._outbox.hurry(mark)
            self._start()
            self._changed.notify_all()
            while not self._outbox.settled(mark) and not self._outbox.stopped:
                left = deadline - self._clock.monotonic()
                if left <= 0 or self._worker is None:
                    break
                self._clock.wait(self._changed, left)
            return self._outbox.ledger().delivery()

    def close(self, timeout: float | None = None) -> Delivery:
        """Take no more messages, send what is pending, let go of the connection; at most for `timeout` seconds.

        `timeout` is `ClientOptions.close_timeout` by default. What is still pending then is lost unless it arrived
        without an answer; `Delivery.reason` says why. Closing twice is no error.
        """
        deadline = self._clock.monotonic() + (self._options.close_timeout if timeout is None else timeout)
        with self._changed:
            self._closed = True
            self._give_up_at = deadline
            self._outbox.last_call(self._clock.monotonic())
            self._start()
            self._changed.notify_all()
            while self._worker is not None and (left := deadline - self._clock.monotonic()) > 0:
                self._clock.wait(self._changed, left)
            is_sending = self._worker is not None
        if not is_sending:
            self._drain_here(deadline)
            self._let_go()
        atexit.unregister(self.close)
        with self._changed:
            delivery, lines = self._outbox.ledger().delivery(), self._end_to_say()
        say(lines)
        return delivery

    def stats(self) -> Ledger:
        """The books as they stand."""
        with self._changed:
            return self._outbox.ledger()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # In the caller

    def _queue(self, ready: Ready) -> Receipt:
        with self._lock:  # the condition's own lock, entered without its detour
            if self._block:
                self._wait_for_room(len(ready.head) + len(TAIL) + NUMBER)
            if self._closed:
                self._outbox.refuse("closed")
                return Receipt(False, ready.message_id, "closed", ready.faults)
            offer = self._outbox.offer(ready.head, TAIL, ready.rank, self._clock.monotonic())
            if offer == "full":
                return Receipt(False, ready.message_id, "queue_full", ready.faults)
            if offer == "wake":
                self._start()
                self._changed.notify_all()
        return Receipt(True, ready.message_id, None, ready.faults)

    def _wait_for_room(self, size: int) -> None:
        deadline = self._clock.monotonic() + self._options.block_timeout
        while not self._closed and not self._outbox.has_room(size):
            left = deadline - self._clock.monotonic()
            if left <= 0:
                return
            self._clock.wait(self._changed, left)

    def _refuse(self, reason: str) -> None:
        with self._lock:
            self._outbox.refuse(reason)

    # The thread that sends

    def _start(self) -> None:
        if self._worker is not None or self._outbox.pending == 0:
            return
        self._worker = threading.Thread(target=self._work, name="footfall", daemon=True)
        try:
            self._worker.start()
        except RuntimeError:
            self._worker = None  # the interpreter is ending and starts no thread: close() sends
        atexit.unregister(self.close)
        atexit.register(self.close)

    def _work(self) -> None:
        try:
            while (parcel := self._next_parcel()) is not None:
                self._attempt(parcel)
            self._let_go()
        finally:
            with self._changed:
                self._worker = None
                self._changed.notify_all()

    def _next_parcel(self) -> Parcel | None:
        """Wait until something is due; None when the client is closed and nothing more can be done."""
        with self._changed:
            while not self._is_over(now := self._clock.monotonic()):
                if (parcel := self._outbox.take(now)) is not None:
                    return parcel
                self._clock.wait(self._changed, self._pause(now))
        return None

    def _attempt(self, parcel: Parcel) -> None:
        outcome: Answer | Exception
        try:
            outcome = self._transport.send(self._batch(parcel))
        except Exception as error:  # noqa: BLE001 - whatever a transport raises, the sending goes on
            outcome = error
        with self._changed:
            lines = self._settle(parcel, outcome)
        say(lines)
        with self._changed:
            self._changed.notify_all()

    def _let_go(self) -> None:
        try:
            self._transport.close()
        except Exception as error:  # noqa: BLE001 - the end of an application does not fail for this
            _log.warning("the transport raised %s when it was closed", type(error).__name__)

    def _drain_here(self, deadline: float) -> None:
        """Send in the calling thread, for when there is no other; the transport's own timeout bounds each attempt."""
        while self._clock.monotonic() < deadline and (parcel := self._outbox.take(self._clock.monotonic())) is not None:
            self._attempt(parcel)
