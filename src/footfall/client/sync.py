"""Client: the client of threads. A daemon thread, started at the first message, sends what the outbox says is due."""

from __future__ import annotations

import threading
import weakref
from sys import is_finalizing
from types import TracebackType
from typing import Self

from footfall.client.base import FLUSH_TIMEOUT, UNSURE, BaseClient, say
from footfall.client.ends import expect_end
from footfall.client.guard import guarded
from footfall.client.ledger import Delivery
from footfall.client.outbox import InFlight
from footfall.clock import Clock

__all__ = ["Client"]

_LOOK_AGAIN = 0.1  # seconds


class Client(BaseClient):
    """Sends events to a collector without getting in the way of the application; see BaseClient for the parameters.

    One client serves all threads of a process, greenlets too.
    """

    def _renew(self) -> None:
        self._thread: threading.Thread | None = None
        # Whether the outcome of an attempt is in the books, and not yet in the log.
        self._is_saying = False
        self._waits_for_room = self._options.when_full == "block"
        super()._renew()

    @guarded(UNSURE)
    def flush(self, timeout: float | None = None) -> Delivery:
        """Send what was accepted before this call, without lingering; return after at most `timeout` seconds.

        None waits for up to 10 seconds.
        """
        if is_finalizing():
            return self._outbox.ledger().delivery()
        deadline = self._clock.monotonic() + (FLUSH_TIMEOUT if timeout is None else timeout)
        with self._of_these_threads():
            mark = self._outbox.last_number
            self._outbox.flush_up_to(mark)
            self._wait_until_settled(mark, deadline)
            return self._outbox.ledger().delivery()

    @guarded(UNSURE)
    def close(self, timeout: float | None = None) -> Delivery:
        """Take no more messages, send what is pending, let go of the connection; at most for `timeout` seconds.

        `timeout` is `ClientOptions.close_timeout` by default. What is still pending then is lost unless it arrived
        without an answer; `Delivery.reason` says why. Closing twice is no error.
        """
        if is_finalizing():
            return self._outbox.ledger().delivery()
        deadline = self._clock.monotonic() + (self._options.close_timeout if timeout is None else timeout)
        self._forget_end()
        with self._of_these_threads():
            self._closed = True
            self._give_up_at = deadline
            self._send_the_last(deadline)
            while self._others_send() and (remaining := deadline - self._clock.monotonic()) > 0:
                self._wait(remaining)
            is_sending = self._is_running(self._thread)
        if not is_sending:
            self._drain_here(deadline)
            self._release()
        with self._lock:
            delivery, lines = self._outbox.ledger().delivery(), self._end_to_say()
        say(lines)
        return delivery

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _end_at_exit(self) -> None:
        self.close()

    @guarded(None)
    def _end(self) -> None:
        deadline = self._clock.monotonic() + self._options.close_timeout
        with self._of_these_threads():
            self._send_the_last(deadline)
            is_sending = self._is_running(self._thread)
        if not is_sending:
            self._drain_here(deadline)
        with self._lock:
            lines = self._end_to_say()
        say(lines)

    # In the caller, under the lock

    def _of_these_threads(self) -> threading.Condition:
        if self._kind is not threading.get_ident:
            self._change_threads()
        return self._changed

    def _send_the_last(self, deadline: float) -> None:
        mark = self._outbox.last_number
        self._outbox.begin_close(self._clock.monotonic())
        self._wait_until_settled(mark, deadline)

    def _wait_until_settled(self, mark: int, deadline: float) -> None:
        self._wake_guarded()
        while self._is_saying or not (self._outbox.settled(mark) or self._outbox.stopped):
            if not self._others_send():
                return
            remaining = deadline - self._clock.monotonic()
            if remaining <= 0:
                return
            self._wait(remaining)

    def _wait(self, seconds: float) -> None:
        # Not for all of it: between the look at the outbox and this a signal handler may have waited too, and what is
        # waited for here have come meanwhile.
        self._clock.wait(self._changed, min(seconds, _LOOK_AGAIN))

    def _others_send(self) -> bool:
        """Whether there is a sender to wait for: a log handler or a finalizer may call us in the thread that sends."""
        return self._is_running(self._thread) and self._thread is not threading.current_thread()

    @staticmethod
    def _is_running(thread: threading.Thread | None) -> bool:
        """Whether a thread will do anything by itself: a signal may come just before this one starts it."""
        return thread is not None and thread.ident is not None

    def _wait_for_room(self, size: int) -> None:
        deadline = self._clock.monotonic() + self._options.block_timeout
        while not self._closed and not self._outbox.has_room(size):
            remaining = deadline - self._clock.monotonic()
            if remaining <= 0:
                return
            self._wait(remaining)

    def _wake(self) -> None:
        if self._thread is None and not self._outbox.is_empty:
            expect_end()
            # One that a signal handler starts meanwhile, or that starts although an interrupt is raised here, finds out
            # that it is not the sender.
            try:
                self._thread = _Sender(self, self._changed, self._clock)
                self._thread.start()
            except BaseException as error:
                self._thread = None  # none can be started: the interpreter is ending, or there are too many
                if _is_of_the_end(error):
                    return  # the end of the client, which is still to come, sends in its own thread
                raise
        self._changed.notify_all()

    def _leave_sender(self) -> None:
        self._thread = None
        self._is_saying = False

    # The thread that sends. It works as long as it is the client's, and touches nothing after that.

    def work(self, changed: threading.Condition, sender: threading.Thread) -> bool:
        """For the thread that sends: send what is pending; returns whether more may come."""
        while (in_flight := self._next_in_flight(changed, sender)) is not None:
            outcome = self._sent(in_flight)
            with changed:
                if self._thread is not sender:
                    return False
                lines = self._settle(in_flight, outcome)
                self._is_saying = True
            say(lines)
            with changed:
                if self._thread is sender:
                    self._is_saying = False
                    changed.notify_all()
        goes_on = self._thread is sender and not self._is_over(self._clock.monotonic())
        if not goes_on and self._thread is sender:
            self._release()
        return goes_on

    def sender_ends(self, changed: threading.Condition, sender: threading.Thread, error: BaseException | None) -> None:
        """For the thread that sends, as it ends: the next call starts another one. `error` is what ended it."""
        if error is not None:
            self._caught.log("the sender", error)
        with changed:
            if self._thread is sender:
                self._thread = None
                self._is_saying = False
                self._is_asleep = True
                self._outbox.interrupted()
                changed.notify_all()

    def is_idle(self, sender: threading.Thread) -> bool:
        """For the thread that sends: whether there is nothing to do but to wait. The caller has the lock."""
        return self._thread is sender and not self._closed and self._outbox.is_empty

    def _next_in_flight(self, changed: threading.Condition, sender: threading.Thread) -> InFlight | None:
        """Wait until something is due; None when nothing is pending, or nothing more can be done."""
        with changed:
            while self._thread is sender and not self._is_over(now := self._clock.monotonic()):
                if self.is_idle(sender):
                    break
                if (in_flight := self._outbox.take(now)) is not None:
                    return in_flight
                self._clock.wait(changed, self._pause(now))
        return None


