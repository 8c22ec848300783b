"""Traits: what identify messages say of a person; the last value of each key counts, with the message that sent it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from footfall.message_reader import json_object
from footfall.timestamps import local_time

__all__ = ["Identify", "Trait", "last_traits"]


class Trait(msgspec.Struct, frozen=True):
    """One trait as it is now: its value as the JSON that was received, and the message that said so."""

    name: str
    value: msgspec.Raw
    source: str
    message_id: str
    at: datetime


class Identify(NamedTuple):
    """What is read of an identify: its time in microseconds, its name, and the JSON of all traits that it sets."""

    occurred_at: int
    source: str
    message_id: str
    traits: str | None


def last_traits(messages: Iterable[Identify]) -> tuple[Trait, ...]:
    """The traits after all these messages, by name, in the order of (occurred_at, source, message_id)."""
    traits: dict[str, Trait] = {}
    for message in sorted(messages, key=lambda message: message[:3]):
        for name, value in json_object(message.traits).items():
            traits[name] = Trait(name, value, message.source, message.message_id, local_time(message.occurred_at))
    return tuple(traits[name] for name in sorted(traits))
