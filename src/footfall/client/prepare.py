"""Prepare: from a call to the bytes that are queued: scope, hooks, the plan's judgement, and one JSON object.

A message on the wire is `type, messageId, timestamp, userId?, anonymousId?, event?, properties?, context`, in this
order. `context` ends with the client's id and the message's number, which the outbox fills in. Nothing that the
caller handed in is changed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import orjson

from footfall.client.judge import Judge, PlanJudge
from footfall.client.message import KINDS, Hook, Kind, Message
from footfall.client.scope import NO_SCOPE, Scope
from footfall.clock import Clock
from footfall.encoding import encode
from footfall.errors import InvalidEventError
from footfall.events import Fault, Receipt

__all__ = ["NUMBER", "TAIL", "VERSION", "Preparer", "Ready"]

VERSION = "0.1.0"
_log = logging.getLogger("footfall")

TAIL = b"}}}"  # what follows the message's number

_OURS = frozenset({"client", "library", "plan", "violations"})
_TOLD = 20  # violations on the wire; the receipt has all
NUMBER = 20  # digits of the largest number there can be


class Ready(NamedTuple):
    """A message that only lacks its number: `head`, then the number, then `TAIL`."""

    head: bytes
    rank: int
    message_id: str
    faults: tuple[Fault, ...]


class Preparer:
    """Makes messages ready for the outbox. Holds no state of a message; may be shared by threads."""

    def __init__(self, judge: Judge, *, hooks: Sequence[Hook], clock: Clock, max_bytes: int, client_id: str) -> None:
        self._judge = judge
        self._hooks = tuple(hooks)
        self._clock = clock
        self._max_bytes = max_bytes
        self._second = (-1, b"")
        own: dict[str, object] = {"library": {"name": "footfall", "version": VERSION}}
        if isinstance(judge, PlanJudge):
            own["plan"] = {"id": judge.id, "bundle": judge.bundle}
        self._own = b'"context":' + orjson.dumps(own)[:-1]
        self._client = b',"client":{"id":%b,"seq":' % orjson.dumps(client_id)

    def prepare(self, message: Message, scope: Scope) -> Ready | Receipt:
        """The message made ready, or the receipt that says why there is none.

        Raises InvalidEventError where the judge says so.
        """
        if scope is not NO_SCOPE:
            message = _scoped(message, scope)
        if self._hooks:
            changed = self._hooked(message)
            if changed is None:
                return Receipt(False, None, "hook")
            message = changed
        kind = KINDS[message.type]
        faults: list[Fault] = []
        message_id = self._message_id(message.message_id, faults)
        head = self._head(message, kind, message_id, faults)
        if faults:
            return Receipt(False, message_id, "invalid", tuple(faults))
        return self._with_body(message, kind, message_id, head)

    def _with_body(self, message: Message, kind: Kind, message_id: str, head: bytes) -> Ready | Receipt:
        said: tuple[Fault, ...] = ()
        told: tuple[Fault, ...] = ()
        if kind.body_key is not None:
            properties = message.properties
            text, changed = encode({} if properties is None else properties)
            if text is None:
                return Receipt(False, message_id, "unencodable", changed)
            if text[:1] != b"{":
                return _refused(message_id, kind.body_key, "an object", properties)
            if kind.name_key == "event":
                body, told, warnings, action = self._judge.event(message.name, text, changed)
            elif kind.traits is not None:
                body, told, warnings, action = self._judge.traits(kind.traits, text, changed)
            else:
                body, told, warnings, action = self._judge.other(text, changed)
            said = told + warnings
            if action in ("drop", "raise"):
                receipt = Receipt(False, message_id, "invalid", said)
                if action == "raise":
                    raise InvalidEventError(str(message.name or message.type), receipt)
                return receipt
            head = b'%b"%b":%b,' % (head, kind.body_key.encode(), body)
        return self._with_context(message, kind.rank, message_id, head, (said, told))

    def _with_context(
        self, message: Message, rank: int, message_id: str, head: bytes, faults: tuple[tuple[Fault, ...], ...]
    ) -> Ready | Receipt:
        said, told = faults
        context = b""
        if message.context:
            given, notes = _own_keys_left_out(message.context)
            text, changed = encode(given)
            if text is None:
                return Receipt(False, message_id, "unencodable", _below("context", changed))
            if text[:1] != b"{":
                return _refused(message_id, "context", "an object", message.context)
            context = b"," + text[1:-1] if len(text) > 2 else b""
            changed = _below("context", changed)
            said += notes + changed
            told += changed
        if told:
            context += b',"violations":' + msgspec.json.encode(told[:_TOLD])
        head = b"%b%b%b%b" % (head, self._own, context, self._client)
        if len(head) + len(TAIL) + NUMBER > self._max_bytes:
            return Receipt(False, message_id, "too_large", said)
        return Ready(head, rank, message_id, said)

    def _hooked(self, message: Message) -> Message | None:
        # Hooks get copies: one that writes into them must not write into what the caller handed in.
        changed: Message | None = msgspec.structs.replace(
            message, properties=_copied(message.properties), context=_copied(message.context)
        )
        try:
            for hook in self._hooks:
                if changed is None:
                    return None
                changed = hook(changed)
        except Exception as error:  # noqa: BLE001 - a hook's error costs its message and nothing else
            # The class only: an error's text may hold what a property held.
            _log.warning("a message was dropped: a hook raised %s", type(error).__name__)
            return None
        return changed

    def _head(self, message: Message, kind: Kind, message_id: str, faults: list[Fault]) -> bytes:
        head = b'{"type":"%b","messageId":%b,"timestamp":%b,' % (
            message.type.encode(),
            _text(message_id),
            self._now() if message.timestamp is None else _timestamp(message.timestamp, faults),
        )
        if message.user_id is not None or kind.user_required:
            head += _id(b"userId", message.user_id, faults)
        if message.anonymous_id is not None:
            head += _id(b"anonymousId", message.anonymous_id, faults)
        name = message.name
        if kind.name_key is not None and (name is not None or kind.name_required):
            key = kind.name_key.encode()
            if kind.name_is_id:
                head += _id(key, name, faults)
            elif isinstance(name, str) and (name or not kind.name_required):
                head += b'"%b":%b,' % (key, _text(name))
            else:
                faults.append(Fault(kind.name_key, "type", "text that is not empty", _kind_of(name)))
        if message.category is not None:
            head += b'"category":%b,' % (encode(message.category)[0] or b"null")
        return head

    def _message_id(self, given: Any, faults: list[Fault]) -> str:
        if given is None:
            return self._clock.new_id()
        if isinstance(given, str | UUID) and (text := str(given)):
            return text
        faults.append(Fault("messageId", "type", "text that is not empty", _kind_of(given)))
        return ""

    def _now(self) -> bytes:
        seconds, micros = divmod(self._clock.now_us(), 1_000_000)
        known, text = self._second
        if known != seconds:
            text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
            self._second = (seconds, text)
        return b'"%b.%06dZ"' % (text, micros)


def _scoped(message: Message, scope: Scope) -> Message:
    context = message.context
    if scope.context:
        context = {**scope.context, **context} if isinstance(context, Mapping) else context or scope.context
    kind = KINDS[message.type]
    return msgspec.structs.replace(
        message,
        user_id=scope.user_id if message.user_id is None and kind.scope_user else message.user_id,
        anonymous_id=scope.anonymous_id
        if message.anonymous_id is None and kind.scope_anonymous
        else message.anonymous_id,
        context=context,
    )


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _own_keys_left_out(context: Any) -> tuple[Any, tuple[Fault, ...]]:
    if not isinstance(context, Mapping) or _OURS.isdisjoint(context):
        return context, ()
    notes = tuple(Fault(f"context.{key}", "reserved", "another key", key) for key in sorted(_OURS & context.keys()))
    return {key: value for key, value in context.items() if key not in _OURS}, notes


def _below(path: str, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(msgspec.structs.replace(fault, path=f"{path}.{fault.path}".rstrip(".")) for fault in faults)


def _text(value: str) -> bytes:
    if type(value) is str:
        try:
            return orjson.dumps(value)
        except TypeError:
            pass  # a lone surrogate
    return encode(value)[0] or b'""'


def _id(key: bytes, value: Any, faults: list[Fault]) -> bytes:
    if isinstance(value, str):
        return b'"%b":%b,' % (key, _text(value))
    if isinstance(value, int | UUID) and not isinstance(value, bool):
        return b'"%b":"%b",' % (key, str(value).encode())
    faults.append(Fault(key.decode(), "type", "text, an integer or a UUID", _kind_of(value)))
    return b""


def _timestamp(value: Any, faults: list[Fault]) -> bytes:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    text, changed = encode(value)
    if isinstance(value, str | datetime) and text is not None and text != b"null" and not changed:
        return text
    faults.append(Fault("timestamp", "type", "a datetime, a date or RFC 3339 text", _kind_of(value)))
    return b'""'


def _refused(message_id: str, path: str, expected: str, value: object) -> Receipt:
    return Receipt(False, message_id, "invalid", (Fault(path, "type", expected, _kind_of(value)),))


def _kind_of(value: object) -> str:
    return "nothing" if value is None else "empty text" if value == "" else type(value).__name__