class _Sender(threading.Thread):
    """The thread that sends. It keeps its client alive while something is pending, and ends with it otherwise."""

    def __init__(self, client: Client, changed: threading.Condition, clock: Clock) -> None:
        super().__init__(name="footfall", daemon=True)
        self._client = weakref.ref(client, self._end)
        self._changed = changed
        self._clock = clock
        self._is_alone = False

    def run(self) -> None:
        error: BaseException | None = None
        try:
            while self._works():
                with self._changed:
                    while self._is_idle() and not self._is_alone:
                        self._clock.wait(self._changed, None)
        except BaseException as caught:  # noqa: BLE001 - nobody above us could do more
            error = caught
        finally:
            self._leave(error)
            del self._client, error  # they lead back to us, and gc would free this thread inside of any call

    # Whoever has the client lets go of it as they return.

    def _works(self) -> bool:
        client = self._client()
        return client is not None and client.work(self._changed, self)

    def _is_idle(self) -> bool:
        client = self._client()
        return client is not None and client.is_idle(self)

    def _leave(self, error: BaseException | None) -> None:
        client = self._client()
        if client is not None:
            client.sender_ends(self._changed, self, error)

    def _end(self, _client: weakref.ref[Client]) -> None:
        self._is_alone = True
        # The lock may be taken for good: by a thread that a fork, or the end of the process, has stopped.
        if self._changed.acquire(blocking=False):
            self._changed.notify_all()
            self._changed.release()


def _is_of_the_end(error: BaseException) -> bool:
    """Whether Python starts no thread any more: as of 3.12 while it runs the handlers of atexit."""
    return isinstance(error, RuntimeError) and "interpreter shutdown" in str(error)
