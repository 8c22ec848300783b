"""Recorder: a transport that keeps what it is sent, for the tests of an application."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from weakref import ref

from footfall.errors import TransportError
from footfall.events import Answer, Batch

if TYPE_CHECKING:
    from footfall.client.base import BaseClient

__all__ = ["Exact", "Recorder", "decoded"]


class Exact(Decimal):
    """A number with the digits that were sent; equal to a Decimal of this value, and to the float that is sent so."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return Decimal.__eq__(self, Decimal(repr(other)) if isinstance(other, float) else other)

    __hash__ = Decimal.__hash__

    def __rsub__(self, other: Any) -> Any:
        # pytest.approx(0.3) takes the difference of what it expects.
        return other - float(self) if isinstance(other, float) else Decimal.__rsub__(self, other)


class Recorder:
    """Takes every batch, and remembers it.

    `fail_with` are errors (None: no error) that the next sends meet, one each. `answer` makes the answer to a batch;
    without it all is stored.

        recorder = Recorder()
        client = footfall.Client(recorder)
        client.track("Order Completed", {"total": Decimal("10.50")}, user_id="ann")
        assert recorder.messages[0]["properties"]["total"] == Decimal("10.50")
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
        self._clients: list[ref[BaseClient]] = []
        self._answer = answer or (lambda batch: Answer(len(batch.messages)))

    def serves(self, client: BaseClient) -> None:
        """Take note of a client that was made with this recorder: its messages are seen before they are sent."""
        self._clients.append(ref(client))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Every message that was taken, decoded, in order, and then those that clients have still to send.

        So there is no need to flush first. Numbers with a fraction have the digits that were sent (see Exact). One that
        is no JSON object is {"unreadable": its text}.
        """
        waiting = [decoded(message) for client in self._clients if (alive := client()) for message in alive.waiting()]
        taken = [decoded(message) for batch in self.batches for message in batch.messages]
        # What was taken a moment ago may wait for its answer still.
        numbers = [_number(message) for message in taken]
        return taken + [message for message in waiting if _number(message) not in numbers]

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


def decoded(message: bytes) -> dict[str, Any]:
    """A message as JSON's own types, with Exact for each number that has a fraction or an exponent."""
    try:
        content = json.loads(message, parse_int=_integer, parse_float=Exact)
    except (ValueError, RecursionError):
        content = None
    return content if isinstance(content, dict) else {"unreadable": message.decode("utf-8", "replace")}


def _integer(digits: str) -> int | Decimal:
    try:
        return int(digits)
    except ValueError:
        return Exact(digits)  # int() stops at 4,300 digits


def _number(message: dict[str, Any]) -> Any:
    """Whose message this is, and the how manieth of theirs; None for one that no client of ours made."""
    context = message.get("context")
    client = context.get("client") if isinstance(context, dict) else None
    return (client.get("id"), client.get("seq")) if isinstance(client, dict) else None
