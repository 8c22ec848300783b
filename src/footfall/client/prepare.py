"""Prepare: from a call to the bytes that are queued: scope, hooks, the plan's judgement, and one JSON object.

A message on the wire is `type, messageId, timestamp, userId?, anonymousId?, event?, properties?, context`, in this
order. `context` ends with the client's id and the message's number, which the outbox fills in. Nothing that the
caller handed in is changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import orjson

from footfall.client.clock_repair import MARK
from footfall.client.event_policy import EventPolicy, PlanEventPolicy, PolicyResult
from footfall.client.guard import fault_log
from footfall.client.message import SPECS, Hook, Message, MessageSpec
from footfall.client.preflight import id_fault, names_device, time_fault
from footfall.client.scope import NO_SCOPE, Scope
from footfall.clock import Clock
from footfall.encoding import encode, fields_of, lazy_text
from footfall.errors import InvalidEventError
from footfall.events import Fault, Receipt
from footfall.identity.given import id_text, plain_text, whole_number
from footfall.timestamps import format_us, is_plausible
from footfall.version import VERSION

__all__ = ["NUMBER", "TAIL", "Prepared", "Preparer"]


TAIL = b"}}}"  # what follows the message's number

_OURS = frozenset({"client", "library", "plan", "violations"})
_OUR_KEY = re.compile(f'"(?:{"|".join(sorted(_OURS))})"'.encode())
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_TOLD = 20  # violations on the wire; the receipt has all
_OBJECT = ord("{")
_TIME = "a datetime, a date, RFC 3339 text or seconds since 1970"
# The pieces of a message that are the same for every message of a type.
_HEADS = {name: f'{{"type":"{name}","messageId":'.encode() for name in SPECS}
_NAMES = {name: f',"{kind.name_key}":'.encode() for name, kind in SPECS.items()}
_BODIES = {name: f'"{kind.body_key}":'.encode() for name, kind in SPECS.items()}
_NEVER = 10**30  # microseconds, in every unit out of any calendar
_UNITS = (("milliseconds", 1_000), ("microseconds", 1_000_000), ("nanoseconds", 1_000_000_000))
_REFUSES = frozenset({"drop", "raise"})
NUMBER = 20  # digits of the largest number there can be


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """A message that only lacks its number: `head`, then the number, then `TAIL`.

    `at` is when it was made, on the clock that nobody sets, and `wall_us` what the wall clock said then, in
    microseconds; None where the caller gave the time.
    """

    head: bytes
    rank: int
    message_id: str
    faults: tuple[Fault, ...]
    at: float
    wall_us: int | None


class Preparer:
    """Makes messages ready for the outbox. Holds no state of a message; may be shared by threads."""

    def __init__(
        self, policy: EventPolicy, *, hooks: Sequence[Hook], clock: Clock, max_bytes: int, client_id: str
    ) -> None:
        self._policy = policy
        self._hooks = tuple(hooks)
        # As they are called in each call.
        self._new_id, self._now_us, self._monotonic = clock.new_id, clock.now_us, clock.monotonic
        self._room = max_bytes - len(TAIL) - NUMBER - len(MARK)
        self._second = (-1, b"")
        own: dict[str, object] = {"library": {"name": "footfall", "version": VERSION}}
        client: dict[str, object] = {"id": client_id}
        if isinstance(policy, PlanEventPolicy):
            own["plan"] = {"id": policy.id, "bundle": policy.bundle}
            if policy.may_transform:
                client["transformed"] = policy.bundle  # a collector transforms what does not say that this was done
        self._own = b'"context":' + orjson.dumps(own)[:-1]
        self._client = b',"client":%b,"seq":' % orjson.dumps(client)[:-1]

    def prepare(self, message: Message, scope: Scope) -> Prepared | Receipt:
        """The message made ready, or the receipt that says why there is none.

        Raises InvalidEventError where the policy says so.
        """
        if scope is not NO_SCOPE:
            message = _scoped(message, scope)
        if self._hooks:
            changed = self._hooked(message)
            if changed is None:
                return Receipt(False, None, "hook")
            message = changed
        kind = SPECS[message.type]
        wrong: list[Fault] = []
        odd: list[Fault] = []
        notes: list[Fault] = []
        message_id = self._new_id() if message.message_id is None else _message_id(message.message_id, wrong)
        wall_us = self._now_us() if message.timestamp is None else None
        at = self._monotonic()
        stamp = _stamp(message.timestamp, wrong, odd) if wall_us is None else self._stamp(wall_us)
        message = _plain(message, kind, wrong, notes)
        # The message is put together once, at the end, from its pieces.
        pieces = self._head(message, kind, message_id, stamp, odd)
        if wrong:
            return Receipt(False, message_id, "invalid", (*wrong, *odd))
        if (fault := self._nobody(message)) is not None:
            odd.append(fault)
        said: tuple[Fault, ...] = tuple(notes)
        told: tuple[Fault, ...] = ()
        if kind.body_key or odd:
            body = self._body(message, kind, message_id, tuple(odd))
            if isinstance(body, Receipt):
                return body
            if kind.body_key:
                pieces += (_BODIES[message.type], body.body, b",")
            told = body.faults
            said += told + body.warnings
        pieces.append(self._own)
        if message.context is not None:
            context = _context(message.context, message_id)
            if isinstance(context, Receipt):
                return context
            pieces.append(context.body)
            told += context.faults
            said += context.faults + context.warnings
        if told:
            pieces += (b',"violations":', msgspec.json.encode(told[:_TOLD]))
        pieces.append(self._client)
        head = b"".join(pieces)
        if len(head) > self._room:
            return Receipt(False, message_id, "too_large", said)
        return Prepared(head, kind.rank, message_id, said, at, wall_us)

    def _nobody(self, message: Message) -> Fault | None:
        fault = id_fault(message.user_id, message.anonymous_id, message.context)
        if fault is None or fault.code != "no_usable_id":
            return fault
        key = self._policy.device_key(message.name)
        if key is None or not names_device(message.properties, key):
            return fault
        return id_fault(message.user_id, key, None)  # as with any other id beside the user's

    def _body(
        self, message: Message, kind: MessageSpec, message_id: str, odd: tuple[Fault, ...]
    ) -> PolicyResult | Receipt:
        """The body as it may be sent; `odd` is what is wrong outside of it, which counts with it."""
        properties = message.properties
        text, changed = encode({} if properties is None else properties)
        if text is None:
            return Receipt(False, message_id, "unencodable", odd + changed)
        changed = odd + changed
        if not _is_object(text, properties):
            refused = _refused(message_id, kind.body_key, "an object", properties)
            # Other makers' libraries take the user first, and then the name, which lands here.
            in_order = kind.user_required or plain_text(properties) is None
            return refused if in_order else msgspec.structs.replace(refused, reason="argument_order")
        if kind.name_key == "event":
            result = self._policy.event(message.name, text, changed)
        elif kind.traits is not None:
            result = self._policy.traits(kind.traits, text, changed)
        else:
            result = self._policy.page(message.type, message.name, text, changed)
        if result.action in _REFUSES:
            receipt = Receipt(False, message_id, "invalid", result.faults + result.warnings)
            if result.action == "raise":
                raise InvalidEventError(str(message.name or message.type), receipt)
            return receipt
        return result

    def _hooked(self, message: Message) -> Message | None:
        # Hooks get copies: one that writes into them must not write into what the caller handed in.
        try:
            changed: Message | None = msgspec.structs.replace(
                message, properties=_copied(message.properties), context=_copied(message.context)
            )
            for hook in self._hooks:
                if changed is None:
                    return None
                changed = _of_hook(hook(changed))
        except Exception as error:  # noqa: BLE001 - a hook's error costs its message and nothing else
            fault_log().of_hook(message, error)
            return None
        return changed

    def _head(
        self, message: Message, kind: MessageSpec, message_id: str, stamp: bytes, odd: list[Fault]
    ) -> list[bytes]:
        """All pieces before the body. What had to be changed is added to `odd`."""
        is_ours = message.message_id is None
        quoted_id = b'"%b"' % message_id.encode() if is_ours else _text("messageId", message_id, odd)
        pieces = [_HEADS[message.type], quoted_id, b',"timestamp":', stamp]
        if message.user_id is not None:
            pieces += (b',"userId":', _text("userId", message.user_id, odd))
        if message.anonymous_id is not None:
            pieces += (b',"anonymousId":', _text("anonymousId", message.anonymous_id, odd))
        if message.name is not None and kind.name_key:
            pieces += (_NAMES[message.type], _text(kind.name_key, message.name, odd))
        if message.category is not None:
            pieces += (b',"category":', _text("category", message.category, odd))
        pieces.append(b",")
        return pieces

    def _stamp(self, wall_us: int) -> bytes:
        seconds, micros = divmod(wall_us, 1_000_000)
        known, text = self._second
        if known != seconds:
            text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
            self._second = (seconds, text)
        return b'"%b.%06dZ"' % (text, micros)


def _plain(message: Message, kind: MessageSpec, wrong: list[Fault], notes: list[Fault]) -> Message:
    """The message with its ids and its name as plain text, so that nothing later compares a value of the caller's.

    What cannot be sent is added to `wrong`, what is sent in another form to `notes`.
    """
    plain: dict[str, str] = {}
    if type(message.user_id) is not str and (message.user_id is not None or kind.user_required):
        plain["user_id"] = _id("userId", message.user_id, wrong, notes)
    if type(message.anonymous_id) is not str and message.anonymous_id is not None:
        plain["anonymous_id"] = _id("anonymousId", message.anonymous_id, wrong, notes)
    if type(message.category) is not str and message.category is not None:
        plain["category"] = _id("category", message.category, wrong, notes)
    name = message.name
    if type(name) is not str or not name:
        if kind.name_is_id:
            plain["name"] = "" if type(name) is str else _id(kind.name_key, name, wrong, notes)
        elif kind.name_key and (name is not None or kind.name_required):
            plain["name"] = _name(kind, name, wrong)
    return msgspec.structs.replace(message, **plain) if plain else message


def _name(kind: MessageSpec, value: object, wrong: list[Fault]) -> str:
    text = plain_text(value)
    text = plain_text(lazy_text(value)) if text is None else text
    if text is None or (not text and kind.name_required):
        wrong.append(Fault(kind.name_key, "type", "text that is not empty", _kind_of(value)))
        return ""
    return text


def _id(path: str, value: object, wrong: list[Fault], notes: list[Fault]) -> str:
    if (text := id_text(value)) is not None or (text := plain_text(lazy_text(value))) is not None:
        return text
    if (text := whole_number(value)) is not None:
        notes.append(Fault(path, "float_id", "a whole number or text", _kind_of(value)))
        return text
    wrong.append(Fault(path, "type", "text, an integer or a UUID", _kind_of(value)))
    return ""


def _message_id(given: Any, wrong: list[Fault]) -> str:
    if text := id_text(given) if issubclass(type(given), UUID) else plain_text(given):
        return text
    wrong.append(Fault("messageId", "type", "text that is not empty", _kind_of(given)))
    return ""


def _context(given: Any, message_id: str) -> PolicyResult | Receipt:
    """What the caller says of the context, to stand between our own keys; empty, or beginning with a comma."""
    text, changed = encode(given)
    changed = _below("context", changed)
    if text is None:
        return Receipt(False, message_id, "unencodable", changed)
    if not _is_object(text, given):
        return _refused(message_id, "context", "an object", given)
    text, notes = _without_our_keys(text)
    return PolicyResult(b"," + text[1:-1] if len(text) > len(b"{}") else b"", changed, notes, "send")


def _scoped(message: Message, scope: Scope) -> Message:
    context = message.context
    if scope.context:
        if context is None:
            context = scope.context
        elif (fields := fields_of(context)) is not None:
            context = {**scope.context, **fields}
    kind = SPECS[message.type]
    return msgspec.structs.replace(
        message,
        user_id=scope.user_id if message.user_id is None and kind.scope_user else message.user_id,
        anonymous_id=scope.anonymous_id
        if message.anonymous_id is None and kind.scope_anonymous
        else message.anonymous_id,
        context=context,
    )


def _of_hook(returned: object) -> Message | None:
    if returned is None or (isinstance(returned, Message) and returned.type in SPECS):
        return returned
    raise TypeError


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _without_our_keys(context: bytes) -> tuple[bytes, tuple[Fault, ...]]:
    """The JSON of a context without the keys that are ours; its text is looked at, for its keys may be of any type."""
    if _OUR_KEY.search(context) is None:
        return context, ()
    members = _decode_members(context)
    notes = tuple(Fault(f"context.{key}", "reserved", "another key", key) for key in sorted(_OURS & members.keys()))
    return msgspec.json.encode({key: value for key, value in members.items() if key not in _OURS}), notes


def _below(path: str, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(msgspec.structs.replace(fault, path=f"{path}.{fault.path}".rstrip(".")) for fault in faults)


def _text(path: str, value: str, odd: list[Fault]) -> bytes:
    if type(value) is str:
        try:
            return orjson.dumps(value)
        except TypeError:
            pass  # a lone surrogate
    text, changed = encode(value)
    odd += _below(path, changed)
    return text or b'""'


def _stamp(value: Any, wrong: list[Fault], odd: list[Fault]) -> bytes:
    try:
        return _timestamp(value, wrong, odd)
    except Exception:  # noqa: BLE001 - a comparison or a property of the caller's raised
        wrong.append(Fault("timestamp", "type", _TIME, _kind_of(value)))
        return b'""'


def _timestamp(value: Any, wrong: list[Fault], odd: list[Fault]) -> bytes:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _epoch(value, wrong)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    text, changed = encode(value)
    if isinstance(value, str | datetime) and text is not None and text != b"null" and not changed:
        if (fault := time_fault(value)) is not None:
            odd.append(fault)
        return text
    wrong.append(Fault("timestamp", "type", _TIME, _kind_of(value)))
    return b'""'


def _epoch(value: float | Decimal, wrong: list[Fault]) -> bytes:
    """The time that is `value` seconds since 1970-01-01 UTC, as `time.time()` says it."""
    try:
        us = round(value * 1_000_000)
    except (ArithmeticError, ValueError):  # infinity, NaN
        us = _NEVER
    if is_plausible(us):
        return b'"%b"' % format_us(us).encode()
    smaller = (unit for unit, many in _UNITS if is_plausible(us // many))
    wrong.append(
        Fault("timestamp", "timestamp", "seconds since 1970, of 1900 to 2199", next(smaller, "another number"))
    )
    return b'""'


def _is_object(text: bytes, value: object) -> bool:
    """Whether a value that is `text` in JSON has keys of its own; bytes are an object there only because of base64."""
    return text[0] == _OBJECT and not issubclass(type(value), bytes | bytearray | memoryview)


def _refused(message_id: str, path: str, expected: str, value: object) -> Receipt:
    return Receipt(False, message_id, "invalid", (Fault(path, "type", expected, _kind_of(value)),))


def _kind_of(value: object) -> str:
    return "nothing" if value is None else "empty text" if plain_text(value) == "" else type(value).__name__
