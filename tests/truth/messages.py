"""Messages as a report reads them, by loops alone: whose each is, its event in the plan, and its typed properties.

Who a message is of is said by the pure rules of `footfall.identity`. Nothing here is of `footfall.analytics`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from tests.truth.log import CONTEXTS

from footfall.identity.attribution import Observation, attribute, namespace
from footfall.plan.model import CalendarWindow, KpiWindow, Plan, Property, Where
from footfall.storage import Row

__all__ = ["MISSING", "SECOND", "Asked", "Message", "Subject", "meets", "messages_of", "subject_of", "within"]

SECOND = 1_000_000
_CALLS = ("page", "screen", "identify", "group")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,9})?", re.ASCII)
_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MISSING = object()
"""What a value is that is there, and not of the plan's type."""


class Asked(NamedTuple):
    """The window of a report and its moment, in microseconds since 1970 UTC."""

    since: int | None
    until: int | None
    now: int

    def span(self, seconds: KpiWindow) -> tuple[int | None, int]:
        """Since and until of a figure that looks back so far."""
        assert not isinstance(seconds, CalendarWindow), "the plans of these logs have none"
        end = self.now if self.until is None else self.until
        if self.since is not None:
            return self.since, end
        return None if seconds is None else end - seconds * SECOND, end


class Message(NamedTuple):
    """A stored message and whose it is. `event` is its name in the plan; `body` is read with every digit."""

    row: Row
    event: str | None
    body: Any
    person: str
    reason: str
    counted: bool

    @property
    def at(self) -> int:
        return self.row.occurred_at

    @property
    def audience(self) -> str:
        """Of whom it is: people, a bot, or staff."""
        context = self.body.get("context")
        return next((whose for text, whose in CONTEXTS.items() if json.loads(text) == context), "people")

    @property
    def actor(self) -> str | None:
        """The person or the device; None where it is neither."""
        return self.person if self.counted or self.reason == "device" else None


def messages_of(rows: Sequence[Row], plan: Plan) -> list[Message]:
    """Every message of production with its person, by these alone."""
    rows = [row for row in rows if row.environment is None]
    persons = attribute(
        (
            Observation(
                row.source, row.message_id, row.type, row.occurred_at, row.user_id, row.anonymous_id, row.device_id,
                row.previous_id, nobody_of(json.loads(row.body)),
            )
            for row in rows
        ),
        namespace(plan.id),
    )  # fmt: skip
    messages = []
    for row in rows:
        who = persons[row.source, row.message_id]
        body = json.loads(row.body, parse_float=Decimal)
        messages.append(Message(row, _event_of(row, plan), body, who.person_id, who.reason, who.counted))
    return messages


def nobody_of(body: Any) -> Literal["unconsented", "bot"] | None:
    """Why a message may be without an id."""
    context = body.get("context")
    if isinstance(context, dict) and isinstance(context.get("bot"), dict):
        return "bot"
    return "unconsented" if body.get("consent") == "count_only" else None


def _event_of(row: Row, plan: Plan) -> str | None:
    for event in plan.events.values():
        if row.event == event.name:
            return event.name
    for event in plan.events.values():
        if row.event == event.wire_name:
            return event.name
        for alias in event.aliases:
            until = alias.until and datetime.fromisoformat(alias.until).replace(tzinfo=ZoneInfo(plan.timezone))
            if row.event == alias.name and (not until or row.received_at < until.timestamp() * SECOND):
                return event.name
    return row.event


class Subject(NamedTuple):
    """What a measure names: the messages of it, in all of the data, and its properties."""

    messages: Sequence[Message]
    properties: Mapping[str, Property]
    part: str

    def value(self, message: Message, name: str) -> Any:
        """The value of a property: MISSING where it is not of the plan's type, None where there is none."""
        prop = self.properties[name]
        body: Any = message.body
        if self.part == "traits" and message.row.traits is not None:
            body = {"traits": json.loads(message.row.traits, parse_float=Decimal)}
        members = body.get(self.part)
        raw = members.get(prop.wire_name or prop.name) if isinstance(members, dict) else None
        return None if raw is None else _typed(prop, raw)

    def read(self, message: Message, name: str) -> Any:
        value = self.value(message, name)
        return None if value is MISSING else value


def _typed(prop: Property, raw: Any) -> Any:
    match prop.type:
        case "boolean":
            return raw if isinstance(raw, bool) else MISSING
        case "integer":
            return Decimal(raw) if type(raw) is int else MISSING
        case "number":
            return Decimal(raw) if type(raw) in (int, Decimal) else MISSING
        case "decimal":
            if type(raw) in (int, Decimal):
                return Decimal(raw)
            return Decimal(raw) if isinstance(raw, str) and _NUMBER.fullmatch(raw) else MISSING
    if not isinstance(raw, str):
        return MISSING
    if prop.type == "uuid" and _UUID.fullmatch(raw):
        return raw.lower()
    if prop.type == "datetime" and "T" in raw:
        return datetime.fromisoformat(raw).astimezone(UTC).isoformat()
    return raw


def subject_of(plan: Plan, messages: Sequence[Message], name: str) -> Subject:
    """What a figure or a step names."""
    if name in plan.events:
        chosen = [message for message in messages if message.row.type == "track" and message.event == name]
        return Subject(chosen, {prop.name: prop for prop in plan.events[name].properties}, "properties")
    kind, _, own_name = name.partition(":")
    assert kind in _CALLS
    chosen = [
        message
        for message in messages
        if message.row.type == kind and (not own_name or message.body.get("name") == own_name)
    ]
    keys = [key for key in (name, own_name, kind) if key in plan.pages]
    properties: dict[str, Property] = {}
    for prop in (prop for key in keys for prop in plan.pages[key].properties):
        properties.setdefault(prop.name, prop)
    traits = {"identify": "user", "group": "account"}.get(kind)
    for prop in plan.traits.get(traits, ()) if traits else ():
        properties.setdefault(prop.name, prop)
    return Subject(chosen, properties, "traits" if traits else "properties")


def meets(subject: Subject, message: Message, where: Sequence[Where]) -> bool:
    """Whether a message meets all conditions."""
    for part in where:
        value = subject.read(message, part.property)
        if part.op in ("in", "not_in"):
            listed = [Decimal(str(v)) if _is_number(v) else v for v in part.values]
            if any(value == v and type(value) is type(v) for v in listed) != (part.op == "in"):
                return False
            continue
        bound = Decimal(str(part.values[0]))
        if value is None or not _compare(part.op, value, bound):
            return False
    return True


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _compare(op: str, value: Decimal, bound: Decimal) -> bool:
    return {"gt": value > bound, "gte": value >= bound, "lt": value < bound, "lte": value <= bound}[op]


def within(at: int, span: tuple[int | None, int]) -> bool:
    """Whether a time lies in a window, whose end is no part of it."""
    return (span[0] is None or at >= span[0]) and at < span[1]
