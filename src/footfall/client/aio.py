"""AsyncClient: the client of an event loop. A task, started at the first message, sends what the outbox says is due."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self

from footfall.client.base import FLUSH_TIMEOUT, BaseClient, say
from footfall.client.ledger import Delivery, Ledger
from footfall.client.outbox import Parcel
from footfall.client.prepare import TAIL, Ready
from footfall.errors import UsageError
from footfall.events import Answer, Receipt

__all__ = ["AsyncClient"]

_log = logging.getLogger("footfall")


class AsyncClient(BaseClient):
    """Sends events to a collector from an event loop, without a thread; see BaseClient for the parameters.

    To be used from one event loop at a time. What is called before a loop runs is queued and sent once one does. Close
    it, or use it as `async with`: a loop that ends takes with it what is pending.

    Raises UsageError for `when_full="block"`, which would stop the loop that makes room.
    """

    def _renew(self) -> None:
        if self._options.when_full == "block":
            raise UsageError('an AsyncClient cannot wait in track(): use when_full="drop_oldest", or await flush()')
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._moved = asyncio.Event()
        super()._renew()

    # A timeout here ends with a count of what is left, not with a TimeoutError.
    async def flush(self, timeout: float | None = None) -> Delivery:  # noqa: ASYNC109 - see above
        """Send what was accepted before this call, without lingering; return after at most `timeout` seconds.

        None waits for up to 10 seconds.
        """
        deadline = self._clock.monotonic() + (FLUSH_TIMEOUT if timeout is None else timeout)
        mark = self._outbox.last_number
        self._outbox.hurry(mark)
        self._start()
        self._changed.set()
        while not self._outbox.settled(mark) and not self._outbox.stopped:
            left = deadline - self._clock.monotonic()
            if left <= 0:
                break
            self._moved.clear()
            await self._wait(self._moved, left)
        return self._outbox.ledger().delivery()

    async def close(self, timeout: float | None = None) -> Delivery:  # noqa: ASYNC109 - as for flush
        """Take no more messages, send what is pending, let go of the connection; at most for `timeout` seconds.

        `timeout` is `ClientOptions.close_timeout` by default. What is still pending then is lost unless it arrived
        without an answer; `Delivery.reason` says why. Closing twice is no error.
        """
        now = self._clock.monotonic()
        self._closed = True
        self._give_up_at = now + (self._options.close_timeout if timeout is None else timeout)
        self._outbox.last_call(now)
        self._start()
        self._changed.set()
        while self._task is not None and not self._is_over(now := self._clock.monotonic()):
            self._moved.clear()
            await self._wait(self._moved, self._give_up_at - now)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self._transport.close_async()
        except Exception as error:  # noqa: BLE001 - the end of an application does not fail for this
            _log.warning("the transport raised %s when it was closed", type(error).__name__)
        say(self._end_to_say())
        return self._outbox.ledger().delivery()

    def stats(self) -> Ledger:
        """The books as they stand."""
        return self._outbox.ledger()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    # In the caller

    def _queue(self, ready: Ready) -> Receipt:
        if self._closed:
            self._outbox.refuse("closed")
            return Receipt(False, ready.message_id, "closed", ready.faults)
        offer = self._outbox.offer(ready.head, TAIL, ready.rank, self._clock.monotonic())
        if offer == "full":
            return Receipt(False, ready.message_id, "queue_full", ready.faults)
        if offer == "wake" or self._task is None:
            self._start()
            self._changed.set()
        return Receipt(True, ready.message_id, None, ready.faults)

    def _refuse(self, reason: str) -> None:
        self._outbox.refuse(reason)

    # The task that sends

    def _start(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # no loop runs yet: the first call inside of one starts the task
        if self._outbox.pending == 0 or (self._loop is loop and self._task is not None):
            return
        # A loop that was closed without ending its tasks may have left a parcel on its way.
        self._outbox.interrupted()
        self._loop = loop
        # An Event belongs to the loop that first waits for it.
        self._changed, self._moved = asyncio.Event(), asyncio.Event()
        self._task = loop.create_task(self._work(), name="footfall")

    async def _work(self) -> None:
        task = asyncio.current_task()
        try:
            while not self._is_over(now := self._clock.monotonic()):
                parcel = self._outbox.take(now)
                if parcel is not None:
                    await self._attempt(parcel)
                    continue
                self._changed.clear()
                await self._wait(self._changed, self._pause(now))
        finally:
            # The task of a loop that was left behind may end late, when another one is at work.
            if self._task is task:
                self._task = None
                self._outbox.interrupted()
                self._moved.set()
                left = self._outbox.pending
                if left and not self._closed:
                    _log.warning("the event loop ends with messages pending (%d): close the client first", left)

    async def _attempt(self, parcel: Parcel) -> None:
        outcome: Answer | Exception
        try:
            outcome = await self._transport.send_async(self._batch(parcel))
        except Exception as error:  # noqa: BLE001 - whatever a transport raises, the sending goes on
            outcome = error
        say(self._settle(parcel, outcome))
        self._moved.set()

    async def _wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Wait for an event, but not longer than `seconds` of the client's clock."""
        waiters: list[asyncio.Task[object]] = [asyncio.ensure_future(event.wait())]
        if seconds is not None:
            waiters.append(asyncio.ensure_future(self._clock.sleep_async(max(0.0, seconds))))
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiters:
                waiter.cancel()
            await asyncio.gather(*waiters, return_exceptions=True)
