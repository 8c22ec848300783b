"""The form of a message of which only its being sent is kept (`count_only`), for the client and the collector alike.

It is `consent`, `type`, `messageId`, `timestamp` (its hour), `event` or `name`, and `properties`: those of sensitivity
`public`, and no other. Of a page `status`, `origin` and `embedded` are public unless the plan says otherwise. Of a
context there is what marks a message as nobody's: `bot`, and `staff`. A word that web capture itself writes there, or
as an origin, has to be one of `footfall.web_words`: any other could be a name. Kept values have the digits that were
sent.
Making this form of a message that has it already changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from footfall.events import MESSAGE_TYPES, Fault
from footfall.plan.calls import Call, keys_of
from footfall.plan.model import Event, Plan, Property
from footfall.timestamps import hour_text, parse_timestamp
from footfall.web_words import BOT_REASONS, ORIGINS

__all__ = ["COUNT_ONLY", "CountedForm", "faults_of_counted"]

COUNT_ONLY: Final = b'{"consent":"count_only"'
"""How the JSON of such a message begins."""

_PUBLIC = "public"
_OF_THE_WHOLE = frozenset({"required", "rule"})
_TYPES = frozenset(MESSAGE_TYPES)
_NAMES = {"page": "name", "screen": "name", "track": "event"}
_MAX_ID = 200
# An id of these characters changes nothing of the form of the rest. Imported logs have many messages of the same rest.
_begins_like_others = re.compile(
    rb'\{"consent":"count_only","type":"([a-z]+)","messageId":"[\w.-]{1,%d}"' % _MAX_ID
).match
_MOST_KEPT, _LONGEST_KEPT = 1_024, 1_024  # messages, bytes
# As `list_version` of the web part says it.
_is_list = re.compile(r"[0-9]{1,4}(?:\+is-crawler-[0-9][0-9.]{0,15})?", re.ASCII).fullmatch
_LONGEST_TIME = 64  # characters
_NOTHING = msgspec.Raw()


class _Parts(msgspec.Struct):
    properties: msgspec.Raw = _NOTHING
    context: msgspec.Raw = _NOTHING


_decode_parts = msgspec.json.Decoder(_Parts).decode
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.encode

_Cut = Callable[[msgspec.Raw], msgspec.Raw | None]
"""Gives what is public of a JSON value; None for nothing."""


def faults_of_counted(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Those faults of such a message's properties that are not only due to what is left out."""
    return tuple(fault for fault in faults if fault.code not in _OF_THE_WHOLE)


