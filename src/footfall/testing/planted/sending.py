"""Send planted messages through real clients, one for each source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from footfall.client import Client
from footfall.errors import UsageError
from footfall.events import Receipt
from footfall.storage.environments import Sender, line_source
from footfall.testing.planted.people import PlantedMessage
from footfall.testing.planted.planting import Planted

__all__ = ["send"]

# How each type of message is said with the client; the rest of its parts are the same for all.
_CALLS: dict[str, Callable[[Client, PlantedMessage, dict[str, Any]], Receipt]] = {
    "track": lambda client, message, rest: client.track(
        message.event or "", message.properties, user_id=message.user_id, anonymous_id=message.anonymous_id, **rest
    ),
    "identify": lambda client, message, rest: client.identify(
        message.user_id or "", anonymous_id=message.anonymous_id, **rest
    ),
    "alias": lambda client, message, rest: client.alias(message.previous_id or "", message.user_id or "", **rest),
    "reset": lambda client, message, rest: client.reset(anonymous_id=message.anonymous_id, **rest),
}


def send(planted: Planted, clients: Mapping[Sender, Client]) -> None:
    """Say every message to the client of its sender; flushing is the caller's.

    Raises UsageError when a sender has no client, or a client did not take a message.
    """
    for message in planted.messages:
        if message.sender not in clients:
            raise UsageError(f"planted messages come from {line_source(*message.sender)!r}; give a client for it")
        rest: dict[str, Any] = {"timestamp": planted.occurred(message), "message_id": message.message_id}
        device = {} if message.device_id is None else {"device": {"id": message.device_id}}
        if device or message.context:
            rest["context"] = {**message.context, **device}
        receipt = _CALLS[message.type](clients[message.sender], message, rest)
        if not receipt:
            raise UsageError(f"the client did not take planted message {message.message_id}: {receipt.reason}")
