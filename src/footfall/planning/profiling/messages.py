"""Reads what was seen: one line of JSON to the messages in it, whoever wrote the line.

Three kinds of lines are known: a message as Segment-shaped SDKs send it and `FileTransport` writes it, a line of
`footfall export`, and a whole batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from footfall.events import MESSAGE_TYPES
from footfall.message_reader import client_word, merged_objects, own_traits
from footfall.plan.checking.explain import decode
from footfall.plan.model import TRAITS_OF
from footfall.timestamps import parse_timestamp

__all__ = ["ObservedMessage", "read_line"]

_TYPES = frozenset(MESSAGE_TYPES)
_NOTHING = msgspec.Raw(b"{}")
_NULL = msgspec.Raw(b"null")


class ObservedMessage(msgspec.Struct, frozen=True, gc=False):
    """One message that was seen.

    `event` is the name on the wire of a track message, "" for any other. `body` is the JSON text of its properties or
    traits, `values` the same decoded, with exact numbers. `at` is when it happened, in microseconds since 1970-01-01
    UTC, None where nothing says so. `received` says that its values are as a collector gets them: a client with a plan
    has applied the plan's transforms, or a collector has stored it. `receipt` is when a collector received it, where it
    is known. `is_counted` says that for want of consent only its public properties are there.
    """

    type: str
    event: str
    body: msgspec.Raw
    values: dict[str, Any]
    at: int | None = None
    source: str = ""
    received: bool = False
    receipt: int | None = None
    is_counted: bool = False


class Form(Protocol):
    """Where the messages of a wire say what others say elsewhere: a collector's dialects have one each."""

    @property
    def timestamp(self) -> Callable[[Mapping[str, Any]], object]:
        """Gives the time that a decoded message says it occurred at."""
        ...

    @property
    def more_traits(self) -> Callable[[bytes, bytes | None], list[msgspec.Raw]]:
        """Gives the objects in which an identify, or what its batch says, has traits besides its own `traits`."""
        ...


class _Bodies(msgspec.Struct):
    properties: msgspec.Raw = _NOTHING


class _Line(msgspec.Struct):
    message: msgspec.Raw = _NOTHING
    envelope: msgspec.Raw = _NOTHING
    traits: msgspec.Raw = _NULL
    context: msgspec.Raw = _NOTHING
    batch: tuple[msgspec.Raw, ...] = ()


_bodies = msgspec.json.Decoder(_Bodies).decode
_line = msgspec.json.Decoder(_Line).decode


class _Stored(msgspec.Struct, frozen=True):
    """What a line says about its message; it overrides what the message says itself."""

    at: int | None = None
    source: str = ""
    type: str = ""
    envelope: bytes | None = None
    receipt: int | None = None
    traits: bytes | None = None


def read_line(line: bytes, form: Form | None = None) -> Iterator[ObservedMessage]:
    """The messages of one line; those that an SDK wrote are read by `form`, without one as footfall writes them.

    Raises ValueError, with what is wrong, for a line that has none.
    """
    data = _decoded(line)
    if type(data) is not dict:
        raise ValueError("it is no JSON object")
    if type(data.get("batch")) is list:
        parts = _line(line)
        stored = _Stored(envelope=b'{"context":%b}' % bytes(parts.context))
        for raw in parts.batch:
            yield _message(bytes(raw), _decoded(raw), stored, form)
    elif type(data.get("message")) is dict or "person_id" in data:
        parts = _line(line)
        body, envelope, traits = map(_unfolded, (parts.message, parts.envelope, parts.traits))
        at, receipt = (parse_timestamp(data.get(key)) for key in ("occurred_at", "received_at"))
        stored = _Stored(
            at, _text(data.get("source")), _text(data.get("type")), envelope or None, receipt, traits or None
        )
        yield _message(body, _decoded(body), stored, form)
    else:
        yield _message(line, data, _Stored(), form)


def read_message(
    body: bytes,
    *,
    at: int | None = None,
    source: str = "",
    type_: str = "",
    receipt: int | None = None,
    traits: bytes | None = None,
) -> ObservedMessage:
    """One message from its own JSON text; what the store knows better (all else that is given) goes before it.

    `traits` are all that it sets, None where its own `traits` have them. Raises ValueError for what is no message.
    """
    return _message(body, _decoded(body), _Stored(at, source, type_, None, receipt, traits), None)


def _decoded(text: bytes | msgspec.Raw) -> Any:
    try:
        return decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _message(body: bytes, data: Any, stored: _Stored, form: Form | None) -> ObservedMessage:
    if type(data) is not dict:
        raise ValueError("the message is no JSON object")
    event = _text(data.get("event"))
    kind = stored.type or _text(data.get("type")) or ("track" if event else "")
    if kind not in _TYPES:
        raise ValueError(f"its type is none of {', '.join(MESSAGE_TYPES)}")
    if kind == "track" and not event:
        raise ValueError("it tracks an event without a name")
    key = "traits" if kind in TRAITS_OF else "properties"
    values = data.get(key)
    if values is not None and type(values) is not dict:
        raise ValueError(f"its {key} are no object")
    if kind in TRAITS_OF:
        more = form.more_traits(body, stored.envelope) if form is not None and kind == "identify" else ()
        text = msgspec.Raw(stored.traits or merged_objects([*more, *own_traits(body)]))
        values = decode(text)
    else:
        text = _bodies(body).properties if values is not None else _NOTHING
    context = data.get("context")
    return ObservedMessage(
        kind,
        event if kind == "track" else "",
        text,
        values or {},
        parse_timestamp(form.timestamp(data) if form is not None else data.get("timestamp"))
        if stored.at is None
        else stored.at,
        stored.source,
        bool(stored.source) or (type(context) is dict and client_word(context, "transformed") is not None),
        stored.receipt,
        data.get("consent") == "count_only",
    )


def _unfolded(part: msgspec.Raw) -> bytes:
    """JSON that an export gives as text, or that is there as it is; nothing for null."""
    text = msgspec.json.decode(part, type=str).encode() if bytes(part)[:1] == b'"' else bytes(part)
    return b"" if text == b"null" else text


def _text(value: object) -> str:
    return value if type(value) is str else ""
