"""Segment's wire, which is footfall's own too: one message a request, or a batch of them in an object.

A body that is JSON as a whole takes the fast path. One that is not is cut by its brackets and strings. Either way
reading ends at the limits: no more is cut than a batch may have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any

import msgspec
import orjson

from footfall.collector.compression import BOM
from footfall.collector.json_split import Member, TooManyError, array_at, members
from footfall.collector.key_cut import NAME, cut_from_object, may_name_key
from footfall.collector.settings import CollectorSettings
from footfall.collector.wire import CANONICAL, MessageForm, Piece, Pieces, RequestEnvelope, decoded, piece_of
from footfall.errors import RequestError
from footfall.printable import counted

__all__ = ["SegmentDialect", "read_batch", "read_single"]

_WRITE_KEY = re.compile(rb'"writeKey"[ \t\r\n]*+:[ \t\r\n]*+("(?:[^"\\]|\\.){1,1000}+")')

_ENVELOPE = ("context", "integrations")
_NOTHING = msgspec.Raw()


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    context: msgspec.Raw = _NOTHING
    integrations: msgspec.Raw = _NOTHING
    sentAt: msgspec.Raw = _NOTHING  # noqa: N815 - as it is on the wire
    uncounted: msgspec.Raw = _NOTHING
    writeKey: msgspec.Raw = _NOTHING  # noqa: N815


# How many more elements may be read of a batch. What the decoder calls gets no argument, and threads decode at once.
_remaining: ContextVar[list[int]] = ContextVar("remaining")


class _Element(msgspec.Struct):
    """An object of a batch, of which only the number counts."""

    def __post_init__(self) -> None:
        remaining = _remaining.get()
        remaining[0] -= 1
        if remaining[0] < 0:
            raise TooManyError


class _Elements(msgspec.Struct):
    batch: list[_Element]


class _Outer(msgspec.Struct):
    batch: msgspec.Raw


_decode_outer = msgspec.json.Decoder(_Outer).decode
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_batch = msgspec.json.Decoder(_Batch).decode
_count_elements = msgspec.json.Decoder(_Elements).decode


class SegmentDialect:
    """What Segment's SDKs and footfall's client send (https://segment.com/docs/connections/sources/catalog/libraries/).

    A single message has its type from the route. Beside a message, or a batch, there may be a `writeKey` and the time
    of sending; beside a batch a `context` and `integrations` for all of its messages.
    """

    form: MessageForm = CANONICAL

    def read(self, content: bytes, _query: bytes, type_: str, settings: CollectorSettings) -> RequestEnvelope:
        """See Dialect."""
        if type_:
            return read_single(content, type_, settings, self.form)
        return read_batch(content, settings, self.form)

    def write_keys(self, content: bytes, _query: bytes) -> Iterable[str]:
        """See Dialect."""
        return map(_text, dict.fromkeys(_WRITE_KEY.findall(content)))


def _text(literal: bytes) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:
        return ""


def read_batch(body: bytes, settings: CollectorSettings, form: MessageForm = CANONICAL) -> RequestEnvelope:
    """Read the body of `/v1/batch`. Raises RequestError (400, 413) when the request as a whole cannot be read."""
    if len(body) > settings.max_body_bytes:
        raise _too_large(settings.max_body_bytes)
    body = body.removeprefix(BOM)
    try:
        if body.count(b",") >= settings.max_messages:
            _require_few(body, settings)
        raw = _decode_batch(body)
    except (msgspec.DecodeError, RecursionError):
        return _by_parts(body, settings, form)  # to find out which part of it is no JSON
    # bytes() copies: the rows of this batch must not keep the whole body alive.
    texts = list(map(bytes, raw.batch))
    names_key = may_name_key(body)
    data = None if names_key else _decoded_together(body, texts, settings)
    if data is not None:
        shared = {key: bytes(value) for key in _ENVELOPE if len(value := getattr(raw, key))}
        pieces = list(map(Piece, texts, data["batch"]))
        return RequestEnvelope(
            pieces, None, data.get("sentAt"), None, data.get("context"), _join(shared), form, data.get("uncounted")
        )
    values = {key: bytes(value) for key in _MEMBERS if len(value := getattr(raw, key))}
    colons = sum(text.count(b":") for text in (*texts, *values.values())) + len(values) + 1
    if colons != body.count(b":") and not _names_keys_once(body, settings):
        return _by_parts(body, settings, form)
    return _envelope(Pieces(texts, settings, form, may_name_key=names_key), values, settings, form)


def _decoded_together(body: bytes, texts: list[bytes], settings: CollectorSettings) -> Any:
    """What a small batch decodes to, at once, which is quicker; None when something in it needs a closer look.

    A repeated key is lost on decoding, and its colon with it.
    """
    most = settings.max_message_bytes
    sizes = list(map(len, texts))
    if len(body) > settings.inline_bytes or len(body) - sum(sizes) > most or max(sizes, default=0) > most:
        return None
    try:
        data = orjson.loads(body)
        if orjson.dumps(data).count(b":") != body.count(b":"):
            return None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return None
    return data


_REPORTS = "uncounted"
_MEMBERS = tuple(name for name in _Batch.__struct_fields__ if name != "batch")


def _names_keys_once(body: bytes, settings: CollectorSettings) -> bool:
    """Whether a body, which is JSON, surely has each of its members once. Few members are looked at, never many."""
    if len(body) - len(_decode_outer(body).batch) > settings.max_message_bytes:
        return False
    try:
        parts = _decode_members(body)
    except msgspec.DecodeError:
        return False  # a key that we do not read is no UTF-8
    colons = sum(key.count(":") + bytes(value).count(b":") for key, value in parts.items()) + len(parts)
    return colons == body.count(b":")


def _require_few(body: bytes, settings: CollectorSettings) -> None:
    """Raise RequestError (413) at the first element too many. Nothing is made of the others."""
    remaining = [settings.max_messages]
    _remaining.set(remaining)
    try:
        _count_elements(body)
    except (TooManyError, msgspec.ValidationError):
        if remaining[0] < 0:
            raise _too_many(settings) from None
        raise


def _by_parts(body: bytes, settings: CollectorSettings, form: MessageForm) -> RequestEnvelope:
    spans: list[tuple[int, int]] | None = None

    def end_of_batch(text: bytes, position: int) -> int:
        nonlocal spans
        if text[position : position + 1] != b"[":
            raise RequestError(400, "envelope", _NO_BATCH)
        try:
            spans, end = array_at(text, position, most=settings.max_messages)
        except TooManyError:
            raise _too_many(settings) from None
        except ValueError as error:
            raise RequestError(400, "json", f"the batch is not a JSON array: {error}") from error
        return end

    parts = _members(body, settings, {"batch": end_of_batch})
    keys = [part.key for part in parts]
    if len(keys) != len(set(keys)):
        raise RequestError(400, "envelope", "the body names a key twice")
    if spans is None:
        raise RequestError(400, "envelope", _NO_BATCH)
    values = {part.key: body[part.value : part.end] for part in parts if part.key in _MEMBERS}
    texts = [body[start:end] for start, end in spans]
    pieces = Pieces(texts, settings, form, may_name_key=may_name_key(body))
    return _envelope(pieces, values, settings, form)


_NO_BATCH = "the body must have a `batch` that is an array of messages"


def _envelope(
    pieces: list[Piece] | Pieces, values: Mapping[str, bytes], settings: CollectorSettings, form: MessageForm
) -> RequestEnvelope:
    uncounted = values.get(_REPORTS)
    values = {key: value for key, value in values.items() if key != _REPORTS}
    if sum(map(len, values.values())) > settings.max_message_bytes:
        raise RequestError(
            413, "too_large", f"what stands beside the batch is larger than {settings.max_message_bytes} bytes"
        )
    try:
        decoded_values = {key: orjson.loads(value) for key, value in values.items()}
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise RequestError(400, "json", "what stands beside the batch is not JSON") from error
    return RequestEnvelope(
        pieces,
        None,
        decoded_values.get("sentAt"),
        decoded_values.get("writeKey"),
        decoded_values.get("context"),
        _join({key: values[key] for key in _ENVELOPE if key in values}),
        form,
        _reports(uncounted, settings),
    )


def _reports(value: bytes | None, settings: CollectorSettings) -> Any:
    """What is said of uncounted hits; None where it is too long or cannot be read, for it must cost no message."""
    return None if value is None or len(value) > settings.max_message_bytes else _loads_or_none(value)


def read_single(body: bytes, type_: str, settings: CollectorSettings, form: MessageForm = CANONICAL) -> RequestEnvelope:
    """Read the body of `/v1/track` and its like: one message, whose type the route gives. Raises RequestError."""
    if len(body) > settings.max_body_bytes:
        raise _too_large(settings.max_body_bytes)
    text = body.removeprefix(BOM).strip(b" \t\r\n")
    data = decoded(text, settings, form)
    if data is None:
        parts = _members(text, settings)
        write_key, sent_at = (_loads_or_none(_value(text, parts, key)) for key in (NAME, "sentAt"))
    elif type(data) is dict:
        write_key, sent_at = data.get("writeKey"), data.get("sentAt")
    else:
        raise RequestError(400, "envelope", "the body must be one JSON object")
    piece = piece_of(text, data, settings, names_key=may_name_key(text))
    return RequestEnvelope([piece], type_, sent_at, write_key, form=form)


def _members(body: bytes, settings: CollectorSettings, end_of: Mapping[str, Any] | None = None) -> list[Member]:
    if not body.strip():
        raise RequestError(400, "empty", "the body is empty; send a JSON object")
    try:
        return members(body, most=settings.max_keys, end_of=end_of or {})
    except TooManyError:
        raise RequestError(413, "too_many_keys", f"the body has more than {settings.max_keys} keys") from None
    except ValueError as error:
        raise RequestError(400, "json", f"the body is not one JSON object: {error}") from error


def _value(body: bytes, parts: list[Member], key: str) -> bytes | None:
    return next((body[part.value : part.end] for part in reversed(parts) if part.key == key), None)


def _loads_or_none(value: bytes | None) -> Any:
    try:
        return orjson.loads(value) if value is not None else None
    except (orjson.JSONDecodeError, RecursionError):
        return None


def _join(shared: Mapping[str, bytes]) -> bytes | None:
    text = msgspec.json.encode({key: msgspec.Raw(value) for key, value in shared.items()}) if shared else None
    return cut_from_object(text) if text is not None and may_name_key(text) else text


def _too_many(settings: CollectorSettings) -> RequestError:
    most = counted(settings.max_messages, "message")
    return RequestError(413, "too_many_messages", f"more than {most} in a batch; split it")


def _too_large(limit: int) -> RequestError:
    return RequestError(413, "too_large", f"the body is larger than the limit of {limit} bytes; split it")
