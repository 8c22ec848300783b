"""Wire message: one message on its way to its JSON; it owns the pieces of the text, and what is wrong with the message.

A message on the wire is `type, messageId, timestamp, userId?, anonymousId?, event?, category?, properties?, context`,
in this order. `context` ends with the client's id and the message's number, which the outbox fills in.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import orjson

from footfall.client.event_policy import EventPolicy
from footfall.client.message import SPECS, Message
from footfall.client.preflight import id_fault, kind_of, misfit, names_device
from footfall.encoding import encode, lazy_text
from footfall.errors import InvalidEventError
from footfall.events import Fault, Receipt
from footfall.forks import uncut, whole
from footfall.identity.given import id_text, plain_text, whole_number

__all__ = ["WireMessage"]

_OURS = frozenset({"client", "library", "plan", "violations"})
_TEXT = {str}
_OUR_KEY = re.compile(f'"(?:{"|".join(sorted(_OURS))})"'.encode())
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_MOST_VIOLATIONS = 20  # on the wire; the receipt has all
_OBJECT = ord("{")
_EMPTY = len(b"{}")
# The pieces of a message that are the same for every message of a type.
_HEADS = {name: f'{{"type":"{name}","messageId":'.encode() for name in SPECS}
_NAMES = {name: f',"{spec.name_key}":'.encode() for name, spec in SPECS.items()}
_BODIES = {name: f',"{spec.body_key}":'.encode() for name, spec in SPECS.items()}
_BYTES = (bytes, bytearray, memoryview)
_REFUSES = frozenset({"drop", "raise"})


class WireMessage:
    """What a message becomes, step by step. A step returns False where the message is refused: `receipt` says why.

    `faults` is what the receipt of a message has that may be sent. Nothing later compares a value of the caller's: ids
    and names become plain text first.
    """

    message_id = ""
    head = b""
    faults: tuple[Fault, ...] = ()
    receipt = Receipt(False, None, "internal")
    _name: str | None = None
    # What cannot be sent at all, and what is sent in another form than it was given.
    _refusals: tuple[Fault, ...] = ()
    _changes: tuple[Fault, ...] = ()
    # What goes with the message.
    _violations: tuple[Fault, ...] = ()

    def __init__(self, message: Message) -> None:
        self._message = message
        self._spec = SPECS[message.type]
        self._pieces = [_HEADS[message.type]]

    def add_head(self, new_id: str, stamp: bytes, policy: EventPolicy, *, names_nobody: bool = False) -> bool:
        """Add everything before the body; `new_id` and `stamp` are for a message to which no id or time was given.

        `names_nobody` says that it has no id of a person, and needs none.
        """
        message, spec, pieces = self._message, self._spec, self._pieces
        if message.message_id is None:
            self.message_id = new_id
            pieces += (b'"%b"' % new_id.encode(), b',"timestamp":')
        else:
            self.message_id = self._given_message_id(message.message_id)
            pieces += (self._text("messageId", self.message_id), b',"timestamp":')
        pieces.append(stamp if message.timestamp is None else self._stamp(message.timestamp))
        user_id, anonymous_id, name = message.user_id, message.anonymous_id, message.name
        if user_id is not None or spec.user_required:
            user_id = user_id if type(user_id) is str else self._id("userId", user_id)
            pieces += (b',"userId":', self._text("userId", user_id))
        if anonymous_id is not None:
            anonymous_id = anonymous_id if type(anonymous_id) is str else self._id("anonymousId", anonymous_id)
            pieces += (b',"anonymousId":', self._text("anonymousId", anonymous_id))
        if spec.name_key and (name is not None or spec.name_required):
            self._name = name if type(name) is str and name else self._given_name(name)
            pieces += (_NAMES[message.type], self._text(spec.name_key, self._name))
        if message.category is not None:
            pieces += (b',"category":', self._text("category", self._id("category", message.category)))
        if self._refusals:
            return self._refuse("invalid", self._refusals + self._changes)
        if not names_nobody and (fault := self._id_fault(user_id, anonymous_id, policy)) is not None:
            self._changes += (fault,)
        return True

    def add_body(self, policy: EventPolicy) -> bool:
        """Add the properties or traits, as the policy lets them be sent; what is wrong before them counts with them.

        Raises InvalidEventError where the policy says so.
        """
        if not (self._spec.body_key or self._changes):
            return True
        properties = self._message.properties
        text, changed = encode({} if properties is None else properties)
        changed = self._changes + changed
        if text is None:
            return self._refuse("unencodable", changed)
        if not _is_object(text, properties):
            # Other makers' libraries take the user first, and then the name, which is the properties here.
            is_in_order = self._spec.user_required or plain_text(properties) is None
            fault = misfit(self._spec.body_key, "an object", properties)
            return self._refuse("invalid" if is_in_order else "argument_order", (fault,))
        if self._spec.name_key == "event":
            result = policy.event(self._name or "", text, changed)
        elif self._spec.traits is not None:
            result = policy.traits(self._spec.traits, text, changed)
        else:
            result = policy.page(self._message.type, self._name, text, changed)
        if result.action in _REFUSES:
            self._refuse("invalid", result.faults + result.warnings)
            if result.action == "raise":
                raise InvalidEventError(self._name or self._message.type, self.receipt)
            return False
        if self._spec.body_key:
            self._pieces += (_BODIES[self._message.type], result.body)
        self._violations = result.faults
        self.faults += result.faults + result.warnings
        return True

    def add_context(self, own: bytes) -> bool:
        """Add the context: `own`, which is ours, and what the caller says without our keys."""
        self._pieces.append(own)
        context = self._message.context
        if context is None:
            return True
        text, changed = encode(context)
        changed = _below("context", changed) if changed else ()
        if text is None:
            return self._refuse("unencodable", changed)
        if not _is_object(text, context):
            return self._refuse("invalid", (misfit("context", "an object", context),))
        text, notes = (text, ()) if _has_other_keys(context) else _without_our_keys(text)
        if len(text) > _EMPTY:
            self._pieces += (b",", text[1:-1])
        self._violations += changed
        self.faults += changed + notes
        return True

    def seal(self, client: bytes, room: int) -> bool:
        """End the message with its violations and `client`, if that leaves it no longer than `room` bytes."""
        if self._violations:
            self._pieces += (b',"violations":', msgspec.json.encode(self._violations[:_MOST_VIOLATIONS]))
        self._pieces.append(client)
        self.head = b"".join(self._pieces)
        return len(self.head) <= room or self._refuse("too_large", self.faults)

    def seal_counted(self, counted: Callable[[str, bytes], bytes], room: int) -> bool:
        """End the message as `counted` makes it of its name and its JSON, if that leaves it within `room` bytes."""
        self.head = counted(self._name or "", b"".join((*self._pieces, b"}}")))
        return len(self.head) <= room or self._refuse("too_large", self.faults)

    def _refuse(self, reason: str, faults: tuple[Fault, ...]) -> bool:
        self.receipt = Receipt(False, self.message_id, reason, faults)
        return False

    def _cannot_be(self, path: str, expected: str, value: object) -> str:
        self._refusals += (misfit(path, expected, value),)
        return ""

    def _text(self, path: str, value: str) -> bytes:
        try:
            return orjson.dumps(value)
        except TypeError:
            text, changed = encode(value)  # a lone surrogate
            self._changes += _below(path, changed)
            return text or b'""'

    def _given_message_id(self, value: Any) -> str:
        text = id_text(value) if issubclass(type(value), UUID) else plain_text(value)
        return text or self._cannot_be("messageId", "text that is not empty", value)

    def _id(self, path: str, value: Any) -> str:
        if type(value) is str:
            return value
        if (text := id_text(value)) is not None or (text := plain_text(lazy_text(value))) is not None:
            return text
        if (text := whole_number(value)) is not None:
            self.faults += (Fault(path, "float_id", "a whole number or text", kind_of(value)),)
            return text
        return self._cannot_be(path, "text, an integer or a UUID", value)

    def _given_name(self, value: Any) -> str:
        spec = self._spec
        if spec.name_is_id:
            return self._id(spec.name_key, value)
        text = plain_text(value)
        text = plain_text(lazy_text(value)) if text is None else text
        if text is None or (not text and spec.name_required):
            return self._cannot_be(spec.name_key, "text that is not empty", value)
        return text

    def _stamp(self, value: Any) -> bytes:
        text, fault = _given_time().read(value)
        if text is None:
            self._refusals += (fault,)
        elif fault is not None:
            self._changes += (fault,)
        return text or b""

    def _id_fault(self, user_id: str | None, anonymous_id: str | None, policy: EventPolicy) -> Fault | None:
        fault = id_fault(user_id, anonymous_id, self._message.context)
        if fault is None or fault.code != "no_usable_id":
            return fault
        key = policy.device_key(self._name)
        if key is None or not names_device(self._message.properties, key):
            return fault
        return id_fault(user_id, key, None)  # as with any other id beside the user's


@functools.cache
def _given_time() -> Any:
    with uncut():
        from footfall.client import given_time  # few applications give times

        return whole(given_time)


def _has_other_keys(context: object) -> bool:
    """Whether it can be seen without its text that a context has none of our keys."""
    return type(context) is dict and _OURS.isdisjoint(context) and {*map(type, context)} <= _TEXT


def _without_our_keys(context: bytes) -> tuple[bytes, tuple[Fault, ...]]:
    """The JSON of a context without the keys that are ours; its text is looked at, for its keys may be of any type."""
    if _OUR_KEY.search(context) is None:
        return context, ()
    members = _decode_members(context)
    notes = tuple(Fault(f"context.{key}", "reserved", "another key", key) for key in sorted(_OURS & members.keys()))
    return msgspec.json.encode({key: value for key, value in members.items() if key not in _OURS}), notes


def _below(path: str, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(msgspec.structs.replace(fault, path=f"{path}.{fault.path}".rstrip(".")) for fault in faults)


def _is_object(text: bytes, value: object) -> bool:
    """Whether a value that is `text` in JSON has keys; bytes are an object there only because of base64."""
    return text[0] == _OBJECT and not issubclass(type(value), _BYTES)
