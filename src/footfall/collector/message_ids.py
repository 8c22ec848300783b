"""The ids of messages: the one that a message gives itself, or one that is made of its content."""

from __future__ import annotations

import hashlib
import json

import msgspec

from footfall.collector.message_state import MessageState, RequestContext

__all__ = ["content_id", "derived_id", "given_id"]

_MAX_ID = 200
_encode_sorted = msgspec.json.Encoder(order="sorted").encode


def given_id(state: MessageState) -> str | None:
    """The id that a message gives itself; None where it has the wrong shape, so that the id stays free for another."""
    if state.outcome != "stored" and not (state.is_oversize and len(state.faults or ()) == 1):
        return None
    given = state.data.get("messageId")
    return given if type(given) is str and 0 < len(given) <= _MAX_ID else None


def content_id(state: MessageState, request: RequestContext, text: bytes, key: bytes = b"") -> str:
    """An id made of `text`, the JSON of a message. Of a message without a time, it is for the day of its receipt."""
    content = _canonical(text, request.type)
    if request.form.timestamp(state.data) is None:
        content += request.day.encode()
    return derived_id(content, key)


def derived_id(content: bytes, key: bytes = b"") -> str:
    """An id made of some content; with a key, it confirms no guess at it."""
    return "c-" + hashlib.blake2b(content, digest_size=16, key=key).hexdigest()


def _canonical(raw: bytes, type_: str | None) -> bytes:
    """A message's content without what differs between two attempts to send it; numbers keep their digits."""
    # A number becomes the bytes of its digits, which are written in base64. Python code that is called for each number
    # would cost eight times as much, and a message may be full of them.
    data = json.loads(raw, parse_int=str.encode, parse_float=str.encode)
    data.pop("sentAt", None)
    if type_ is not None:
        data["type"] = type_
    return _encode_sorted(data)
