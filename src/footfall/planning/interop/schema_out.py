"""Writes a property of the plan, or all those of an event, as a JSON Schema that judges values as the plan does.

What no keyword says (who may see a value, its unit, how long it is kept) is left out. A decimal becomes a number; the
plan also takes it as text, the schema does not. Its scale is a note that our import reads (`x-scale`): by `multipleOf:
0.01` a validator that computes with doubles refuses many right amounts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from footfall.plan.model import Event, Plan, Property
from footfall.planning.codegen.ecma import ecma_pattern
from footfall.planning.interop.ecma_in import read_ecma
from footfall.planning.interop.keywords import (
    ANNOTATIONS,
    ASIDE,
    COUNTS,
    DATETIME_PATTERN,
    NON_NULL,
    OWN_PATTERNS,
    SCALE,
)

__all__ = ["event_schema", "is_closed", "members_schema", "number", "property_schema"]

_KEYWORD_OF = {key: keyword for keyword, key in ANNOTATIONS.items()}
_NEEDS = re.compile(r"(\w+) is None or (\w+) is not None")
_LET_PASS = frozenset(("keep", "warn"))


def property_schema(prop: Property, *, closed: bool = False) -> dict[str, Any]:
    """The schema of one property's values.

    `closed` is whether an object that says nothing of keys that it does not name refuses them.
    """
    schema = _union(prop) if prop.types else dict(_TYPES[prop.type])
    if prop.type in _INNER:
        schema.update(_INNER[prop.type](prop, closed))
    pattern = _portable(prop.pattern)
    if pattern is not None:
        schema["pattern"] = pattern
    if prop.format is not None:
        if prop.format in OWN_PATTERNS and prop.pattern is None:
            schema["pattern"] = OWN_PATTERNS[prop.format]
        if schema.get("pattern") != DATETIME_PATTERN:
            schema["format"] = prop.format
    for bound, keyword in (("min", "minimum"), ("max", "maximum")):
        value = getattr(prop, bound)
        if value is not None:
            schema[keyword] = number(value)
    for key, keyword in _MAP_COUNTS.items() if prop.type == "map" else COUNTS.items():
        value = getattr(prop, key)
        if value is not None:
            schema[keyword] = value
    if prop.scale is not None:
        schema |= {SCALE: prop.scale} if prop.scale else {"multipleOf": 1}
    _null_and_enum(prop, schema)
    return _described(prop.description, prop.examples, prop.x, schema)


def members_schema(properties: Iterable[Property], *, closed: bool, additional: bool | None = None) -> dict[str, Any]:
    """The schema of an object with these properties. `closed` is what counts where `additional` is None."""
    listed = list(properties)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {prop.wire_name or prop.name: property_schema(prop, closed=closed) for prop in listed},
    }
    required = [prop.wire_name or prop.name for prop in listed if prop.required]
    if required:
        schema["required"] = required
    schema["additionalProperties"] = not closed if additional is None else additional
    return schema


def event_schema(event: Event, plan: Plan) -> dict[str, Any]:
    """The schema of the properties of an event, with those of its rules that JSON Schema can say."""
    schema: dict[str, Any] = {}
    if event.description:
        schema["description"] = event.description
    schema.update(members_schema(event.properties, closed=is_closed(event, plan), additional=event.additional))
    _rules(event, schema)
    if event.status == "deprecated":
        schema["deprecated"] = True
    return _described(event.description, (), event.x, schema)


def is_closed(event: Event, plan: Plan) -> bool:
    """Whether the collector refuses keys that nobody named, in an object that says nothing of them."""
    policy = event.enforcement.get("collector") or plan.enforcement.get("collector")
    return policy is not None and policy.unknown_property not in _LET_PASS


def number(value: Decimal) -> int | Decimal:
    """A bound as JSON writes it: without a point where it is whole."""
    return int(value) if value == value.to_integral_value() and abs(value) < 10**18 else value


def _portable(pattern: str | None) -> str | None:
    """A pattern in ECMA-262: as it stands where it means the same there, None where it cannot be said."""
    if pattern is None:
        return None
    try:
        read = read_ecma(pattern)
    except ValueError:
        return ecma_pattern(pattern)
    return pattern if read == (pattern, ()) else ecma_pattern(pattern)


def _union(prop: Property) -> dict[str, Any]:
    # A keyword speaks of the values of its own type alone, so those of all members stand side by side.
    schema: dict[str, Any] = {"type": [_TYPES[word]["type"] for word in prop.types]}
    for word in prop.types:
        schema = {**_TYPES[word], **schema}
    return schema


def _null_and_enum(prop: Property, schema: dict[str, Any]) -> None:
    if prop.type == "any" and not prop.nullable:
        schema["type"] = list(NON_NULL)
    members: list[Any] = list(prop.enum)
    if prop.nullable and prop.type != "any":
        stated = schema["type"]
        schema["type"] = [*(stated if isinstance(stated, list) else [stated]), "null"]
        if members:
            members.append(None)
    if prop.open:
        # Known values and any other: a choice that holds for all, and still tells what to expect.
        schema["anyOf"] = [{"enum": members}, {"type": schema.pop("type")}]
    elif members:
        schema["enum"] = members


def _described(
    description: str, examples: tuple[Any, ...], x: Mapping[str, Any], schema: dict[str, Any]
) -> dict[str, Any]:
    if description:
        schema["description"] = description
    if examples:
        schema["examples"] = list(examples)
    for key, value in x.items():
        if key != ASIDE:
            schema[_KEYWORD_OF.get(key, key)] = value
    aside = x.get(ASIDE)
    if isinstance(aside, Mapping):
        schema.update(aside)
    return schema


def _rules(event: Event, schema: dict[str, Any]) -> None:
    wire = {prop.name: prop.wire_name or prop.name for prop in event.properties if not prop.nullable}
    whole = " or ".join(f"{prop.name} is not None" for prop in event.properties)
    needs: dict[str, list[str]] = {}
    for rule in event.rules:
        match = _NEEDS.fullmatch(rule.check)
        if match and match[1] in wire and match[2] in wire:
            needs.setdefault(wire[match[1]], []).append(wire[match[2]])
        elif rule.check == whole and len(wire) == len(event.properties):
            schema["minProperties"] = 1
    if needs:
        schema["dependencies"] = needs


def _object(prop: Property, closed: bool) -> dict[str, Any]:
    schema = members_schema(prop.properties, closed=closed, additional=prop.additional)
    # An object without known keys would else be read as one that takes any.
    return schema if prop.properties or prop.additional else {**schema, "additionalProperties": False}


def _array(prop: Property, closed: bool) -> dict[str, Any]:
    return {"items": property_schema(prop.items, closed=closed)} if prop.items is not None else {}


def _map(prop: Property, closed: bool) -> dict[str, Any]:
    values = property_schema(prop.values, closed=closed) if prop.values is not None else {}
    return {"additionalProperties": values or True}


_MAP_COUNTS = {"min_items": "minProperties", "max_items": "maxProperties"}
_INNER: Mapping[str, Callable[[Property, bool], dict[str, Any]]] = {
    "object": _object, "array": _array, "map": _map,
}  # fmt: skip
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "any": {},
    "array": {"type": "array"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "pattern": DATETIME_PATTERN},
    "decimal": {"type": "number"},
    "integer": {"type": "integer"},
    "map": {"type": "object"},
    "number": {"type": "number"},
    "object": {"type": "object"},
    "string": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
}
