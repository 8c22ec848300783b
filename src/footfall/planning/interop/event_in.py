"""Reads the JSON Schema of a whole payload as an event, or as a named type when it describes no object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.planning.interop.keywords import ASIDE
from footfall.planning.interop.losses import LossReport
from footfall.planning.interop.schema_in import SchemaReader, annotate, take_additional
from footfall.planning.interop.simplify import as_types, simplify
from footfall.planning.interop.untrusted import as_list, as_text

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
    path: str,
    losses: LossReport,
    *,
    document: Mapping[str, Any] | None = None,
    unsaid: bool | None = True,
) -> dict[str, Any]:
    """The event whose properties a schema describes, as it is written in a plan.

    `document` is what the schema's references point into, where that is more than the schema; `unsaid` is as in a
    `SchemaReader`.
    """
    whole = schema if document is None else document
    rest, references = simplify(schema, whole, frozenset())
    reader = SchemaReader(whole, losses, unsaid=unsaid)
    event: dict[str, Any] = {}
    description = as_text(rest.pop("description", None))
    if description:
        event["description"] = description
    # What only says that this is an object, and in which dialect it is written.
    for keyword in ("$schema", "definitions", "$defs", "self", "type"):
        rest.pop(keyword, None)
    if rest.get("deprecated") is True:
        del rest["deprecated"]
        event["status"] = "deprecated"
    annotate(rest, event)
    additional = take_additional(rest, unsaid)
    if additional is not None:
        event["additional"] = additional
    members = reader.members(rest, path, depth=1, references=references)
    for name in ("properties", "required"):
        rest.pop(name, None)
    rules = _rules(rest, members)
    if members:
        event["properties"] = members
    if rules:
        event["rules"] = rules
    for keyword, value in rest.items():
        losses.aside(path, keyword, value)
    reader.refer(rest)
    aside = {**rest, **reader.definitions}
    return {**event, ASIDE: aside} if aside else event


def read_traits(
    schema: Mapping[str, Any], path: str, losses: LossReport, *, unsaid: bool | None = True
) -> dict[str, Any]:
    """The traits that a schema describes, by name. A trait is never required, and one that nobody named is no fault."""
    rest, references = simplify(schema, schema, frozenset())
    if take_additional(rest, unsaid) is False:
        losses.add("loss_left_out", path, "additionalProperties false", "a trait that nobody named is no fault")
    required = as_list(rest.pop("required", None))
    if required:
        losses.add("loss_left_out", path, f"required {', '.join(map(str, required))}", "a trait is never required")
    traits = SchemaReader(schema, losses, unsaid=unsaid).members(rest, path, depth=1, references=references)
    for trait in traits.values():
        trait.pop("required", None)
    return traits


def read_type(schema: Mapping[str, Any], path: str, losses: LossReport) -> dict[str, Any]:
    """The named type that a schema describes; for what is no payload of an event, such as a list."""
    reader = SchemaReader(schema, losses)
    prop = reader.property(schema, path)
    if reader.definitions:
        prop.setdefault(ASIDE, {}).update(reader.definitions)
    return prop


def _rules(rest: dict[str, Any], members: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rules that say what `dependencies` and `minProperties` say; those that none can say are left where they are.

    To a rule null and nothing are alike, so only properties that are never null can be in one.
    """
    names = {prop.get("wire_name", name): name for name, prop in members.items() if not prop.get("nullable")}
    rules = []
    for keyword in ("dependentRequired", "dependencies"):
        needs = rest.get(keyword)
        if not isinstance(needs, Mapping) or not _all_known(needs, names):
            continue
        del rest[keyword]
        for key, others in needs.items():
            rules += [
                {
                    "id": f"{names[key]}_needs_{names[other]}",
                    "check": f"{names[key]} is None or {names[other]} is not None",
                    "message": f"{key} does not go without {other}",
                }
                for other in others
            ]
    least = rest.get("minProperties")
    must = sum(bool(prop.get("required")) for prop in members.values())
    if isinstance(least, int) and least <= must:
        del rest["minProperties"]  # said by what is required
    elif least == 1 and members and len(names) == len(members):
        check = " or ".join(f"{name} is not None" for name in members)
        if len(check) <= _LONGEST_RULE:
            del rest["minProperties"]
            rules.append({"id": "not_empty", "check": check, "message": "at least one property is given"})
    return rules


_LONGEST_RULE = 1_000


def _all_known(needs: Mapping[str, Any], names: Mapping[str, str]) -> bool:
    return all(
        key in names and isinstance(others, list) and all(isinstance(other, str) and other in names for other in others)
        for key, others in needs.items()
    )
