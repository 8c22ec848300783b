"""Reads derived properties and events: what expressions make of messages as they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from footfall.plan.expression_types import expression_currency, expression_type
from footfall.plan.model import DerivedEvent, DerivedProperty, Property
from footfall.plan.problems import MISSING, Path, Problems
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.names import Names
from footfall.plan.reading.schema import DERIVED_EVENT
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["read_derived", "read_derived_events"]


def read_derived(
    values: Mapping[str, Any], node: YamlNode, properties: Mapping[str, Property | None], path: Path, problems: Problems
) -> Iterator[DerivedProperty]:
    """The derived properties of an event with these properties; one that has no type is left out, with a problem."""
    for name, expression in values.get("derive", {}).items():
        at, part_path = node.value["derive"].value[name], (*path, "derive", name)
        if name in properties:
            message = f"{name!r} is a property of the event, and derived too"
            problems.add("duplicate_name", message, at=at, path=part_path, remedy="rename one of them")
            continue
        type_ = _type(expression, properties, at, part_path, problems)
        if type_ is not None:
            currency = _currency(expression, properties, at, part_path, problems)
            yield DerivedProperty(name=name, expression=expression, type=type_, currency=currency)


def read_derived_events(
    definitions: Mapping[str, Definition], names: Names, properties: Mapping[str, Mapping[str, Property | None]]
) -> dict[str, DerivedEvent]:
    """The derived events in their order; one that cannot be read is left out, with a problem.

    `properties` are those of each event; None is one that could not be read.
    """
    derived = {}
    for definition in definitions.values():
        path, node = ("derived_events", definition.name), definition.node
        values = DERIVED_EVENT.read(node, path, names.problems)
        if values is MISSING or not {"from", "when"} <= values.keys():
            continue
        names.complete("derived_events", values, definition, path)
        if definition.name in names.of("events"):
            message = f"{definition.name!r} is an event, and derived too"
            names.problems.add("duplicate_name", message, at=node, path=path, remedy="rename one of them")
        if not names.check("events", "event", values["from"], node.value["from"], (*path, "from")):
            continue
        event, when = values.pop("from"), values["when"]
        if event in properties:
            type_ = _type(when, properties[event], node.value["when"], (*path, "when"), names.problems)
            if type_ not in {None, "boolean"}:
                message = f"{when!r} is of type {type_}, neither true nor false"
                at, when_path = node.value["when"], (*path, "when")
                names.problems.add("bad_rule", message, at=at, path=when_path, remedy="compare it with something")
        derived[definition.name] = DerivedEvent(name=definition.name, event=event, **values)
    return derived


def _currency(
    expression: str, properties: Mapping[str, Property | None], at: YamlNode, path: Path, problems: Problems
) -> str | None:
    """The currency of an expression's amounts; none, with a problem, where they are mixed."""
    try:
        return expression_currency(expression, properties)
    except ValueError as error:
        remedy = "derive it from amounts of one currency"
        problems.add("bad_currency", str(error), at=at, path=path, remedy=remedy)
        return None


def _type(
    expression: str, properties: Mapping[str, Property | None], at: YamlNode, path: Path, problems: Problems
) -> Any:
    """The type of an expression; None, with a problem, where it has none."""
    try:
        type_ = expression_type(expression, properties, is_whole=not problems.incomplete)
    except ValueError as error:
        problems.add("bad_rule", str(error), at=at, path=path, remedy="mend the expression")
        return None
    if type_ is None and not problems.incomplete and not any(item is None for item in properties.values()):
        message = f"{expression!r} is no single value"
        problems.add("bad_rule", message, at=at, path=path, remedy="mend the expression")
    return type_
