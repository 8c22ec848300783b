"""Traits: what identify messages say of a person; the last value of each key counts, with the message that sent it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from footfall.message_reader import json_object, traits_text
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
    """What is read of an identify: its name, its time in microseconds, its JSON, and the column `traits`."""

    source: str
    message_id: str
    occurred_at: int
    body: str
    traits: str | None


def last_traits(messages: Iterable[Identify]) -> tuple[Trait, ...]:
    """The traits after all these messages, by name, which come in the order of (occurred_at, source, message_id)."""
    traits: dict[str, Trait] = {}
    for message in messages:
        for name, value in json_object(traits_text(message.body, message.traits)).items():
            traits[name] = Trait(name, value, message.source, message.message_id, local_time(message.occurred_at))
    return tuple(traits[name] for name in sorted(traits))
