"""AsyncClient: the client of an event loop. A task, started at the first message, sends what the outbox says is due."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from sys import is_finalizing
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from footfall.client.base import FLUSH_TIMEOUT, UNSURE, BaseClient, Say, say
from footfall.client.ends import expect_end
from footfall.client.guard import Guarded, error_text, guarded
from footfall.client.ledger import Delivery
from footfall.client.outbox import InFlight
from footfall.errors import UsageError
from footfall.events import Answer

__all__ = ["AsyncClient"]

_log = logging.getLogger("footfall")

_P = ParamSpec("_P")
_Self = TypeVar("_Self", bound=Guarded)


def _guarded(
    call: Callable[Concatenate[_Self, _P], Coroutine[Any, Any, Delivery]],
) -> Callable[Concatenate[_Self, _P], Coroutine[Any, Any, Delivery]]:
    """`guarded` for a coroutine; a cancelled task passes."""

    @functools.wraps(call)
    async def inside(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> Delivery:
        try:
            return await call(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - this is what the guard is for
            self._caught.log(f"{call.__name__}()", error)
            return UNSURE

    return inside


class _Sender:
    """A task that sends, its loop, and the event that it waits for."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, is_ours: bool) -> None:
        self.loop = loop
        self.is_ours = is_ours  # a loop in a thread of ours, which runs until the client is closed
        self.due = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def works(self) -> bool:
        """Whether it will see what is asked of it: a loop that was left, or closed, does nothing any more."""
        return (self.is_ours or self.loop.is_running()) and not self.loop.is_closed()

    def call(self, function: Any, *arguments: Any) -> bool:
        """Call something in its loop, from wherever this is called; False if that was closed just now."""
        if _running_loop() is self.loop:
            function(*arguments)
            return True
        try:
            self.loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            return False
        return True


