"""Writes an event as the JSON Schema that other tools read: the dialect EXCHANGE of `codegen.json_schema`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from footfall.plan.model import Event, Plan, Property
from footfall.planning.codegen.ecma import ecma_pattern
from footfall.planning.codegen.json_schema import KNOWN_FORMATS, SchemaDialect, members_schema
from footfall.planning.interop.ecma_in import read_ecma
from footfall.planning.interop.keywords import ANNOTATIONS, ASIDE, NON_NULL
from footfall.planning.interop.losses import LossReport

__all__ = ["EXCHANGE", "exchanged_event", "is_closed", "note_unchecked"]

_KEYWORD_OF = {key: keyword for keyword, key in ANNOTATIONS.items()}
_NEEDS = re.compile(r"(\w+) is None or (\w+) is not None")
_LET_PASS = frozenset(("keep", "warn"))


def _portable(pattern: str) -> str | None:
    """A pattern in ECMA-262: as it is where it means the same there, None where it cannot be said."""
    try:
        same = read_ecma(pattern) == (pattern, ())
    except ValueError:
        same = False
    return pattern if same else ecma_pattern(pattern)


def _free_keywords(part: Property | Event) -> dict[str, Any]:
    """The keywords that an import kept under `x_` keys."""
    schema = {_KEYWORD_OF.get(key, key): value for key, value in part.x.items() if key != ASIDE}
    aside = part.x.get(ASIDE)
    return {**schema, **aside} if isinstance(aside, Mapping) else schema


EXCHANGE: Final = SchemaDialect(
    decimal_text=False,
    exact_bounds=True,
    non_null={"type": list(NON_NULL)},
    pattern=_portable,
    formats=KNOWN_FORMATS,
    trusts_formats=True,
    notes=_free_keywords,
)
"""For other tools and our own import: plain keywords, from which the plan's words can be read back."""


def exchanged_event(event: Event, plan: Plan) -> dict[str, Any]:
    """The schema of the properties of an event, with those of its rules that JSON Schema can say."""
    return {
        **({"description": event.description} if event.description else {}),
        **members_schema(event.properties, EXCHANGE, closed=is_closed(event, plan), additional=event.additional),
        **_rules(event),
        **({"deprecated": True} if event.status == "deprecated" else {}),
        **_free_keywords(event),
    }


def is_closed(event: Event, plan: Plan) -> bool:
    """Whether the collector refuses unknown keys in an object that leaves the decision to the enforcement."""
    policy = event.enforcement.get("collector") or plan.enforcement.get("collector")
    return policy is not None and policy.unknown_property not in _LET_PASS


def _rules(event: Event) -> dict[str, Any]:
    wire = {prop.name: prop.wire_name or prop.name for prop in event.properties if not prop.nullable}
    whole = " or ".join(f"{prop.name} is not None" for prop in event.properties)
    schema: dict[str, Any] = {}
    needs: dict[str, list[str]] = {}
    for rule in event.rules:
        match = _NEEDS.fullmatch(rule.check)
        if match and match[1] in wire and match[2] in wire:
            needs.setdefault(wire[match[1]], []).append(wire[match[2]])
        elif rule.check == whole and len(wire) == len(event.properties):
            schema["minProperties"] = 1
    return {**schema, "dependencies": needs} if needs else schema


def note_unchecked(plan: Plan, losses: LossReport) -> None:
    """Note what is written and read back, and yet checked by nobody else: scales, and formats without their pattern."""
    for path, prop in _all_properties(plan):
        if prop.pattern is not None and prop.format is not None and prop.format not in KNOWN_FORMATS:
            losses.add("loss_not_said", path, f"format {prop.format}", "the same word, which only footfall checks")
        if prop.scale:
            instead = "no check by others: where numbers are doubles, multipleOf would refuse right amounts"
            losses.add("loss_not_said", path, f"scale {prop.scale}", instead)


def _all_properties(plan: Plan) -> Iterator[tuple[str, Property]]:
    for event in plan.events.values():
        for prop in event.properties:
            yield from _with_parts(f"{event.name}.{prop.name}", prop)
    for kind, traits in plan.traits.items():
        for prop in traits:
            yield from _with_parts(f"traits.{kind}.{prop.name}", prop)


def _with_parts(path: str, prop: Property) -> Iterator[tuple[str, Property]]:
    yield path, prop
    for part in prop.properties:
        yield from _with_parts(f"{path}.{part.name}", part)
    for inner, mark in ((prop.items, "[]"), (prop.values, "{}")):
        if inner is not None:
            yield from _with_parts(f"{path}{mark}", inner)
