"""Clock: the only place that reads time, sleeps, rolls dice or makes ids.

Everything that depends on time takes a Clock, so that a test, or a seeded simulation, can hand in its own.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

__all__ = ["Clock", "SystemClock", "uuid7"]

_ENTROPY = 10  # bytes for one id
_RESERVE = 32  # ids that entropy is fetched for at once
_RESERVE_MS = 1_000  # for how long


class Clock(Protocol):
    """Time, waiting, chance and ids. All of footfall reaches them through this and nothing else."""

    def now_us(self) -> int:
        """Wall time: microseconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that nobody sets and that goes on while the machine sleeps; only differences count."""
        ...

    def sleep(self, seconds: float) -> None:
        """Block the calling thread."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Suspend the calling task."""
        ...

    def wait(self, condition: threading.Condition, timeout: float | None) -> bool:
        """Wait on a condition whose lock is held; False when `timeout` seconds passed first."""
        ...

    def random(self) -> float:
        """A number in [0, 1), for jitter."""
        ...

    def new_id(self) -> str:
        """A fresh id: a UUIDv7 (RFC 9562) in its canonical form."""
        ...


def uuid7(unix_ms: int, entropy: int) -> str:
    """The UUIDv7 of a time in milliseconds and 74 bits of entropy (RFC 9562, section 5.7)."""
    bits = (
        (unix_ms & 0xFFFF_FFFF_FFFF) << 80
        | 0x7 << 76
        | (entropy >> 62 & 0xFFF) << 64
        | 0b10 << 62
        | entropy & (1 << 62) - 1
    )
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


# Linux's usual monotonic clock stops while the machine sleeps, as does the one that Python uses on macOS;
# CLOCK_MONOTONIC of macOS and CLOCK_BOOTTIME of Linux go on.
_since_boot: Callable[[], float] = time.monotonic
if sys.platform == "darwin":
    _since_boot = partial(time.clock_gettime, time.CLOCK_MONOTONIC)
elif hasattr(time, "CLOCK_BOOTTIME"):
    _since_boot = partial(time.clock_gettime, time.CLOCK_BOOTTIME)


class SystemClock:
    """The machine's clock and its entropy.

    Ids of one process rise even within a millisecond: the low bits are a counter that starts at random in each
    millisecond, with room to rise, and steps by a random amount, so two processes, or a process and its fork, do not
    meet.
    """

    def __init__(self) -> None:
        self._random = random.Random()  # noqa: S311 - jitter, not secrets
        # Reentrant: a signal handler or a finalizer may ask for an id while its own thread makes one.
        self._lock = threading.RLock()
        self._last_ms = 0
        self._head, self._tail = "", 0
        self._pid = 0
        self._reserve: list[bytes] = []
        self._reserved_until = 0

    def now_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        return _since_boot()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        import asyncio  # loaded late: a client of threads has no event loop

        await asyncio.sleep(seconds)

    def wait(self, condition: threading.Condition, timeout: float | None) -> bool:
        return condition.wait(timeout)

    def random(self) -> float:
        return self._random.random()

    def new_id(self) -> str:
        now_ms = time.time_ns() // 1_000_000
        with self._lock:
            pid = os.getpid()
            if now_ms > self._last_ms or self._pid != pid:
                now_ms = max(now_ms, self._last_ms)
                entropy = int.from_bytes(self._entropy(now_ms, pid), "big")
                # What comes before the variant stays as it is for this millisecond.
                head = f"{now_ms >> 16:08x}-{now_ms & 0xFFFF:04x}-7{entropy >> 62 & 0xFFF:03x}-"
                # 62 bits rise below the variant; the highest of them is left free, so that they cannot run over.
                tail = 0b10 << 62 | entropy & (1 << 61) - 1
                # In one step: a handler of a signal may make ids until here, and an interrupt may end it.
                self._last_ms, self._pid, self._head, self._tail = now_ms, pid, head, tail
            else:
                step = 1 + self._random.getrandbits(32)
                head, tail = self._head, self._tail = self._head, self._tail + step
        text = f"{tail:016x}"
        return f"{head}{text[:4]}-{text[4:]}"

    def _entropy(self, now_ms: int, pid: int) -> bytes:
        """Ten bytes of the system's entropy, of some that were fetched together: to fetch them lets other threads run.

        No fork has those of its parent, and no copy of a machine that was stopped has them for more than a second.
        """
        reserve = self._reserve
        if self._pid == pid and 0 <= self._reserved_until - now_ms <= _RESERVE_MS:
            try:
                return reserve.pop()
            except IndexError:
                pass
        many = os.urandom(_ENTROPY * _RESERVE)
        first, *self._reserve = [many[at : at + _ENTROPY] for at in range(0, len(many), _ENTROPY)]
        self._reserved_until = now_ms + _RESERVE_MS
        return first
