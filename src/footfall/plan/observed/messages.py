"""Reads what was seen: one line of JSON to the messages in it, whoever wrote the line.

Three kinds of lines are known: a message as Segment-shaped SDKs send it and `FileTransport` writes it, a line of
`footfall export`, and a whole batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from footfall.events import MESSAGE_TYPES
from footfall.moments import parse_moment
from footfall.plan.walk import decode

__all__ = ["Seen", "read_line"]

_TYPES = frozenset(MESSAGE_TYPES)
_NOTHING = msgspec.Raw(b"{}")


class Seen(msgspec.Struct, frozen=True, gc=False):
    """One message that was seen.

    `event` is the name on the wire of a track message, "" for any other. `body` is the JSON text of its properties or
    traits, `values` the same decoded, with exact numbers. `at` is when it happened, in microseconds since 1970-01-01
    UTC, None where nothing says so. `received` says that its values are as a collector gets them: a client with a plan
    has applied the plan's transforms, or a collector has stored it. `receipt` is when a collector received it, where it
    is known.
    """

    type: str
    event: str
    body: msgspec.Raw
    values: dict[str, Any]
    at: int | None = None
    source: str = ""
    received: bool = False
    receipt: int | None = None


class _Bodies(msgspec.Struct):
    properties: msgspec.Raw = _NOTHING
    traits: msgspec.Raw = _NOTHING


class _Line(msgspec.Struct):
    message: msgspec.Raw = _NOTHING
    batch: tuple[msgspec.Raw, ...] = ()


_bodies = msgspec.json.Decoder(_Bodies).decode
_line = msgspec.json.Decoder(_Line).decode


def read_line(line: bytes) -> Iterator[Seen]:
    """The messages of one line. Raises ValueError, with what is wrong, for a line that holds none."""
    try:
        data = decode(line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if type(data) is not dict:
        raise ValueError("it is no JSON object")
    if type(data.get("batch")) is list:
        for raw in _line(line).batch:
            yield read_message(bytes(raw))
    elif type(data.get("message")) is dict:
        body = bytes(_line(line).message)
        at, receipt = (parse_moment(data.get(key)) for key in ("occurred_at", "received_at"))
        yield read_message(
            body, at=at, source=_text(data.get("source")), type_=_text(data.get("type")), receipt=receipt
        )
    else:
        yield _message(line, data)


def read_message(
    body: bytes, *, at: int | None = None, source: str = "", type_: str = "", receipt: int | None = None
) -> Seen:
    """One message from its own JSON text; what the store knows better (all else that is given) goes before it.

    Raises ValueError for what is no message.
    """
    try:
        data = decode(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if type(data) is not dict:
        raise ValueError("the message is no JSON object")
    return _message(body, data, at=at, source=source, kind=type_, receipt=receipt)


def _message(
    body: bytes,
    data: dict[str, Any],
    *,
    at: int | None = None,
    source: str = "",
    kind: str = "",
    receipt: int | None = None,
) -> Seen:
    event = _text(data.get("event"))
    kind = kind or _text(data.get("type")) or ("track" if event else "")
    if kind not in _TYPES:
        raise ValueError(f"its type is none of {', '.join(MESSAGE_TYPES)}")
    if kind == "track" and not event:
        raise ValueError("it tracks an event without a name")
    key = "traits" if kind in {"group", "identify"} else "properties"
    values = data.get(key)
    if values is not None and type(values) is not dict:
        raise ValueError(f"its {key} are no object")
    raw = getattr(_bodies(body), key)
    context = data.get("context")
    plan = context.get("plan") if type(context) is dict else None
    return Seen(
        kind,
        event if kind == "track" else "",
        raw if values is not None else _NOTHING,
        values or {},
        parse_moment(data.get("timestamp")) if at is None else at,
        source,
        bool(source) or type(plan) is dict,
        receipt,
    )


def _text(value: object) -> str:
    return value if type(value) is str else ""
