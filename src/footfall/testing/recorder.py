"""Recorder: a transport that keeps what it is sent, for the tests of an application."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import orjson

from footfall.errors import TransportError
from footfall.events import Answer, Batch

__all__ = ["Recorder"]


class Recorder:
    """Takes every batch, and remembers it.

    `fail_with` are errors (None: no error) that the next sends meet, one each. `answer` makes the answer to a batch;
    without it all is stored.

        recorder = Recorder()
        with footfall.Client(recorder) as client:
            client.track("Order Completed", {"total": 10}, user_id="ann")
        assert recorder.messages[0]["event"] == "Order Completed"
    """

    def __init__(
        self,
        *,
        fail_with: Iterable[TransportError | None] = (),
        answer: Callable[[Batch], Answer] | None = None,
    ) -> None:
        self.fail_with: deque[TransportError | None] = deque(fail_with)
        self.attempts: list[Batch] = []
        self.batches: list[Batch] = []
        self.closed = False
        self._answer = answer or (lambda batch: Answer(len(batch.messages)))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Every message that was taken, decoded, in order; one that is no JSON object is {"unreadable": its text}."""
        return [_decoded(message) for batch in self.batches for message in batch.messages]

    @property
    def events(self) -> list[str]:
        """The names of the events that were tracked, in order."""
        return [message["event"] for message in self.messages if message.get("type") == "track"]

    def send(self, batch: Batch) -> Answer:
        self.attempts.append(batch)
        error = self.fail_with.popleft() if self.fail_with else None
        if error is not None:
            raise error
        self.batches.append(batch)
        return self._answer(batch)

    def close(self) -> None:
        self.closed = True

    async def send_async(self, batch: Batch) -> Answer:
        return self.send(batch)

    async def close_async(self) -> None:
        self.close()


def _decoded(message: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(message)
    except orjson.JSONDecodeError:
        # orjson takes no number that a double cannot hold.
        try:
            found = json.loads(message, parse_int=_integer, parse_float=Decimal)
        except (ValueError, RecursionError):
            found = None
    return found if isinstance(found, dict) else {"unreadable": message.decode("utf-8", "replace")}


def _integer(digits: str) -> int | Decimal:
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)  # int() stops at 4,300 digits
