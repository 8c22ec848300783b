"""What a message says, read in one place for all: when it occurred, what traits it carries, what its client has done.

Two vendors' SDKs differ: Segment's write `timestamp` and `traits`, RudderStack's `originalTimestamp` and
`context.traits`. A batch may say `context` for all of its messages (its envelope).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from footfall.timestamps import parse_timestamp

__all__ = ["client_word", "clock_skew", "json_object", "merged_objects", "said_time", "trait_texts"]

# A sender's clock is put right only where the two clocks are apart by more than a slow request takes.
_SKEW_US = 60_000_000

_Object = dict[str, msgspec.Raw]
_NOTHING = msgspec.Raw()


class _Body(msgspec.Struct):
    traits: msgspec.Raw = _NOTHING
    context: msgspec.Raw = _NOTHING


_read_body = msgspec.json.Decoder(_Body).decode
_read_object = msgspec.json.Decoder(_Object).decode


def said_time(message: Mapping[str, Any]) -> object:
    """When a decoded message says that it occurred: its `timestamp`, else its `originalTimestamp`, else None."""
    said = message.get("timestamp")
    return message.get("originalTimestamp") if said is None else said


def clock_skew(sent_at: object, received_at: int) -> int:
    """What to add to the times of a request, in microseconds: how far the sender's clock is behind the collector's.

    `sent_at` is the request's `sentAt` as it came, `received_at` is in microseconds since 1970-01-01 UTC. It is 0 where
    the clocks are within a minute of each other, or the sender did not say.
    """
    moment = parse_timestamp(sent_at)
    skew = 0 if moment is None else received_at - moment
    return skew if abs(skew) > _SKEW_US else 0


def trait_texts(type_: str, body: bytes | str, envelope: bytes | str | None = None) -> list[msgspec.Raw]:
    """The JSON texts of the objects in which a message carries traits; of each trait the last one counts.

    An identify may have them in its batch's `context.traits`, in its own, and in `traits`; a group in `traits`. `body`
    is the message, `envelope` what its batch says; both must be JSON, and what is no object in them says nothing.
    """
    try:
        own = _read_body(body)
        parts = [own.traits]
        if type_ == "identify":
            parts = [_traits_of(own.context), own.traits]
            if envelope is not None:
                parts.insert(0, _traits_of(_read_body(envelope).context))
    except msgspec.DecodeError:
        return []
    return [part for part in parts if bytes(part).lstrip()[:1] == b"{"]


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


def _traits_of(context: msgspec.Raw) -> msgspec.Raw:
    try:
        return _read_body(context).traits if len(context) else _NOTHING
    except msgspec.DecodeError:
        return _NOTHING  # it is no object
