"""Admission: how much memory the requests in work may use, and which of them are turned away.

Requests whose write key is not yet proven have a small budget apart, so that strangers can take nothing from senders
with a key. Pure: it counts numbers that it is given. A request holds what its claim says until everybody who has a
share in the claim has released it: the one who waits for the answer, a thread that judges, the committer.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Self

from footfall.errors import RequestError

__all__ = ["Admission", "Budget", "Claim", "Grow", "overloaded", "unbounded"]

Grow = Callable[[int], None]
"""Asked before something grows to so many bytes. Raises RequestError where there is no room."""


def unbounded(_size: int) -> None:
    """A Grow that has room for everything."""


class Budget(NamedTuple):
    """How many requests may be in work at once, and how many bytes of memory they may use together."""

    requests: int
    size: int


def overloaded() -> RequestError:
    """What a request is answered for which there is no room: 503, to be sent again."""
    return RequestError(503, "overload", "too many requests wait; send it again")


class Admission:
    """Counts the requests in work and the bytes that they use.

    `lock` is entered around every change; threads that share an Admission give it one.
    """

    def __init__(self, *, keyed: Budget, unkeyed: Budget, lock: AbstractContextManager[object] | None = None) -> None:
        self.keyed = _Account(keyed)
        self.unkeyed = _Account(unkeyed)
        self._lock = lock or nullcontext()

    def admit(self, *, is_keyed: bool) -> Claim:
        """Let a request in. Raises RequestError (503) when as many are in work as the budget allows."""
        with self._lock:
            account = self.keyed if is_keyed else self.unkeyed
            account.take(1, 0)
            return Claim(self, account, self._lock)

    def released(self) -> int:
        """How many bytes requests with a key have freed since the last call."""
        with self._lock:
            released = self.keyed.peak - self.keyed.size
            self.keyed.peak = self.keyed.size
            return released


class Claim:
    """The memory of one request. `size` is in bytes.

    Used in a `with` block, which releases the first share.
    """

    __slots__ = ("_account", "_admission", "_lock", "_shares", "size")

    def __init__(self, admission: Admission, account: _Account, lock: AbstractContextManager[object]) -> None:
        self._admission = admission
        self._account = account
        self._lock = lock
        self._shares = 1
        self.size = 0

    def hold(self, size: int) -> None:
        """Hold `size` bytes in all. Raises RequestError (503), and changes nothing, when the budget has no room."""
        with self._lock:
            if not self._shares:
                raise overloaded()  # nobody waits for it any more
            account = self._account  # `take` in line: this is called several times for every request
            total = account.size + size - self.size
            if total > account.size:
                if total > account.budget.size:
                    raise overloaded()
                if total > account.peak:
                    account.peak = total
            account.size = total
            self.size = size

    def prove(self) -> None:
        """Count it among the requests with a proven key. Raises RequestError (503) when these have no room."""
        with self._lock:
            if self._shares and self._account is not self._admission.keyed:
                self._admission.keyed.take(1, self.size)
                self._account.give(self.size)
                self._account = self._admission.keyed

    def share(self) -> None:
        """Add a share: its memory is free once all shares are released."""
        with self._lock:
            self._shares += 1

    def release(self) -> None:
        """Give a share back; with the last one its memory is free."""
        with self._lock:
            self._shares -= 1
            if not self._shares:
                self._account.give(self.size)
                self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class _Account:
    """What is taken of one budget; `peak` is the most bytes since somebody asked for it."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.requests = 0
        self.size = 0
        self.peak = 0

    def take(self, requests: int, size: int) -> None:
        """Raises RequestError (503), and takes nothing, when there is no room. To take less than before is no error."""
        if requests and self.requests + requests > self.budget.requests:
            raise overloaded()
        if size > 0 and self.size + size > self.budget.size:
            raise overloaded()
        self.requests += requests
        self.size += size
        self.peak = max(self.peak, self.size)

    def give(self, size: int) -> None:
        self.requests -= 1
        self.size -= size
