"""What a message says, read in one place for all: how its sender's clock goes, its traits, what its client has done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from footfall.timestamps import parse_timestamp

__all__ = ["client_word", "clock_skew", "json_object", "merged_objects", "own_traits", "traits_text"]

# A sender's clock is put right only where the two clocks are apart by more than a slow request takes.
_SKEW_US = 60_000_000

_Object = dict[str, msgspec.Raw]


class _Body(msgspec.Struct):
    traits: msgspec.Raw = msgspec.Raw()


_read_body = msgspec.json.Decoder(_Body).decode
_read_object = msgspec.json.Decoder(_Object).decode


def clock_skew(sent_at: object, received_at: int) -> int:
    """What to add to the times of a request, in microseconds: how far the sender's clock is behind the collector's.

    `sent_at` is the request's `sentAt` as it came, `received_at` is in microseconds since 1970-01-01 UTC. It is 0 where
    the clocks are within a minute of each other, or the sender did not say.
    """
    moment = parse_timestamp(sent_at)
    skew = 0 if moment is None else received_at - moment
    return skew if abs(skew) > _SKEW_US else 0


def own_traits(message: bytes | str) -> list[msgspec.Raw]:
    """The JSON object that a message has as its `traits`, if it has one."""
    try:
        traits = _read_body(message).traits
    except msgspec.DecodeError:
        return []
    return [traits] if bytes(traits).lstrip()[:1] == b"{" else []


def traits_text(message: bytes | str, traits: bytes | str | None) -> bytes | str | msgspec.Raw | None:
    """The JSON of all traits that a kept identify or group sets, None where it sets none.

    `traits` is the column of that name, which has them where the message's own `traits` are not all.
    """
    return traits if traits is not None else next(iter(own_traits(message)), None)


def merged_objects(texts: list[msgspec.Raw]) -> msgspec.Raw:
    """One JSON object of several, of which the later ones count."""
    if len(texts) == 1:
        return texts[0]
    members: _Object = {}
    for text in texts:
        members.update(json_object(text))
    return msgspec.Raw(msgspec.json.encode(members))


def client_word(context: Mapping[str, Any], key: str) -> object:
    """What footfall's client says of a message in `context.client`, or None.

    `transformed` is the hash of the bundle whose transforms it has applied; `spooled` is true for a message that was
    kept on the sender's disk before it was sent.
    """
    client = context.get("client")
    return client.get(key) if type(client) is dict else None


def json_object(text: bytes | str | msgspec.Raw | None) -> Mapping[str, msgspec.Raw]:
    """The members of a JSON object, undecoded; nothing for whatever is not one."""
    if text is None:
        return {}
    try:
        return _read_object(text)
    except msgspec.DecodeError:
        return {}
