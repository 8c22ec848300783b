"""The steps that decide about one message, each adding what it found to a draft of the row.

A step returns False when nothing after it can be known. The others add to `faults`, so that a message which is put
aside is put aside with everything that is wrong with it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec

from footfall.collector.door_step import conceal
from footfall.collector.draft import Draft, Frame, kind_of
from footfall.collector.slices import depth_and_keys, why_unreadable
from footfall.events import MESSAGE_TYPES, Fault
from footfall.identity.junk import is_junk
from footfall.message_reader import client_word, said_time
from footfall.timestamps import is_plausible, parse_timestamp

__all__ = ["derived_id", "ids", "message_id", "readable", "shape", "somebody", "time"]

_encode_sorted = msgspec.json.Encoder(order="sorted").encode
_MAX_ID = 200
_TOLD = 40  # characters of what was sent that a fault repeats
_TYPES = frozenset(MESSAGE_TYPES)
_DAY_US = 86_400_000_000
# How long before its receipt a message may have occurred without a doubt; below zero is after.
_EARLIEST_AGE, _LATEST_AGE = -_DAY_US, 30 * _DAY_US
# What a message of each type cannot do without, besides somebody whom it is about.
_NEEDS = {"alias": ("previousId", "userId"), "group": ("groupId",)}


def readable(draft: Draft, frame: Frame) -> bool:
    """It must be a JSON object within the limits, without a key that stands twice."""
    piece, settings = draft.piece, frame.settings
    raw = piece.raw
    if len(raw) > settings.max_message_bytes and raw[:1] == b"{":
        expected = f"at most {settings.max_message_bytes} bytes"
        draft.put_aside("too_large", Fault("", "too_large", expected, f"{len(raw)} bytes"))
        draft.message_id = derived_id(raw)
        if type(piece.data) is dict:
            return True
        conceal(draft, frame)
        return False
    if type(piece.data) is not dict:
        if piece.data is None and raw[:1] == b"{":
            conceal(draft, frame)
            draft.message_id = derived_id(draft.body)
            draft.put_aside("json", why_unreadable(draft.body))
        else:
            draft.reject("not_an_object", Fault("", "type", "object"))
        return False
    # Counting brackets and colons is a bound that costs next to nothing; only what is over it is looked at closely.
    # A key with its colon and value takes four bytes, so a short message needs no counting of colons.
    if raw.count(b"{") + raw.count(b"[") > settings.max_depth or (
        len(raw) > 4 * settings.max_keys and raw.count(b":") > settings.max_keys
    ):
        depth, keys = depth_and_keys(raw, most_depth=settings.max_depth)
        if depth > settings.max_depth:
            draft.put_aside("depth", Fault("", "depth", f"at most {settings.max_depth} levels", "more"))
        if keys > settings.max_keys:
            draft.put_aside("keys", Fault("", "keys", f"at most {settings.max_keys} keys", str(keys)))
    if piece.ambiguous:
        draft.put_aside("duplicate_key", Fault("", "duplicate_key", "each key once in an object"))
    if draft.outcome != "stored":
        conceal(draft, frame)
        draft.message_id = derived_id(draft.body)
        return False
    return True


def shape(draft: Draft, frame: Frame) -> bool:
    """Its type must be known, and what the type needs must be there."""
    data = draft.data
    type_ = data.get("type") if frame.type is None else frame.type
    if type(type_) is not str or type_ not in _TYPES:
        draft.put_aside("type", Fault("type", "required" if type_ is None else "enum", ", ".join(MESSAGE_TYPES)))
    else:
        draft.type = type_
    if type_ == "track":
        event = data.get("event")
        if type(event) is str and event:
            draft.event = event
        else:
            draft.put_aside("event", Fault("event", "required" if not event else "type", "a name", kind_of(event)))
    for key in _NEEDS.get(draft.type, ()):
        if not data.get(key) and data.get(key) != 0:
            draft.put_aside("required", Fault(key, "required", "an id", kind_of(data.get(key))))
    for key in ("properties", "traits", "context"):
        value = data.get(key)
        if value is not None and type(value) is not dict:
            draft.put_aside("invalid", Fault(key, "type", "object", kind_of(value)))
    context = data.get("context")
    draft.context = context if type(context) is dict else frame.context
    return True


def message_id(draft: Draft, frame: Frame) -> bool:
    """Its own id, or one made of its content, so that sending it again is found out all the same.

    What is made of the content is made of what is kept: no id may confirm a guess at a value that was transformed.
    A message of the wrong shape goes by its content too: the id that it names stays free for a message that is right.
    One with neither id nor time cannot be told from its own repeat: within a day of receipt it counts once.
    """
    given = _given_id(draft.data) if draft.outcome == "stored" or _is_only_oversize(draft) else None
    if given is not None:
        draft.message_id = given
        return True
    if draft.is_oversize:
        return True
    content = _canonical(draft.body, frame.type)
    if said_time(draft.data) is None:
        content += frame.day.encode()
    draft.message_id = derived_id(content)
    return True


def ids(draft: Draft, frame: Frame) -> bool:
    """Whom it is about: a user, a browser or installation, or a connected product. Somebody there must be."""
    data = draft.data
    draft.user_id = draft.usable_id(data.get("userId"), "userId")
    draft.anonymous_id = draft.usable_id(data.get("anonymousId"), "anonymousId")
    if draft.type == "alias":
        draft.previous_id = draft.usable_id(data.get("previousId"), "previousId")
    elif draft.type == "group":
        draft.group_id = draft.usable_id(data.get("groupId"), "groupId")
    device = draft.context.get("device") or frame.context.get("device")
    if type(device) is dict:
        draft.device_id = draft.usable_id(device.get("id"), "context", "device", "id")
    return True


def time(draft: Draft, frame: Frame) -> bool:
    """When it happened: as it says, put right by the sender's clock where that was far off."""
    said = said_time(draft.data)
    if said is None:
        return True
    moment = parse_timestamp(said)
    if moment is None or not is_plausible(moment + frame.skew):
        got = said[:_TOLD] if type(said) is str else kind_of(said)
        draft.warn(Fault("timestamp", "timestamp", "an ISO 8601 time of 1900 to 2199", got))
    else:
        draft.occurred_at = moment + frame.skew
        if not _EARLIEST_AGE <= frame.received_at - draft.occurred_at <= _LATEST_AGE:
            _doubt(draft, frame)
    return True


