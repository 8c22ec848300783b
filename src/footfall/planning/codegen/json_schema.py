"""Writes a plan as JSON Schema, draft 2020-12: what the properties of each event are, as a sender has them.

It says what the validator says, but for what JSON Schema has no word for: rules over several properties, bounds of a
decimal that travels as text, and that `1.0` is no integer. The scale of a decimal is a note (`x-scale`): its keyword
would be `multipleOf: 0.01`, by which every validator that computes with doubles refuses many right amounts. `format`
only annotates; the pattern beside it decides, so that a reader that does and one that does not check formats agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from footfall.plan.bundle import bundle_hash
from footfall.plan.checking.formats import UUID
from footfall.plan.durations import format_duration
from footfall.plan.model import Event, Plan, Property
from footfall.planning.codegen.ecma import ecma_pattern
from footfall.planning.format_patterns import FORMAT_PATTERNS
from footfall.timestamps import DATETIME

__all__ = ["DIALECT", "event_schema", "plan_schema", "property_schema", "schema_id", "schema_text"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]
_encoder = msgspec.json.Encoder(decimal_format="number")

_DAY = (
    r"(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|"
    r"02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_DECIMAL_TEXT = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?$"
# The names that JSON Schema itself has for formats of ours; its `date-time` has fewer spellings than ours.
_KNOWN_FORMATS = frozenset({"date", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uri", "uuid"})
_NULL: Schema = {"type": "null"}


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as JSON for people: indented, decimals with their digits, a newline at the end."""
    return msgspec.json.format(_encoder.encode(schema), indent=2).decode() + "\n"


def schema_id(plan: Plan, event: str) -> str:
    """The `$id` of the schema of an event, by name."""
    return f"urn:footfall:{plan.id}:{event}"


def event_schema(event: Event, plan: Plan) -> Schema:
    """The schema of one event's properties, as a document of its own."""
    return {"$schema": DIALECT, "$id": schema_id(plan, event.name), **_event(event)}


def plan_schema(plan: Plan) -> Schema:
    """One document: the properties of each event under `$defs`, and for the root a track message of any of them."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:footfall:{plan.id}",
        "title": plan.id,
        **({"description": plan.description} if plan.description else {}),
        "$comment": f"made by footfall plan codegen json-schema from the bundle {bundle_hash(plan)}",
        "type": "object",
        "required": ["event"],
        "anyOf": [_message(event) for event in plan.events.values()] or [False],
        "$defs": {event.name: _event(event) for event in plan.events.values()},
    }


def _message(event: Event) -> Schema:
    names = dict.fromkeys((event.wire_name, event.name, *(alias.name for alias in event.aliases)))
    needs = ["properties"] if any(prop.required for prop in event.properties) else []
    body = {"event": {"enum": list(names)}, "properties": {"$ref": f"#/$defs/{event.name}"}}
    return {"properties": body, **({"required": needs} if needs else {})}


def _event(event: Event) -> Schema:
    schema: Schema = {"title": event.name}
    if event.description:
        schema["description"] = event.description
    if event.status == "deprecated":
        schema["deprecated"] = True
    if event.rules:
        schema["$comment"] = "; ".join(f"rule {rule.id}: {rule.check}" for rule in event.rules)
    return {**schema, **_object(Property(type="object", properties=event.properties, additional=event.additional))}


def property_schema(prop: Property) -> Schema:
    """The schema of one property's value."""
    schema: Schema = {}
    if prop.description:
        schema["description"] = prop.description
    schema |= _nullable(_FORMS[prop.type](prop)) if prop.nullable else _FORMS[prop.type](prop)
    if prop.examples:
        schema["examples"] = list(prop.examples)
    retention = None if prop.retention is None else format_duration(prop.retention)
    said = {key: getattr(prop, key) for key in ("unit", "currency", "sensitivity", "transform")}
    schema |= {f"x-{key}": value for key, value in (said | {"retention": retention}).items() if value is not None}
    return schema


def _nullable(schema: Schema) -> Schema:
    made = dict(schema)
    if "anyOf" in made:
        made["anyOf"] = [*made["anyOf"], _NULL]
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    if "type" in made:
        made["type"] = [made["type"], "null"]
    return made


