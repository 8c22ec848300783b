"""Writes a plan as JSON Schema: the one writer, for `plan codegen json-schema` and for the exports to other tools.

It says what the validator says, apart from what JSON Schema cannot express: rules over several properties, bounds of a
decimal that travels as text, and that `1.0` is not an integer. The scale of a decimal is a note (`x-scale`), because by
`multipleOf: 0.01` a validator that computes with doubles refuses many correct amounts. A time never has a `format`:
readers that check it follow RFC 3339, which allows fewer spellings than the plan; the pattern decides.

Two dialects are written, which agree on everything that `SchemaDialect` has no field for. The table of their
differences is in tracking_plans/COMMANDS.md, under `footfall plan export`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from footfall.plan.bundle import bundle_hash
from footfall.plan.checking.explain import DECIMAL_TEXT
from footfall.plan.durations import format_duration
from footfall.plan.model import Event, Plan, Property
from footfall.planning.codegen.ecma import ecma_pattern
from footfall.planning.codegen.wording import compact
from footfall.planning.format_patterns import FORMAT_PATTERNS

__all__ = [
    "DECIMAL_PATTERN",
    "DRAFT_2020_12", "FORMATS_AS_ECMA", "KNOWN_FORMATS", "SCALE", "VALIDATION", "SchemaDialect", "event_schema",
    "members_schema", "plan_schema", "property_schema", "schema_id", "schema_text",
]  # fmt: skip

DRAFT_2020_12: Final = "https://json-schema.org/draft/2020-12/schema"

SCALE: Final = "x-scale"
"""The keyword of ours that says how many decimals a number may have."""

KNOWN_FORMATS: Final = frozenset({"date", "email", "hostname", "ipv4", "ipv6", "time", "uri", "uuid"})
"""The formats of a plan that JSON Schema has had by the same names since draft 7, and `uuid`."""

DECIMAL_PATTERN: Final = f"^{DECIMAL_TEXT.pattern}$"
"""The `pattern` of a decimal that travels as text."""

FORMATS_AS_ECMA: Final[Mapping[str, str | None]] = {
    name: ecma_pattern(rf"\A(?:{pattern})\Z") for name, pattern in FORMAT_PATTERNS.items()
}
"""Format of a plan -> the `pattern` that takes the same texts."""

Schema = dict[str, Any]
_LARGEST_DOUBLE = Decimal(sys.float_info.max)


class SchemaDialect(msgspec.Struct, frozen=True, kw_only=True):
    """How the readers of a schema differ.

    A decimal may be text with `decimal_text`. Bounds of a number are written with all their digits with `exact_bounds`,
    otherwise as the doubles that the plan compares. `non_null` takes any value but null. `pattern` gives a plan's
    pattern in ECMA-262, or None. `formats` are those whose names the readers know; with `trusts_formats` such a name
    needs no pattern beside it. `notes` gives the keywords that check nothing.
    """

    decimal_text: bool
    exact_bounds: bool
    non_null: Mapping[str, Any]
    pattern: Callable[[str], str | None]
    formats: frozenset[str]
    trusts_formats: bool
    notes: Callable[[Property], Schema]


def _notes(prop: Property) -> Schema:
    retention = None if prop.retention is None else format_duration(prop.retention)
    keys = {key: getattr(prop, key) for key in ("unit", "currency", "sensitivity", "transform")}
    notes = {f"x-{key}": value for key, value in (keys | {"retention": retention}).items() if value is not None}
    if prop.pattern is not None and ecma_pattern(prop.pattern) is None:
        notes["$comment"] = f"a match of {prop.pattern}, in Python's words"
    return notes


VALIDATION: Final = SchemaDialect(
    decimal_text=True,
    exact_bounds=False,
    non_null={"not": {"type": "null"}},
    pattern=ecma_pattern,
    formats=KNOWN_FORMATS | {"duration"},
    trusts_formats=False,
    notes=_notes,
)
"""For validators: what a client or collector refuses, any implementation of the draft refuses too."""


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as JSON for people: indented, decimals with their digits, a newline at the end."""
    return msgspec.json.format(compact(schema), indent=2) + "\n"


def schema_id(plan: Plan, event: str) -> str:
    """The `$id` of the schema of an event, by name."""
    return f"urn:footfall:{plan.id}:{event}"


def event_schema(event: Event, plan: Plan) -> Schema:
    """The schema of one event's properties, as a document, for validators."""
    return {"$schema": DRAFT_2020_12, "$id": schema_id(plan, event.name), **_event(event)}


