"""Witness: stands in for the network of clients, and is told of each message in the very call that makes it.

Applications make their client somewhere deep inside, from a URL, where a test cannot hand in a transport. So this is
the one thing in footfall that holds for a whole process: while a witness is called in, each client that is made asks
it for its transport. `footfall.testing.recording` calls one in; nothing else in footfall does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from footfall.client.message import Message
from footfall.client.prepare import TAIL, Preparer, Ready
from footfall.client.scope import Scope
from footfall.delivery.transport import Transport
from footfall.errors import InvalidEventError
from footfall.events import Receipt

__all__ = ["Witness", "WitnessedPreparer", "called_in", "witness_now"]


class Witness(Protocol):
    """Sees every message of the clients that it stands in for, in the thread that made the call."""

    def stand_in(self, collector: str | Transport) -> Transport | None:
        """What a new client is to send through instead of `collector`; None to leave it alone."""
        ...

    def accepted(self, message: bytes) -> None:
        """A message was accepted; `message` is its JSON as it will be sent, except for its number."""
        ...

    def refused(self, message: Message, receipt: Receipt) -> None:
        """A message was not accepted."""
        ...


class _Stack:
    """The witnesses that were called in, the latest last."""

    def __init__(self) -> None:
        # Reentrant: a signal handler may make a client while its own thread makes one.
        self._lock = threading.RLock()
        self._called: list[Witness] = []

    def add(self, witness: Witness) -> None:
        with self._lock:
            self._called.append(witness)

    def remove(self, witness: Witness) -> None:
        with self._lock:
            self._called.remove(witness)

    def last(self) -> Witness | None:
        with self._lock:
            return self._called[-1] if self._called else None


_stack = _Stack()


@contextmanager
def called_in(witness: Witness) -> Iterator[None]:
    """While this block runs, clients that are made in this process ask `witness` for their transport."""
    _stack.add(witness)
    try:
        yield
    finally:
        _stack.remove(witness)


def witness_now() -> Witness | None:
    """The witness called in last, None when there is none."""
    return _stack.last()


class WitnessedPreparer(Preparer):
    """A preparer that tells a witness what became of each message. `is_closed` says whether its client is."""

    def __init__(self, witness: Witness, is_closed: Callable[[], bool], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._witness = witness
        self._is_closed = is_closed

    def prepare(self, message: Message, scope: Scope) -> Ready | Receipt:
        try:
            ready = super().prepare(message, scope)
        except InvalidEventError as error:
            self._witness.refused(message, error.receipt)
            raise
        if isinstance(ready, Receipt):
            self._witness.refused(message, ready)
        elif self._is_closed():
            self._witness.refused(message, Receipt(False, ready.message_id, "closed", ready.faults))
        else:
            self._witness.accepted(ready.head + b"0" + TAIL)
        return ready
