"""The plan format as JSON Schema, draft 2020-12, so that editors complete and check the YAML while it is written.

It is made from the tables that the plan is read by, so it knows every key that they know and no other. What needs the
whole plan, such as whether a name is defined or a bound fits its property, is left to `footfall plan check`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from footfall.plan.reading.conditions import ORDERINGS
from footfall.plan.reading.field_types import (
    ANYTHING,
    COUNT,
    DATE,
    DURATION,
    FLAG,
    LOCAL_TIME,
    MOMENT,
    NAME,
    NUMBER,
    PATTERN,
    SCALARS,
    TEXT,
    WINDOW,
    WORD,
    FieldType,
    ListOf,
    MapOf,
    OneOf,
    OneOrSeveral,
    Record,
    ScalarOr,
    TextOrTexts,
)
from footfall.plan.reading.schema import (
    COHORT,
    EVENT,
    FILE,
    GOAL,
    JOURNEY,
    KPI,
    PAGE,
    PROPERTY,
    PROPERTY_GROUP,
    SEGMENT,
    TYPE,
)
from footfall.planning.codegen.json_schema import DRAFT_2020_12
from footfall.planning.editor_help import ABOUT
from footfall.planning.grammar import (
    CONDITIONS,
    FIGURE,
    MEASURE,
    RULE,
    SESSION_CONDITIONS,
    Forms,
    Named,
    SessionConditions,
    kind_at,
)
from footfall.versions import PLAN_FORMAT

__all__ = ["editor_schema"]

Schema = dict[str, Any]

_DURATION = "[1-9][0-9]{0,10}[smhdw]"
_NAME = r"^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$"
_WORD = r"^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$"
_SCALAR = {"type": ["string", "number", "boolean", "null"]}
_STATED = {"type": ["string", "integer", "boolean"]}
_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}

_SIMPLE: Mapping[FieldType, Schema] = {
    ANYTHING: {},
    COUNT: {"type": "integer", "minimum": 0, "exclusiveMaximum": 2**53},
    DATE: {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    DURATION: {"type": "string", "pattern": f"^{_DURATION}$"},
    FLAG: {"type": "boolean"},
    MOMENT: {"type": "string", "pattern": f"^(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{_DURATION})$"},
    LOCAL_TIME: {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2})?$"},
    NAME: {"type": "string", "pattern": _NAME},
    NUMBER: _NUMBER,
    PATTERN: {"type": "string"},
    SCALARS: {"anyOf": [_STATED, {"type": "array", "items": _STATED}]},
    TEXT: _TEXT,
    WINDOW: {"type": "string", "pattern": f"^(?:all|{_DURATION})$"},
    WORD: {"type": "string", "pattern": _WORD},
}
# What is used several times, or inside itself, is written once under `$defs`.
_SHARED: Mapping[FieldType, str] = {
    COHORT: "cohort", CONDITIONS: "where", EVENT: "event", FIGURE: "figure", GOAL: "goal", JOURNEY: "journey",
    KPI: "kpi", MEASURE: "measure", PAGE: "page", PROPERTY: "property", PROPERTY_GROUP: "property_group", RULE: "rule",
    SEGMENT: "segment", TYPE: "type",
}  # fmt: skip


def editor_schema() -> Schema:
    """The schema of one file of a plan: any of its sections, in any file."""
    return {
        "$schema": DRAFT_2020_12,
        "$id": f"urn:footfall:plan-format:{PLAN_FORMAT}",
        "title": "A footfall tracking plan",
        **_record(FILE),
        "$defs": {name: _written(kind) for kind, name in _SHARED.items()},
    }


def _schema(kind: FieldType) -> Schema:
    shared = _SHARED.get(kind)
    return {"$ref": f"#/$defs/{shared}"} if shared is not None else _written(kind)


def _written(kind: FieldType) -> Schema:
    simple = _SIMPLE.get(kind)
    return dict(simple) if simple is not None else _KINDS[type(kind)](kind)


def _record(record: Record) -> Schema:
    properties = {}
    descriptions = ABOUT.get(record, {})
    for name, key in record.keys.items():
        schema = _schema(kind_at(record, name))
        about = {"description": descriptions[name]} if name in descriptions else {}
        properties[name] = about | ({"anyOf": [schema, {"type": "null"}]} if key.nullable else schema)
    needed = [name for name, key in record.keys.items() if key.required]
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": {"^x_": {}},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _one_of(kind: OneOf) -> Schema:
    return {"enum": list(kind.choices)}


def _one_or_several(kind: OneOrSeveral) -> Schema:
    several = {"type": "array", "items": {"enum": list(kind.several)}, "minItems": 2, "uniqueItems": True}
    return {"anyOf": [_one_of(kind), several]}


def _map_of(kind: MapOf) -> Schema:
    if not kind.names:
        return {"type": "object", "additionalProperties": _schema(kind.kind)}
    properties = dict.fromkeys(kind.names, _schema(kind.kind))
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _forms(kind: Forms) -> Schema:
    """An object with all keys of its forms, so that an editor completes them, and that has one of the forms."""
    branches = [{**_record(record), "required": [form]} for form, record in kind.records.items()]
    return {"type": "object", "oneOf": branches}


def _conditions(_kind: object) -> Schema:
    values = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}
    compared = {
        "type": "object",
        "properties": {"not": values, **dict.fromkeys(ORDERINGS, _NUMBER)},
        "minProperties": 1,
        "additionalProperties": False,
    }
    several = {"$ref": f"#/$defs/{_SHARED[CONDITIONS]}"}  # on one item of an array
    of_items = {"type": "object", "patternProperties": {r"\[\]$": {"anyOf": [*values["anyOf"], compared, several]}}}
    return {**of_items, "additionalProperties": {"anyOf": [*values["anyOf"], compared]}}


def _session_conditions(kind: SessionConditions) -> Schema:
    properties = {}
    for name, value in kind.values.items():
        plain = _schema(value)
        values = {"anyOf": [plain, {"type": "array", "items": plain, "minItems": 1}]}
        compared = {
            "type": "object",
            "properties": {"not": values, **({} if value is TEXT else dict.fromkeys(ORDERINGS, plain))},
            "minProperties": 1,
            "additionalProperties": False,
        }
        properties[name] = {"anyOf": [*values["anyOf"], compared]}
    return {"type": "object", "properties": properties, "additionalProperties": False}


_KINDS: Mapping[type, Callable[[Any], Schema]] = {
    Forms: _forms,
    ListOf: lambda kind: {"type": "array", "items": _schema(kind.kind)},
    MapOf: _map_of,
    Named: lambda kind: {
        "type": "object", "propertyNames": _schema(kind.names), "additionalProperties": _schema(kind.values),
    },
    OneOf: _one_of,
    OneOrSeveral: _one_or_several,
    Record: _record,
    ScalarOr: lambda kind: {"anyOf": [_schema(kind.scalar), _schema(kind.record)]},
    TextOrTexts: lambda _kind: {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
    type(CONDITIONS): _conditions,
    type(SESSION_CONDITIONS): _session_conditions,
}  # fmt: skip
