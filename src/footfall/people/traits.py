"""Traits: what identify messages say of a person; the last value of each key counts, with the message that sent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from footfall.message_reader import json_object, trait_texts
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
    """What is read of an identify message: its name, its time in microseconds, its JSON and that of its batch."""

    source: str
    message_id: str
    occurred_at: int
    body: str
    envelope: str | None


def last_traits(messages: Iterable[Identify]) -> tuple[Trait, ...]:
    """The traits after all these messages, by name, which come in the order of (occurred_at, source, message_id)."""
    traits: dict[str, Trait] = {}
    for message in messages:
        for name, value in _traits_of(message).items():
            traits[name] = Trait(name, value, message.source, message.message_id, local_time(message.occurred_at))
    return tuple(traits[name] for name in sorted(traits))


def _traits_of(message: Identify) -> Mapping[str, msgspec.Raw]:
    """Every trait of one message."""
    values: dict[str, msgspec.Raw] = {}
    for text in trait_texts("identify", message.body, message.envelope):
        values.update(json_object(text))
    return values
