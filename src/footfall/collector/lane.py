"""The large lane: a few threads, with a bounded queue, for requests that are too much work for the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from footfall.collector.admission import Claim, overloaded
from footfall.errors import RequestError

__all__ = ["Lane"]

_T = TypeVar("_T")


class Lane:
    """Runs work in `threads` threads, which start with the first; at most `waiting` requests wait for one of them."""

    def __init__(self, *, threads: int, waiting: int) -> None:
        self._places = threading.BoundedSemaphore(threads + waiting)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="footfall-large")
        self._answers = ThreadPoolExecutor(1, thread_name_prefix="footfall-answer")

    async def run(self, work: Callable[[], _T], claim: Claim) -> _T:
        """Run `work`; its thread has a share in the claim until it ends. Raises RequestError (503) for a full queue."""
        if not self._places.acquire(blocking=False):
            raise overloaded()
        claim.share()
        try:
            future = self._pool.submit(_run, work)
        except RuntimeError:
            self._end(claim)
            raise overloaded() from None  # it is closed
        future.add_done_callback(lambda _: self._end(claim))
        return await asyncio.wrap_future(future)

    async def finish(self, work: Callable[[], _T]) -> _T:
        """Run what a request needs that can be refused no more: its answer. A thread apart does that."""
        try:
            future = self._answers.submit(work)
        except RuntimeError:  # it is closed
            return work()
        return await asyncio.wrap_future(future)

    def spare(self, work: Callable[[], None]) -> None:
        """Run some work of our own when a thread is free."""
        with contextlib.suppress(RuntimeError):  # it is closed
            self._pool.submit(work)

    def close(self) -> None:
        """Finish what was taken. Closing twice is no error."""
        self._pool.shutdown()
        self._answers.shutdown()

    def _end(self, claim: Claim) -> None:
        self._places.release()
        claim.release()


def _run(work: Callable[[], _T]) -> _T:
    try:
        return work()
    except RequestError as error:
        # The frames of a refusal have all that was inflated for it, and live in a circle with the future that has it.
        error.__context__ = None
        raise error.with_traceback(None) from None
