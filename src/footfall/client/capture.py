"""Capture: takes the messages of a process's clients in place of the network, each in the call that makes it.

Applications make their client somewhere deep inside, from a URL, where a test cannot pass a transport. So this is the
one thing in footfall that applies to a whole process: inside a `capturing` block, each client that is made asks the
capture for its transport. Only `footfall.testing.recording` begins one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from footfall.client.message import Message
    from footfall.delivery.transport import Transport
    from footfall.events import Receipt

__all__ = ["Capture", "capturing", "current_capture"]


class Capture(Protocol):
    """Gets every message of the clients whose transport it gives, in the thread that made the call."""

    def transport_for(self, collector: str | Transport) -> Transport | None:
        """What a new client is to send through instead of `collector`; None to leave it alone."""
        ...

    def accepted(self, message: bytes) -> None:
        """A message was accepted; `message` is its JSON as it will be sent, except for its number."""
        ...

    def refused(self, message: Message, receipt: Receipt) -> None:
        """A message was not accepted."""
        ...


class _Stack:
    """The captures that were called in, the latest last."""

    def __init__(self) -> None:
        # Reentrant: a signal handler may make a client while its own thread makes one.
        self._lock = threading.RLock()
        self._called: list[Capture] = []

    def add(self, capture: Capture) -> None:
        with self._lock:
            self._called.append(capture)

    def remove(self, capture: Capture) -> None:
        with self._lock:
            self._called.remove(capture)

    def last(self) -> Capture | None:
        with self._lock:
            return self._called[-1] if self._called else None


_stack = _Stack()


@contextmanager
def capturing(capture: Capture) -> Iterator[None]:
    """While this block runs, clients that are made in this process ask `capture` for their transport."""
    _stack.add(capture)
    try:
        yield
    finally:
        _stack.remove(capture)


def current_capture() -> Capture | None:
    """The capture that began last; None when there is none."""
    return _stack.last()