def _doubt(draft: Draft, frame: Frame) -> None:
    """Warn of a time that no live sender has: it is kept, and counted in every figure.

    What a file brings in may be of any age, and so may what a sender had on its disk.
    """
    if client_word(draft.context, "spooled") is True:
        return
    judge = frame.judge_for(None)
    source = None if judge is None else judge.plan.sources.get(frame.source)
    if source is not None and source.kind == "import":
        return
    days = (frame.received_at - draft.occurred_at) / _DAY_US
    got = f"{abs(days):,.1f} days {'before' if days > 0 else 'after'}"
    draft.warn(Fault("timestamp", "misdated", "at most 30 days before receipt, or one day after", got))


def somebody(draft: Draft, _frame: Frame) -> bool:
    """A message that is about nobody is put aside; a placeholder in place of a user is told."""
    user_id = draft.user_id
    junk = user_id is not None and is_junk(user_id)
    if (user_id is None or junk) and draft.anonymous_id is None and draft.device_id is None:
        draft.put_aside("no_usable_id", Fault("userId", "no_usable_id", "a userId, an anonymousId or a device"))
    elif junk:
        draft.warn(Fault("userId", "junk_id", "the id of a user"))
    return True


def derived_id(content: bytes) -> str:
    """An id made of a message's content."""
    return "c-" + hashlib.blake2b(content, digest_size=16).hexdigest()


def _is_only_oversize(draft: Draft) -> bool:
    return draft.is_oversize and len(draft.faults or ()) == 1


def _given_id(data: dict[str, Any]) -> str | None:
    given = data.get("messageId")
    return given if type(given) is str and 0 < len(given) <= _MAX_ID else None


def _canonical(raw: bytes, type_: str | None) -> bytes:
    """A message's content without what differs between two attempts to send it; numbers keep their digits."""
    # A number becomes the bytes of its digits, which are written in base64. Python code that is called for each number
    # would cost eight times as much, and a message may be full of them.
    data = json.loads(raw, parse_int=str.encode, parse_float=str.encode)
    data.pop("sentAt", None)
    if type_ is not None:
        data["type"] = type_
    return _encode_sorted(data)