class CountedForm:
    """Makes this form of the messages of one plan; without a plan their properties are kept as they are."""

    def __init__(self, plan: Plan | None) -> None:
        self._plan = plan
        self._ids = set() if plan is None else {plan.identity.device, plan.identity.account}
        self._events: dict[str, Mapping[str, _Cut]] = {}
        self._pages: dict[tuple[str, ...], Mapping[str, _Cut]] = {}
        # What messages say besides their id that had this form already.
        self._kept_forms: set[tuple[bytes, bytes, str, object, str | None]] = set()

    def of(
        self,
        message: bytes | bytearray,
        event: Event | None,
        *,
        type_: object = None,
        timestamp: object = None,
        data: Mapping[str, object] | None = None,
    ) -> bytes:
        """The form of a message, a JSON object. `event` is the plan's event that it is about, if it is one.

        `type_` and `timestamp` go before what the message itself says. `data` is what it decodes to, where that is
        known. Raises msgspec.DecodeError for no object.
        """
        like_others = _begins_like_others(message)
        if like_others is None or type(type_) is not str or type(timestamp) is not str:
            return self._of(message, event, type_, timestamp, data)
        text = bytes(message)
        rest = (like_others[1], text[like_others.end() :], type_, timestamp, None if event is None else event.name)
        if rest in self._kept_forms:
            return text
        form = self._of(message, event, type_, timestamp, data)
        if form == text and len(form) <= _LONGEST_KEPT:
            if len(self._kept_forms) >= _MOST_KEPT:
                self._kept_forms.clear()
            self._kept_forms.add(rest)
        return form

    def _of(
        self,
        message: bytes | bytearray,
        event: Event | None,
        type_: object,
        timestamp: object,
        data: Mapping[str, object] | None,
    ) -> bytes:
        parts = _decode_parts(message)
        data = _decode_texts(message) if data is None else data
        type_ = _text(data, "type") if type_ is None else type_
        kept: dict[str, Any] = {"consent": "count_only"}
        if type_ in _TYPES:
            kept["type"] = type_
        message_id = _text(data, "messageId")
        if message_id is not None and 0 < len(message_id) <= _MAX_ID:
            kept["messageId"] = message_id
        hour = _hour(_text(data, "timestamp") if timestamp is None else timestamp)
        if hour is not None:
            kept["timestamp"] = hour
        key = _NAMES.get(type_, "") if type(type_) is str else ""
        name = _text(data, key)
        if name is not None:
            kept[key] = name
        public = self._public(event, type_, name)
        properties = _members(parts.properties)
        if public is None:
            kept["properties"] = properties
        else:
            kept["properties"] = _public_members(properties, public)
        marks = _marks(_members(parts.context))
        if marks:
            kept["context"] = marks
        return _encode(kept)

    def of_page(self, message_id: str, at_us: int, name: str, properties: bytes, context: bytes) -> bytes:
        """What `of` makes of a page view of these parts, with fewer steps.

        `at_us` is its time in microseconds since 1970-01-01 UTC, of 1900 to 2199, `properties` are a JSON object, and
        `context` is one without its braces. The name is neither empty nor has it half a character.
        """
        public, members = self._public(None, "page", name), _decode_members(properties)
        kept: dict[str, Any] = {
            "consent": "count_only",
            "type": "page",
            "messageId": message_id,
            "timestamp": hour_text(at_us),
            "name": name,
            "properties": members if public is None else _public_members(members, public),
        }
        if (b'"bot"' in context or b'"staff"' in context) and (marks := _marks(_decode_members(b"{%b}" % context))):
            kept["context"] = marks
        return _encode(kept)

    def _public(self, event: Event | None, type_: object, name: str | None) -> Mapping[str, _Cut] | None:
        if self._plan is None:
            return None
        if event is not None:
            public = self._events.get(event.name)
            if public is None:
                public = self._events[event.name] = self._cuts(event.properties)
            return public
        if type_ != "page" and type_ != "screen":
            return {}
        call = Call(str(type_), name or None)
        keys = tuple(key for key in keys_of(call) if key in self._plan.pages)
        if keys not in self._pages:
            declared: dict[str, Property] = {}
            for key in keys:
                for prop in self._plan.pages[key].properties:
                    declared.setdefault(prop.wire_name or prop.name, prop)
            built_in = {key: cut for key, cut in _OF_PAGES.items() if key not in declared}
            self._pages[keys] = {**built_in, **self._cuts(declared.values())}
        return self._pages[keys]

    def _cuts(self, properties: Iterable[Property]) -> dict[str, _Cut]:
        """How to cut each public property, by its name on the wire; one that names a device or group is an id."""
        return {
            prop.wire_name or prop.name: _cut_of(prop)
            for prop in properties
            if prop.sensitivity == _PUBLIC and prop.name not in self._ids
        }


def _cut_of(prop: Property) -> _Cut:
    if prop.type == "any":
        return lambda value: value
    inner = prop.items or prop.values
    if inner is not None and inner.sensitivity != _PUBLIC:
        return lambda _: None
    if prop.type == "array" and inner is not None:
        return _array_cut(_cut_of(inner))
    if prop.type == "map" and inner is not None:
        return _map_cut(_cut_of(inner))
    if prop.type == "object":
        parts = (part for part in prop.properties if part.sensitivity == _PUBLIC)
        return _object_cut({part.wire_name or part.name: _cut_of(part) for part in parts})
    return _scalar


