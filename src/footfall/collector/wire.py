"""From the content of a request to its messages, cut so that a bad message stays alone.

A body that decodes as a whole takes the fast path. One that does not is cut by its brackets and strings, and each
message is decoded by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from footfall.collector.compression import BOM
from footfall.collector.settings import CollectorSettings
from footfall.collector.slices import Member, cut_member, elements, has_duplicate_keys, members
from footfall.errors import RequestError
from footfall.printable import counted

__all__ = ["Envelope", "Piece", "read_batch", "read_single"]

_RAW_KEY = re.compile(rb'"writeKey"[ \t\r\n]*:[ \t\r\n]*"(?:[^"\\]|\\.)*"')
_ENVELOPE = ("context", "integrations")
_NOTHING = msgspec.Raw()


class Piece(msgspec.Struct, gc=False):
    """One message as it came: its bytes (less a write key), and what they decode to, or None when they are no JSON.

    `ambiguous` says that one of its objects names a key twice.
    """

    raw: bytes
    data: Any
    ambiguous: bool = False


class Envelope(msgspec.Struct):
    """A request that could be read: its messages, and what it says for all of them.

    `type` is set where the path gives it. `shared` is the JSON of the envelope's `context` and `integrations`.
    """

    pieces: list[Piece]
    type: str | None = None
    sent_at: Any = None
    write_key: Any = None
    context: Any = None
    shared: bytes | None = None


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    context: msgspec.Raw = _NOTHING
    integrations: msgspec.Raw = _NOTHING


_decode_batch = msgspec.json.Decoder(_Batch).decode


def read_batch(body: bytes, settings: CollectorSettings) -> Envelope:
    """Read the body of `/v1/batch`. Raises RequestError (400, 413) when the request as a whole cannot be read."""
    if len(body) > settings.max_body_bytes:
        raise _too_large(settings.max_body_bytes)
    body = body.removeprefix(BOM)
    try:
        data = orjson.loads(body)
        if type(data) is dict and type(data.get("batch")) is list and not _may_repeat_keys(body, data):
            _check_count(len(data["batch"]), settings)
            return _whole(data, _decode_batch(body))
    except (orjson.JSONDecodeError, msgspec.DecodeError, RecursionError):
        pass  # cut it by hand, to find out which part it is
    return _by_parts(body, settings)


def read_single(body: bytes, type_: str, settings: CollectorSettings) -> Envelope:
    """Read the body of `/v1/track` and its like: one message, whose type the path gives. Raises RequestError."""
    if len(body) > settings.max_body_bytes:
        raise _too_large(settings.max_body_bytes)
    body = body.removeprefix(BOM)
    parts: list[Member] | None = None
    data: Any = None
    ambiguous = False
    try:
        data = orjson.loads(body)
        small = len(body) <= settings.max_message_bytes  # of a larger one only an excerpt is kept
        ambiguous = small and _may_repeat_keys(body, data) and _repeats_keys(body)
    except (orjson.JSONDecodeError, RecursionError):
        parts = _members(body)
    if parts is None:
        if type(data) is not dict:
            raise RequestError(400, "envelope", "the body must be one JSON object")
        write_key, sent_at = data.get("writeKey"), data.get("sentAt")
    else:
        write_key, sent_at = (_loads_or_none(_value(body, parts, key)) for key in ("writeKey", "sentAt"))
    piece = _without_key(Piece(body.strip(b" \t\r\n"), data, ambiguous))
    return Envelope([piece], type_, sent_at, write_key)


def _whole(data: dict[str, Any], raw: _Batch) -> Envelope:
    # bytes() copies: the rows of this batch must not keep the whole body alive.
    pieces = list(map(Piece, map(bytes, raw.batch), data["batch"]))
    for piece in pieces:
        if type(piece.data) is dict and "writeKey" in piece.data:
            _without_key(piece)
    shared = _join({"context": raw.context, "integrations": raw.integrations})
    return Envelope(pieces, None, data.get("sentAt"), data.get("writeKey"), data.get("context"), shared)


def _by_parts(body: bytes, settings: CollectorSettings) -> Envelope:
    parts = _members(body)
    keys = [part.key for part in parts]
    if len(keys) != len(set(keys)):
        raise RequestError(400, "envelope", "the body names a key twice")
    batch = _value(body, parts, "batch")
    if batch is None or batch[:1] != b"[":
        raise RequestError(400, "envelope", "the body must have a `batch` that is an array of messages")
    try:
        slices = elements(batch)
    except ValueError as error:
        raise RequestError(400, "json", f"the batch is not a JSON array: {error}") from error
    _check_count(len(slices), settings)
    values = {part.key: body[part.value : part.end] for part in parts if part.key != "batch"}
    try:
        said = {key: orjson.loads(value) for key, value in values.items()}
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise RequestError(400, "json", "what stands beside the batch is not JSON") from error
    shared = {key: msgspec.Raw(values[key]) for key in _ENVELOPE if key in values}
    return Envelope(
        [_without_key(_piece(raw, settings)) for raw in slices],
        None,
        said.get("sentAt"),
        said.get("writeKey"),
        said.get("context"),
        _join(shared),
    )


def _piece(raw: bytes, settings: CollectorSettings) -> Piece:
    try:
        data = orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError):
        return Piece(raw, None)
    # Of one that is too large only an excerpt is kept: which of two keys counts does not matter.
    return Piece(raw, data, len(raw) <= settings.max_message_bytes and _repeats_keys(raw))


def _repeats_keys(text: bytes) -> bool:
    try:
        return has_duplicate_keys(text)
    except RecursionError:
        return False  # nested far over the limit, for which it will be put aside


def _may_repeat_keys(text: bytes, data: object) -> bool:
    """False only when no object in `text` names a key twice.

    A repeated key is lost on decoding, and its colon with it: if encoding anew gives as many colons, nothing was lost.
    An escaped colon (`\\u003a`) would break the sum, so it counts as a doubt.
    """
    if b"\\u003" in text:
        return True
    try:
        return text.count(b":") != orjson.dumps(data).count(b":")
    except orjson.JSONEncodeError:
        return True  # nested too deep to encode


def _without_key(piece: Piece) -> Piece:
    """Cut `writeKey` out of a message: a secret is never stored."""
    if type(piece.data) is dict:
        if "writeKey" in piece.data:
            piece.raw = cut_member(piece.raw, "writeKey")
            del piece.data["writeKey"]
    elif piece.data is None and b"writeKey" in piece.raw:
        piece.raw = _RAW_KEY.sub(b'"writeKey":null', piece.raw)
    return piece


def _members(body: bytes) -> list[Member]:
    if not body.strip():
        raise RequestError(400, "empty", "the body is empty; send a JSON object")
    try:
        return members(body)
    except ValueError as error:
        raise RequestError(400, "json", f"the body is not one JSON object: {error}") from error


def _value(body: bytes, parts: list[Member], key: str) -> bytes | None:
    return next((body[part.value : part.end] for part in reversed(parts) if part.key == key), None)


def _loads_or_none(value: bytes | None) -> Any:
    try:
        return orjson.loads(value) if value is not None else None
    except orjson.JSONDecodeError:
        return None


def _join(shared: Mapping[str, msgspec.Raw]) -> bytes | None:
    said = {key: value for key, value in shared.items() if len(bytes(value))}
    return msgspec.json.encode(said) if said else None


def _check_count(count: int, settings: CollectorSettings) -> None:
    if count > settings.max_messages:
        raise RequestError(
            413,
            "too_many_messages",
            f"{counted(count, 'message')} in a batch; the limit is {settings.max_messages}, so split it",
        )


def _too_large(limit: int) -> RequestError:
    return RequestError(413, "too_large", f"the body is larger than the limit of {limit} bytes; split it")