def _limited(schema: Schema, prop: Property, **keys: str) -> Schema:
    found = ((keyword, getattr(prop, key)) for keyword, key in keys.items())
    return {**schema, **{keyword: limit for keyword, limit in found if limit is not None}}


def _enum(prop: Property) -> Schema:
    members = [member for member in prop.enum if isinstance(member, _ENUM_TYPES.get(prop.type, object))]
    if not prop.enum:
        return {}
    # An open enum takes every value of the type: the members are there to be read.
    return {"anyOf": [{"enum": members}, {"type": prop.type}]} if prop.open else {"enum": members}


_ENUM_TYPES: Mapping[str, type] = {"integer": int, "string": str}


def _union(prop: Property) -> Schema:
    alone = (msgspec.structs.replace(prop, type=name, types=()) for name in prop.types)
    return {"anyOf": [_FORMS[one.type](one) for one in alone]}


def _string(prop: Property) -> Schema:
    schema = _limited({"type": "string", **_enum(prop)}, prop, minLength="min_length", maxLength="max_length")
    patterns = [] if prop.pattern is None else [prop.pattern]
    form = FORMAT_PATTERNS.get(prop.format or "")
    if form is not None:
        patterns.append(rf"\A(?:{form})\Z")
        schema |= {"format": prop.format} if prop.format in _KNOWN_FORMATS else {}
    told = [ecma_pattern(pattern) for pattern in patterns]
    sayable = [pattern for pattern in told if pattern is not None]
    if len(sayable) == 1:
        schema["pattern"] = sayable[0]
    elif sayable:
        schema["allOf"] = [{"pattern": pattern} for pattern in sayable]
    if None in told:
        schema["$comment"] = f"a match of {prop.pattern}, in Python's words"
    return schema


def _integer(prop: Property) -> Schema:
    return _limited({"type": "integer", **_enum(prop)}, prop, minimum="min", maximum="max")


def _number(prop: Property) -> Schema:
    # A number is a double, and so are its bounds.
    bounds = {"minimum": prop.min, "maximum": prop.max}
    return {"type": "number", **{key: float(bound) for key, bound in bounds.items() if bound is not None}}


def _decimal(prop: Property) -> Schema:
    number = _limited({"type": "number"}, prop, minimum="min", maximum="max")
    if prop.scale is not None:
        number |= {"x-scale": prop.scale} if prop.scale else {"multipleOf": 1}
    return {"anyOf": [number, {"type": "string", "pattern": _DECIMAL_TEXT}]}


def _object(prop: Property) -> Schema:
    required = [part.wire_name or part.name for part in prop.properties if part.required]
    return {
        "type": "object",
        "properties": {part.wire_name or part.name: property_schema(part) for part in prop.properties},
        **({"required": required} if required else {}),
        "additionalProperties": prop.additional is True,
    }


def _array(prop: Property) -> Schema:
    items = {} if prop.items is None else property_schema(prop.items)
    return _limited({"type": "array", "items": items}, prop, minItems="min_items", maxItems="max_items")


def _map(prop: Property) -> Schema:
    values = {} if prop.values is None else property_schema(prop.values)
    schema = {"type": "object", "additionalProperties": values}
    return _limited(schema, prop, minProperties="min_items", maxProperties="max_items")


def _text(pattern: str, form: str) -> Schema:
    return {"type": "string", "format": form, "pattern": pattern}


_FORMS: Mapping[str, Callable[[Property], Schema]] = {
    "any": lambda prop: {} if prop.nullable else {"not": _NULL},
    "array": _array,
    "boolean": lambda _: {"type": "boolean"},
    "date": lambda _: _text(f"^{_DAY}$", "date"),
    # Without a format: readers that check it go by RFC 3339, which has fewer spellings than the pattern.
    "datetime": lambda _: {"type": "string", "pattern": f"^{DATETIME}$"},
    "decimal": _decimal,
    "integer": _integer,
    "map": _map,
    "number": _number,
    "object": _object,
    "string": _string,
    "union": _union,
    "uuid": lambda _: _text(f"^{UUID.pattern}$", "uuid"),
}