def _scalar(value: msgspec.Raw) -> msgspec.Raw | None:
    return None if bytes(value).lstrip()[:1] in (b"{", b"[") else value


def _object_cut(public: Mapping[str, _Cut]) -> _Cut:
    def cut(value: msgspec.Raw) -> msgspec.Raw | None:
        return msgspec.Raw(_encode(_public_members(_members(value), public))) if _is(value, b"{") else _null(value)

    return cut


def _map_cut(inner: _Cut) -> _Cut:
    def cut(value: msgspec.Raw) -> msgspec.Raw | None:
        if not _is(value, b"{"):
            return _null(value)
        kept = {key: inner(part) for key, part in _members(value).items()}
        return msgspec.Raw(_encode({key: part for key, part in kept.items() if part is not None}))

    return cut


def _array_cut(inner: _Cut) -> _Cut:
    def cut(value: msgspec.Raw) -> msgspec.Raw | None:
        if not _is(value, b"["):
            return _null(value)
        return msgspec.Raw(_encode([part for part in map(inner, _decode_items(value)) if part is not None]))

    return cut


def _is(value: msgspec.Raw, start: bytes) -> bool:
    return bytes(value).lstrip()[:1] == start


def _null(value: msgspec.Raw) -> msgspec.Raw | None:
    return value if bytes(value).strip() == b"null" else None


def _public_members(members: Mapping[str, msgspec.Raw], public: Mapping[str, _Cut]) -> dict[str, msgspec.Raw]:
    kept = ((key, public[key](value)) for key, value in members.items() if key in public)
    return {key: value for key, value in kept if value is not None}


def _status(value: msgspec.Raw) -> msgspec.Raw | None:
    status = _decode(value)
    return value if type(status) is int and 100 <= status <= 599 else None


def _flag(value: msgspec.Raw) -> msgspec.Raw | None:
    return value if type(_decode(value)) is bool else None


def _one_of(fits: Callable[[str], object]) -> _Cut:
    def cut(value: msgspec.Raw) -> msgspec.Raw | None:
        text = _decode(value)
        return value if type(text) is str and fits(text) else None

    return cut


_OF_BOTS: Mapping[str, _Cut] = {"list": _one_of(_is_list), "reason": _one_of(BOT_REASONS.__contains__)}

# Properties that web capture itself gives to pages, in the only form in which it does.
_OF_PAGES: Mapping[str, _Cut] = {"status": _status, "origin": _one_of(ORIGINS.__contains__), "embedded": _flag}


def _members(value: msgspec.Raw | None) -> Mapping[str, msgspec.Raw]:
    return _decode_members(value) if value is not None and _is(value, b"{") else {}


def _text(data: Mapping[str, object], key: str) -> str | None:
    value = data.get(key)
    return value if type(value) is str else None


def _decode_texts(message: bytes | bytearray) -> Mapping[str, object]:
    """What a message says as text; of each number there are only its digits, which may be too many to decode."""
    return {key: _decode(value) for key, value in _decode_members(message).items() if _is(value, b'"')}


def _hour(timestamp: object) -> str | None:
    """The hour of a time, as it is kept. What has this form says no more, so that many messages say the same."""
    is_short = type(timestamp) is str and len(timestamp) <= _LONGEST_TIME
    return _kept_hour(timestamp) if is_short else _read_hour(timestamp)


def _read_hour(timestamp: object) -> str | None:
    moment = parse_timestamp(timestamp)
    return None if moment is None else hour_text(moment)


_kept_hour = lru_cache(maxsize=256)(_read_hour)


def _marks(context: Mapping[str, msgspec.Raw]) -> dict[str, Any]:
    """What marks a message as nobody's: that it is a bot's, why and by which list; that it is of own people."""
    marks: dict[str, Any] = {}
    bot = context.get("bot")
    if bot is not None and _is(bot, b"{"):
        marks["bot"] = dict(sorted(_public_members(_members(bot), _OF_BOTS).items()))
    staff = context.get("staff")
    if staff is not None and bytes(staff).strip() == b"true":
        marks["staff"] = True
    return marks
