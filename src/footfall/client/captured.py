"""Captured: the part of a client whose messages a capture takes; loaded inside of a `capturing` block alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footfall.client.capture import Capture
from footfall.client.message import Message
from footfall.client.prepare import Prepared, Preparer
from footfall.client.scope import Scope
from footfall.errors import InvalidEventError
from footfall.events import Receipt

__all__ = ["CapturedPreparer"]


class CapturedPreparer(Preparer):
    """A preparer that reports to a capture what became of each message. `is_closed` says whether its client is."""

    def __init__(self, capture: Capture, is_closed: Callable[[], bool], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._capture = capture
        self._is_closed = is_closed

    def prepare(self, message: Message, scope: Scope) -> Prepared | Receipt:
        try:
            ready = super().prepare(message, scope)
        except InvalidEventError as error:
            self._capture.refused(message, error.receipt)
            raise
        if isinstance(ready, Receipt):
            self._capture.refused(message, ready)
        elif self._is_closed():
            self._capture.refused(message, Receipt(False, ready.message_id, "closed", ready.faults))
        else:
            self._capture.accepted(ready.head if ready.tail is None else ready.head + b"0" + ready.tail)
        return ready