class AsyncClient(BaseClient):
    """Sends events to a collector from an event loop; see BaseClient for the parameters.

    The task that sends runs in the loop in which the client is made or first called. Other threads may call it too (the
    plain `def` endpoints of a framework do); where no loop was met yet, their messages are sent from a loop in a thread
    of our own. `await aclose()`, or use it as `async with`: a loop that ends leaves what is pending to the next loop,
    or to the end of the process.

    Raises UsageError for `when_full="block"`, which would stop the loop that makes room.
    """

    def _renew(self) -> None:
        if self._options.when_full == "block":
            raise UsageError('an AsyncClient cannot wait in track(): use when_full="drop_oldest", or await flush()')
        self._home = _running_loop()
        self._sender: _Sender | None = None
        # Each is resolved when an attempt ends, or the sender does.
        self._waiting: list[concurrent.futures.Future[object]] = []
        super()._renew()

    # A timeout here ends with a count of what is left, not with a TimeoutError.
    @_guarded
    async def flush(self, timeout: float | None = None) -> Delivery:  # noqa: ASYNC109 - see above
        """Send what was accepted before this call, without lingering; return after at most `timeout` seconds.

        None waits for up to 10 seconds.
        """
        if is_finalizing():
            return self._outbox.ledger().delivery()
        deadline = self._clock.monotonic() + (FLUSH_TIMEOUT if timeout is None else timeout)
        with self._lock:
            mark = self._outbox.last_number
            self._outbox.flush_up_to(mark)
            self._wake_guarded()
        await self._until_settled(mark, deadline)
        with self._lock:
            return self._outbox.ledger().delivery()

    @_guarded
    async def aclose(self, timeout: float | None = None) -> Delivery:  # noqa: ASYNC109 - as for flush
        """Take no more messages, send what is pending, let go of the connection; at most for `timeout` seconds.

        `timeout` is `ClientOptions.close_timeout` by default. What is still pending then is lost unless it arrived
        without an answer; `Delivery.reason` says why. Closing twice is no error.
        """
        if is_finalizing():
            return self._outbox.ledger().delivery()
        now = self._clock.monotonic()
        deadline = now + (self._options.close_timeout if timeout is None else timeout)
        self._forget_end()
        with self._lock:
            self._closed = True
            self._give_up_at = deadline
            mark = self._outbox.last_number
            self._outbox.begin_close(now)
            self._wake_guarded()
        await self._until_settled(mark, deadline)
        await self._end_sender()
        await self._release_async()
        with self._lock:
            delivery, lines = self._outbox.ledger().delivery(), self._end_to_say()
        say(lines)
        return delivery

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    @guarded(None)
    def _end_at_exit(self) -> None:
        self._closed = True
        self._end()

    @guarded(None)
    def _end(self) -> None:
        # By the transport's plain `send`: as a process ends, what loops hand to other threads is refused.
        deadline = self._clock.monotonic() + self._options.close_timeout
        outcome = self._next_outcome()
        while not self._takes_over() and (remaining := deadline - self._clock.monotonic()) > 0:
            concurrent.futures.wait([outcome], remaining)
            outcome = self._next_outcome()
        self._drain_here(deadline)
        with self._lock:
            lines = self._end_to_say()
        say(lines)

    def _takes_over(self) -> bool:
        """Whether the sender was stopped, which is not done while an attempt of it may still end."""
        with self._lock:
            self._outbox.begin_close(self._clock.monotonic())
            sender = self._sender
            if sender is not None and sender.works():
                if self._outbox.is_sending and sender.loop is not _running_loop():
                    return False
                sender.call(sender.due.set)
            self._outbox.interrupted()
            self._leave_sender()
            return True

    # The sender. What is called under the lock says so.

    def _wake(self) -> None:
        sender = self._sender
        if sender is not None and sender.works() and sender.call(sender.due.set):
            return
        if sender is not None:
            self._outbox.interrupted()  # its loop was left, perhaps with a batch on its way
        if not self._outbox.is_empty:
            home = self._home if self._home is not None and self._home.is_running() else None
            self._sender = self._new_sender(_running_loop() or home)

    def _new_sender(self, loop: asyncio.AbstractEventLoop | None) -> _Sender:
        expect_end()
        if loop is not None:
            sender = _Sender(loop, is_ours=False)
            sender.call(self._start_task, sender)
            return sender
        sender = _Sender(asyncio.new_event_loop(), is_ours=True)
        try:
            threading.Thread(target=self._run, args=(sender,), name="footfall", daemon=True).start()
        except BaseException:
            sender.loop.close()
            raise
        return sender

    def _start_task(self, sender: _Sender) -> None:
        sender.task = sender.loop.create_task(self._work(sender), name="footfall")

    def _run(self, sender: _Sender) -> None:
        """What the thread of our own does."""
        try:
            sender.loop.run_until_complete(self._work(sender))
        except asyncio.CancelledError:
            pass  # aclose() in another loop did not wait for the end of what this one does
        except Exception as error:  # noqa: BLE001 - the next call starts another thread
            self._caught.log("the sender", error)
        finally:
            sender.loop.close()

    def _leave_sender(self) -> None:
        self._sender = None

    async def _work(self, sender: _Sender) -> None:
        sender.task = asyncio.current_task()
        try:
            while (step := self._next_step(sender)) is not None:
                in_flight, pause = step
                if in_flight is not None:
                    await self._attempt(sender, in_flight)
                    continue
                sender.due.clear()
                await self._wait(sender.due.wait(), pause)
            if sender.is_ours and self._closed:
                await self._release_async()
        except Exception as error:  # noqa: BLE001 - a clock that raises, for one: the next call starts another task
            self._caught.log("the sender", error)
        finally:
            self._end_work(sender)

    def _next_step(self, sender: _Sender) -> tuple[InFlight | None, float | None] | None:
        """A batch to send, or for how long to wait for one; None when there is nothing more to do.

        Under the lock, so that a sender that starts in another thread does not look before it is entered.
        """
        with self._lock:
            if self._sender is not sender or self._is_over(now := self._clock.monotonic()):
                return None
            return self._outbox.take(now), self._pause(now)

    def _end_work(self, sender: _Sender) -> None:
        with self._lock:
            # The task of a loop that was left behind may end late, when another one is at work.
            if self._sender is not sender:
                return
            self._sender = None
            self._is_asleep = True
            self._outbox.interrupted()
            pending = self._outbox.pending
        self._tell_outcome()
        if pending and not self._closed:
            _log.warning("the event loop ends with messages pending (%d): await aclose() before it does", pending)

    async def _attempt(self, sender: _Sender, in_flight: InFlight) -> None:
        outcome: Answer | Exception
        try:
            outcome = await self._transport.send_async(self._batch(in_flight))
        except Exception as error:  # noqa: BLE001 - whatever a transport raises, the sending goes on
            outcome = error
        lines: Sequence[Say] = ()
        with self._lock:
            if self._sender is sender:
                lines = self._settle(in_flight, outcome)
        say(lines)
        self._tell_outcome()

    async def _end_sender(self) -> None:
        """Stop the task, which is over, or hangs in an attempt."""
        sender = self._sender
        if sender is None or sender.task is None or not sender.works():
            return
        ended = self._next_outcome()
        sender.call(sender.task.cancel)
        await self._wait(asyncio.wrap_future(ended), 1.0)

    async def _release_async(self) -> None:
        try:
            await self._transport.close_async()
        except Exception as error:  # noqa: BLE001 - the end of an application does not fail for this
            _log.warning("the transport raised %s when it was closed", error_text(error))
        self._release_store()

    # Waiting for the sender, from any loop or thread

    async def _until_settled(self, mark: int, deadline: float) -> None:
        while not self._is_settled(mark) and (remaining := deadline - self._clock.monotonic()) > 0:
            outcome = self._next_outcome()
            if not self._is_settled(mark):  # it may have come in between
                await self._wait(asyncio.wrap_future(outcome), remaining)

    def _is_settled(self, mark: int) -> bool:
        with self._lock:
            return self._outbox.settled(mark) or self._outbox.stopped or self._sender is None

    def _next_outcome(self) -> concurrent.futures.Future[object]:
        outcome: concurrent.futures.Future[object] = concurrent.futures.Future()
        with self._lock:
            self._waiting.append(outcome)
        return outcome

    def _tell_outcome(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for outcome in waiting:
            if outcome.set_running_or_notify_cancel():
                outcome.set_result(None)

    async def _wait(self, what: Awaitable[object], seconds: float | None) -> None:
        """Wait for something, but not longer than `seconds` of the client's clock."""
        waiters: list[asyncio.Future[object]] = [asyncio.ensure_future(what)]
        if seconds is not None:
            waiters.append(asyncio.ensure_future(self._clock.sleep_async(max(0.0, seconds))))
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiters:
                waiter.cancel()
            await asyncio.gather(*waiters, return_exceptions=True)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
