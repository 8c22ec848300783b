"""Reads the JSON Schema of a whole payload as an event, or as a named type when it describes no object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.planning.interop.keywords import ASIDE
from footfall.planning.interop.losses import LossReport
from footfall.planning.interop.schema_in import SchemaReader, annotate, take_additional
from footfall.planning.interop.simplify import as_types, simplify

__all__ = ["describes_object", "read_event", "read_traits", "read_type"]


def describes_object(schema: Any) -> bool:
    """Whether a schema is that of an object, so that it can be the payload of an event."""
    if not isinstance(schema, Mapping):
        return False
    plain, _ = simplify(schema, schema, frozenset())
    types = as_types(plain)
    return "object" in types if types else "properties" in plain or not plain


def read_event(
    schema: Mapping[str, Any],
    place: str,
    losses: LossReport,
    *,
    document: Mapping[str, Any] | None = None,
    unsaid: bool | None = True,
) -> dict[str, Any]:
    """The event whose properties a schema describes, as it is written in a plan.

    `document` is what the schema's references point into, where that is more than the schema; `unsaid` is that of a
    `SchemaReader`.
    """
    whole = schema if document is None else document
    left, seen = simplify(schema, whole, frozenset())
    reader = SchemaReader(whole, losses, unsaid=unsaid)
    event: dict[str, Any] = {}
    description = left.pop("description", None)
    if isinstance(description, str) and description.strip():
        event["description"] = description
    _drop_known(left)
    if left.get("deprecated") is True:
        del left["deprecated"]
        event["status"] = "deprecated"
    annotate(left, event)
    additional = take_additional(left, unsaid)
    if additional is not None:
        event["additional"] = additional
    members = reader.members(left, place, depth=1, seen=seen)
    for name in ("properties", "required"):
        left.pop(name, None)
    rules = _rules(left, members)
    if members:
        event["properties"] = members
    if rules:
        event["rules"] = rules
    _keep(left, reader, event, place, losses)
    return event


def read_traits(
    schema: Mapping[str, Any], place: str, losses: LossReport, *, unsaid: bool | None = True
) -> dict[str, Any]:
    """The traits that a schema describes, by name. A trait is never required, and one that nobody named is no fault."""
    left, seen = simplify(schema, schema, frozenset())
    if take_additional(left, unsaid) is False:
        losses.add("loss_left_out", place, "additionalProperties false", "a trait that nobody named is no fault")
    required = left.pop("required", None)
    if isinstance(required, list) and required:
        losses.add("loss_left_out", place, f"required {', '.join(map(str, required))}", "a trait is never required")
    traits = SchemaReader(schema, losses, unsaid=unsaid).members(left, place, depth=1, seen=seen)
    for trait in traits.values():
        trait.pop("required", None)
    return traits


def read_type(schema: Mapping[str, Any], place: str, losses: LossReport) -> dict[str, Any]:
    """The named type that a schema describes; for what is no payload of an event, such as a list."""
    reader = SchemaReader(schema, losses)
    made = reader.property(schema, place)
    if reader.definitions:
        made.setdefault(ASIDE, {}).update(reader.definitions)
    return made


def _drop_known(left: dict[str, Any]) -> None:
    """Leave out what only says that this is an object, and what dialect of JSON Schema it is written in."""
    for keyword in ("$schema", "definitions", "$defs", "self", "type"):
        left.pop(keyword, None)


def _keep(left: dict[str, Any], reader: SchemaReader, event: dict[str, Any], place: str, losses: LossReport) -> None:
    for keyword, value in left.items():
        losses.aside(place, keyword, value)
    reader.refer(left)
    aside = {**left, **reader.definitions}
    if aside:
        event[ASIDE] = aside


def _rules(left: dict[str, Any], members: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rules that say what `dependencies` and `minProperties` say; those that none can say are left where they are.

    A rule cannot tell null from nothing, so only properties that are never null can be spoken of.
    """
    names = {prop.get("wire_name", name): name for name, prop in members.items() if not prop.get("nullable")}
    rules = []
    for keyword in ("dependentRequired", "dependencies"):
        needs = left.get(keyword)
        if not isinstance(needs, Mapping) or not _all_known(needs, names):
            continue
        del left[keyword]
        for key, others in needs.items():
            rules += [
                {
                    "id": f"{names[key]}_needs_{names[other]}",
                    "check": f"{names[key]} is None or {names[other]} is not None",
                    "message": f"{key} does not go without {other}",
                }
                for other in others
            ]
    least = left.get("minProperties")
    must = sum(bool(prop.get("required")) for prop in members.values())
    if isinstance(least, int) and least <= must:
        del left["minProperties"]  # said by what is required
    elif least == 1 and members and len(names) == len(members):
        check = " or ".join(f"{name} is not None" for name in members)
        if len(check) <= _LONGEST_RULE:
            del left["minProperties"]
            rules.append({"id": "not_empty", "check": check, "message": "at least one property is given"})
    return rules


_LONGEST_RULE = 1_000


def _all_known(needs: Mapping[str, Any], names: Mapping[str, str]) -> bool:
    return all(
        key in names and isinstance(others, list) and all(isinstance(other, str) and other in names for other in others)
        for key, others in needs.items()
    )
