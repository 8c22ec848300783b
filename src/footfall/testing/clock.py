"""ManualClock: a clock that moves only when a test moves it, and whose chance and ids are the same each time."""

from __future__ import annotations

import asyncio
import random
import threading
from datetime import UTC, datetime

from footfall.clock import uuid7

__all__ = ["ManualClock"]

_START = datetime(2026, 1, 1, tzinfo=UTC)


class ManualClock:
    """Time that a test moves.

    `sleep` moves it by itself (the one thread that there is would wait for ever); `sleep_async` and `wait` wait for
    `advance`. The dice and the ids come from `seed`.
    """

    def __init__(self, start: datetime = _START, *, seed: int = 0) -> None:
        self._us = int(start.timestamp()) * 1_000_000 + start.microsecond
        self._elapsed_us = 0
        self._random = random.Random(seed)  # noqa: S311 - a test's dice
        self._lock = threading.Lock()
        self._sleepers: list[tuple[int, asyncio.Future[None]]] = []
        self._waiters: list[tuple[int | None, threading.Condition]] = []
        self._parked = threading.Condition(self._lock)

    def now_us(self) -> int:
        return self._us + self._elapsed_us

    def monotonic(self) -> float:
        return self._elapsed_us / 1_000_000

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        due = self._elapsed_us + round(seconds * 1_000_000)
        if due <= self._elapsed_us:
            await asyncio.sleep(0)
            return
        sleeper = (due, asyncio.get_running_loop().create_future())
        self._sleepers.append(sleeper)
        try:
            await sleeper[1]
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)

    def wait(self, condition: threading.Condition, timeout: float | None) -> bool:
        due = None if timeout is None else self._elapsed_us + round(timeout * 1_000_000)
        if due is not None and due <= self._elapsed_us:
            return False
        waiter = (due, condition)
        with self._lock:
            self._waiters.append(waiter)
            self._parked.notify_all()
        try:
            condition.wait()
        finally:
            with self._lock:
                self._waiters.remove(waiter)
        return due is None or due > self._elapsed_us

    def random(self) -> float:
        return self._random.random()

    def new_id(self) -> str:
        with self._lock:
            return uuid7(self.now_us() // 1000, self._random.getrandbits(74))

    def advance(self, seconds: float) -> None:
        """Move time forward, and wake all who wait until then."""
        with self._lock:
            self._elapsed_us += round(seconds * 1_000_000)
            over = [waiter for waiter in self._waiters if waiter[0] is not None and waiter[0] <= self._elapsed_us]
        for _, condition in over:
            with condition:
                condition.notify_all()
        for due, sleeper in list(self._sleepers):
            if due <= self._elapsed_us and not sleeper.done():
                sleeper.set_result(None)

    def set_wall(self, seconds: float) -> None:
        """Set the wall clock forward, or back, by so much, as a time server does; no time passes."""
        with self._lock:
            self._us += round(seconds * 1_000_000)

    def until_waiting(self, count: int = 1) -> None:
        """Block this thread until `count` others wait on the clock, so that a test knows that they have got there."""
        with self._parked:
            self._parked.wait_for(lambda: len(self._waiters) >= count)
