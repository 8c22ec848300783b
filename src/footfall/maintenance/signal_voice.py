"""The message that a note on a signal becomes, where the plan names a voice event for it. Pure."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from footfall.plan.model import Event
from footfall.storage.signals import SignalRecord, SignalStep
from footfall.timestamps import format_us

__all__ = ["VOICE_SOURCE", "voice_message"]

VOICE_SOURCE: Final = "signals"
"""The source of these messages."""


def voice_message(
    event: Event, record: SignalRecord, step: SignalStep, number: int, identity: tuple[str, str]
) -> dict[str, Any]:
    """The message of a step with a note, of the person with this id (`userId` or `anonymousId`, and its value).

    `number` is how many steps the signal had before. The same note has the same id however often it is sent; two people
    who write at once have two.
    """
    values = {"text": step.note, "about": record.name, "author": step.author}
    keys = {prop.name: prop.wire_name or prop.name for prop in event.properties}
    digest = hashlib.sha256(f"{step.author}\0{step.note}".encode()).hexdigest()[:8]
    key, id_ = identity
    return {
        "type": "track",
        "event": event.wire_name,
        "messageId": f"signal-{record.id}-{number}-{digest}",
        key: id_,
        "timestamp": format_us(step.at),
        "properties": {keys[name]: value for name, value in values.items()},
    }
