"""What an editor shows beside a key of the plan format while it is typed: one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from footfall.plan.reading import schema
from footfall.plan.reading.field_types import Record

__all__ = ["ABOUT"]

_NO_LINT = "Lint rules that do not apply here, by name."
_OWNER = "The team that answers for it."
_property = {
    "use": "The named type that this is built on; each key beside it takes the place of the type's.",
    "type": "What a value is; a list of scalar types where it may be any of them.",
    "description": "What it is: when it is filled, in which unit, what null means.",
    "nullable": "Whether null is a right value.",
    "enum": "The right values.",
    "open": "A value outside the enum is a warning, no fault.",
    "pattern": "A regular expression that must be found in the value.",
    "format": "The shape of a text, such as email, uuid or ipv4.",
    "min": "The least value, inclusive.",
    "max": "The greatest value, inclusive.",
    "min_length": "The fewest characters.",
    "max_length": "The most characters.",
    "min_items": "The fewest items.",
    "max_items": "The most items.",
    "scale": "The most digits after the point of a decimal.",
    "unit": "The unit of the number, for readers.",
    "currency": "What an amount is in: the property beside it that says so, or an ISO 4217 code such as EUR.",
    "examples": "Right values; each is checked.",
    "sensitivity": "One of the plan's sensitivity levels.",
    "transform": "What the client does to the value before it is written or sent.",
    "retention": "How long it may be kept, such as 400d.",
    "items": "What each item of the array is.",
    "values": "What each value of the map is.",
    "properties": "The properties of the object, by name.",
    "additional": "Whether the object may have other keys; `enforcement` decides where nothing is said.",
    "no_lint": _NO_LINT,
    "required": "Whether it must be there.",
    "wire_name": "Its key in the JSON; by default its name.",
}

ABOUT: Final[Mapping[Record, Mapping[str, str]]] = {
    schema.FILE: {
        "plan": "The plan's id. Person ids are computed from it, so it never changes.",
        "format": "The version of the plan format.",
        "description": "What the plan is about.",
        "timezone": "The clock on which days, weeks and windows are cut, such as Europe/Stockholm.",
        "naming": "How things should be called, by section.",
        "lint": "How much each lint rule weighs in this plan.",
        "require": "Metadata that must be there, by section.",
        "sensitivity_levels": "The words that `sensitivity` may use, low to high.",
        "identity": "Which property names a connected product, and which a group.",
        "enforcement": "What happens to a fault, by place.",
        "teams": "Who can own something.",
        "sources": "Who sends, and where that code is.",
        "types": "Named types, which properties `use`.",
        "property_groups": "Sets of properties that events share by `include`.",
        "events": "What applications send, by name.",
        "pages": "Properties of pages and screens, by name; under page, screen, identify, group those of every call.",
        "goals": "What the team wants, each with its KPIs.",
        "kpis": "The numbers that the team steers by.",
        "journeys": "The ways that are best for user and business.",
        "traits": "What is known of a user or an account.",
        "defaults": "For this file: the value of a key that a definition does not have.",
    },
    schema.EVENT: {
        "wire_name": "Its name on the wire; by default its own name.",
        "aliases": "Earlier names on the wire that are still accepted.",
        "description": "What happened, and when exactly it is sent.",
        "owner": _OWNER,
        "status": "A draft is quarantined by the collector; a deprecated event is stored with a warning.",
        "purpose": "What it is collected for: kpi:NAME, journey:NAME, goal:NAME.",
        "sources": "Which sources may send it; none is any.",
        "actor": "Who does it.",
        "since": "The day since which it is sent.",
        "expires": "The day on which it must be renewed or removed.",
        "links": "Where to read more.",
        "deprecated": "What is known of its end; only with status: deprecated.",
        "include": "Property groups whose properties it has too.",
        "properties": "Its properties, by name.",
        "additional": "Whether it may have other properties; `enforcement` decides where nothing is said.",
        "rules": "Conditions over several properties.",
        "expect": "How many to expect per hour, day or week.",
        "enforcement": "What happens to a fault, where it differs from the plan's.",
        "no_lint": _NO_LINT,
    },
    schema.PROPERTY: _property,
    schema.TYPE: {key: about for key, about in _property.items() if key in schema.TYPE.keys},
    schema.PROPERTY_GROUP: {
        "description": "What the properties have in common.",
        "properties": "The properties, by name.",
        "no_lint": _NO_LINT,
    },
    schema.KPI: {
        "owner": _OWNER,
        "question": "The question that it answers.",
        "measure": "How it is computed: exactly one form.",
        "window": "How far it looks back, such as 28d; `all` is everything there is.",
        "target": "Where it should go.",
        "drives": "The KPI that it is thought to move.",
        "guardrails": "KPIs that must not suffer for it.",
        "no_lint": _NO_LINT,
    },
    schema.PAGE: {"description": "What it shows.", "properties": "Its properties, for KPIs and journeys, by name."},
    schema.GOAL: {"owner": _OWNER, "description": "What is wanted.", "kpis": "The KPIs that show whether it is met."},
    schema.JOURNEY: {
        "owner": _OWNER,
        "description": "Where it leads from and to.",
        "by": "Who walks it: a user (default) or a connected device.",
        "within": "The most time from the first step to any later one.",
        "steps": "The steps, in their order.",
        "branches": "Other ways, past some of the steps.",
        "never": "What should not happen between two steps.",
        "no_lint": _NO_LINT,
    },
    schema.STEP: {
        "id": "The step's name.",
        "event": "The event that is this step.",
        "where": "Conditions on the event's properties; all must be true.",
        "within": "The most time since the step before.",
        "expect": "The share of the step before that should get here, from 0 to 1.",
    },
    schema.BRANCH: {
        "id": "The branch's name.",
        "after": "The step that it leaves from.",
        "steps": "The later steps that it goes through.",
        "note": "Why it is there.",
    },
    schema.GUARD: {
        "event": "The event that should not happen.",
        "between": "The two steps between which it should not.",
        "as": "The name it is counted under.",
        "where": "Conditions on the event's properties; all must be true.",
    },
    schema.DEFAULTS: {
        "owner": "The owner of everything in this file.",
        "status": "The status of its events.",
        "purpose": "The purpose of its events.",
        "sources": "The sources of its events.",
        "actor": "Who does its events.",
        "include": "Property groups of its events.",
        "sensitivity": "How sensitive its events' properties and its traits are.",
    },
}
"""Record -> key -> what it is for."""