def plan_schema(plan: Plan) -> Schema:
    """One document for validators: the properties of each event under `$defs`, the root a track message of any."""
    return {
        "$schema": DRAFT_2020_12,
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
    return {**schema, **members_schema(event.properties, VALIDATION, closed=True, additional=event.additional)}


def members_schema(
    properties: Iterable[Property], dialect: SchemaDialect, *, closed: bool, additional: bool | None = None
) -> Schema:
    """The schema of an object with these properties. `closed` decides about other keys where `additional` is None."""
    whole = Property(type="object", properties=tuple(properties), additional=additional)
    return {"type": "object", **_members(whole, dialect, closed)}


def _members(prop: Property, dialect: SchemaDialect, closed: bool) -> Schema:
    listed = {part.wire_name or part.name: part for part in prop.properties}
    required = [name for name, part in listed.items() if part.required]
    return {
        "properties": {name: property_schema(part, dialect, closed=closed) for name, part in listed.items()},
        **({"required": required} if required else {}),
        "additionalProperties": not closed if prop.additional is None else prop.additional,
    }


def property_schema(prop: Property, dialect: SchemaDialect, *, closed: bool) -> Schema:
    """The schema of one property's values; `closed` is that of `members_schema`, for the objects inside."""
    kinds = prop.types or (prop.type,)
    schema: Schema = {"description": prop.description} if prop.description else {}
    schema |= _types_and_members(prop, dialect, [word for kind in kinds for word in _types(kind, dialect)])
    # A keyword concerns the values of its type alone, so those of a union's types need no `anyOf`.
    for kind in kinds:
        schema |= _KEYWORDS[kind](prop, dialect, closed) if kind in _KEYWORDS else {}
    if prop.examples:
        schema["examples"] = list(prop.examples)
    return schema | dialect.notes(prop)


def _types(kind: str, dialect: SchemaDialect) -> tuple[str, ...]:
    if kind == "decimal":
        return ("number", "string") if dialect.decimal_text else ("number",)
    return (_JSON_TYPES.get(kind, kind),)


_JSON_TYPES: Mapping[str, str] = {"date": "string", "datetime": "string", "map": "object", "uuid": "string"}


def _types_and_members(prop: Property, dialect: SchemaDialect, types: list[str]) -> Schema:
    if prop.type == "any":
        return {} if prop.nullable else dict(dialect.non_null)
    members: list[Any] = list(prop.enum)
    if prop.nullable:
        types = [*types, "null"]
        members += [None] if members else []
    stated = types[0] if len(types) == 1 else types
    if prop.open and members:
        # An open enum takes every value of its types: the members are what a reader should expect.
        return {"anyOf": [{"enum": members}, {"type": stated}]}
    return {"type": stated, **({"enum": members} if members else {})}


def _limits(prop: Property, **keys: str) -> Schema:
    limits = {keyword: getattr(prop, key) for keyword, key in keys.items()}
    return {keyword: limit for keyword, limit in limits.items() if limit is not None}


def _bounds(prop: Property, dialect: SchemaDialect, _closed: bool) -> Schema:
    exact = dialect.exact_bounds or "number" not in (prop.type, *prop.types)
    bounds = _limits(prop, minimum="min", maximum="max")
    return {keyword: _plain(bound if exact else _double(bound)) for keyword, bound in bounds.items()}


def _double(bound: Decimal) -> Decimal:
    """A number of a plan is a double, and so are its bounds; one that is beyond doubles becomes the largest."""
    near = float(min(max(bound, -_LARGEST_DOUBLE), _LARGEST_DOUBLE))
    return bound if Decimal(near) == bound else Decimal(repr(near))


def _plain(bound: Decimal) -> int | Decimal:
    """A bound as JSON writes it: without a point where it is whole."""
    return int(bound) if bound == bound.to_integral_value() and abs(bound) < 10**18 else bound


def _decimal(prop: Property, dialect: SchemaDialect, closed: bool) -> Schema:
    schema = _bounds(prop, dialect, closed)
    if prop.scale is not None:
        schema |= {SCALE: prop.scale} if prop.scale else {"multipleOf": 1}
    return {**schema, "pattern": DECIMAL_PATTERN} if dialect.decimal_text else schema


def _string(prop: Property, dialect: SchemaDialect, _closed: bool) -> Schema:
    lengths = _limits(prop, minLength="min_length", maxLength="max_length")
    return {**lengths, **_spelling(prop.pattern, prop.format, dialect)}


def _spelling(pattern: str | None, form: str | None, dialect: SchemaDialect) -> Schema:
    """How a text is to be written: the keywords for a pattern and a format."""
    patterns = [] if pattern is None else [dialect.pattern(pattern)]
    if not dialect.trusts_formats or (pattern is None and form not in dialect.formats):
        patterns.append(FORMATS_AS_ECMA.get(form or ""))
    stated = [each for each in patterns if each is not None]
    schema: Schema = {"pattern": stated[0]} if len(stated) == 1 else {}
    if len(stated) > 1:
        schema["allOf"] = [{"pattern": each} for each in stated]
    named = form in dialect.formats or (dialect.trusts_formats and FORMATS_AS_ECMA["date-time"] not in stated)
    return {**schema, "format": form} if form is not None and named else schema


def _array(prop: Property, dialect: SchemaDialect, closed: bool) -> Schema:
    items = {} if prop.items is None else {"items": property_schema(prop.items, dialect, closed=closed)}
    return {**items, **_limits(prop, minItems="min_items", maxItems="max_items")}


def _map(prop: Property, dialect: SchemaDialect, closed: bool) -> Schema:
    values = {} if prop.values is None else property_schema(prop.values, dialect, closed=closed)
    limits = _limits(prop, minProperties="min_items", maxProperties="max_items")
    return {"additionalProperties": values or True, **limits}


def _object(prop: Property, dialect: SchemaDialect, closed: bool) -> Schema:
    # An object without known keys would else be read as one that takes any.
    return _members(prop, dialect, closed if prop.properties or prop.additional else True)


_KEYWORDS: Mapping[str, Callable[[Property, SchemaDialect, bool], Schema]] = {
    "array": _array,
    "date": lambda _, dialect, __: _spelling(None, "date", dialect),
    "datetime": lambda _, dialect, __: _spelling(None, "date-time", dialect),
    "decimal": _decimal,
    "integer": _bounds,
    "map": _map,
    "number": _bounds,
    "object": _object,
    "string": _string,
    "uuid": lambda _, dialect, __: _spelling(None, "uuid", dialect),
}
"""Type of a plan -> its keywords; the others have none."""
