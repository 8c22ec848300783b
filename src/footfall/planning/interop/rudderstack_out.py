"""Writes a plan as the YAML files of rudder-cli (`rudder/v1`): every definition once, referred to by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from footfall.plan.model import Plan, Property
from footfall.planning.codegen.json_schema import property_schema
from footfall.planning.interop.names import snake_case
from footfall.planning.interop.schema_out import EXCHANGE, is_closed

__all__ = ["CONFIG", "OTHER_RULES", "write"]

OTHER_RULES: Final = "x_rudderstack_rules"
"""The free key of a plan that keeps the rules for pages and screens."""

CONFIG: Final[Mapping[str, str]] = {
    "enum": "enum", "pattern": "pattern", "format": "format", "minimum": "minimum", "maximum": "maximum",
    "min_length": "minLength", "max_length": "maxLength", "min_items": "minItems", "max_items": "maxItems",
    "exclusive_minimum": "exclusiveMinimum", "exclusive_maximum": "exclusiveMaximum", "multiple_of": "multipleOf",
    "unique_items": "uniqueItems",
}  # fmt: skip
"""Key of a property's `config` -> the keyword of JSON Schema that it is."""

_KEY_OF = {keyword: key for key, keyword in CONFIG.items()}
_ALL_TYPES = ["string", "number", "boolean", "object", "array", "null"]


class _Files:
    """The definitions so far; one that is equal to an earlier one of its name is that one."""

    def __init__(self) -> None:
        self.properties: dict[str, dict[str, Any]] = {}
        self.types: dict[str, dict[str, Any]] = {}

    def property(self, prop: Property, closed: bool) -> str:
        """The id of a property."""
        name = prop.wire_name or prop.name
        return _define(self.properties, snake_case(name), {"name": name, **self._body(prop, snake_case(name), closed)})

    def _body(self, prop: Property, hint: str, closed: bool) -> dict[str, Any]:
        if prop.open:  # there are only closed enums: the type stays
            prop = msgspec.structs.replace(prop, enum=(), open=False)
        schema = property_schema(prop, EXCHANGE, closed=closed)
        body: dict[str, Any] = {"description": prop.description} if prop.description else {}
        if prop.properties:
            return {**body, "type": f"#custom-type:{self._type(prop, hint, closed)}"}
        types = schema.get("type", _ALL_TYPES)
        body.update({"types": types} if isinstance(types, list) else {"type": types})
        if prop.items is not None:
            body.update(self._items(prop.items, f"{hint}_item", closed))
        config = {_KEY_OF[keyword]: value for keyword, value in schema.items() if keyword in _KEY_OF}
        return {**body, "config": config} if config else body

    def _items(self, item: Property, hint: str, closed: bool) -> dict[str, Any]:
        body = self._body(item, hint, closed)
        if set(body) == {"type"}:
            return {"item_type": body["type"]}
        if set(body) == {"types"}:
            return {"item_types": body["types"]}
        return {"item_type": f"#custom-type:{self._type(item, hint, closed)}"}

    def _type(self, prop: Property, hint: str, closed: bool) -> str:
        """The id of the custom type for what a plain type cannot say."""
        if not prop.properties:
            body = self._body(prop, hint, closed)
        else:
            listed = [
                {"property": f"#property:{self.property(part, closed)}", "required": part.required}
                for part in prop.properties
            ]
            body = {"description": prop.description} if prop.description else {}
            body.update(type="object", properties=listed)
        name = "".join(word.capitalize() for word in hint.split("_") if word) or "Type"
        return _define(self.types, hint, {"name": name, **body})


def write(plan: Plan) -> dict[str, Any]:
    """The files: properties, custom types, categories, events, and the tracking plan with a rule for each event."""
    files = _Files()
    events: list[dict[str, Any]] = []
    rules: list[dict[str, Any]] = []
    categories: dict[str, str] = {}
    for event in plan.events.values():
        entry: dict[str, Any] = {"id": event.name, "name": event.wire_name, "event_type": "track"}
        if event.description:
            entry["description"] = event.description
        category = event.x.get("x_category")
        if isinstance(category, str):
            entry["category"] = f"#category:{categories.setdefault(category, snake_case(category))}"
        events.append(entry)
        closed = is_closed(event, plan) if event.additional is None else not event.additional
        rules.append(_rule(event.name, event.properties, closed, files))
    for type_, kind in (("identify", "user"), ("group", "account")):
        if plan.traits.get(kind):
            events.append({"id": f"{type_}_{kind}", "event_type": type_})
            rules.append({**_rule(f"{type_}_{kind}", plan.traits[kind], False, files), "identity_section": "traits"})
    for kept in plan.x.get(OTHER_RULES, ()):
        events.append(kept["event"])
        if kept["rule"]:
            rules.append(kept["rule"])
    spec: dict[str, Any] = {"id": plan.id, "display_name": plan.x.get("x_title", plan.id)}
    if plan.description:
        spec["description"] = plan.description
    listed = {
        "properties": ("properties", [{"id": key, **body} for key, body in files.properties.items()]),
        "custom-types": ("types", [{"id": key, **body} for key, body in files.types.items()]),
        "categories": ("categories", [{"id": key, "name": name} for name, key in categories.items()]),
        "events": ("events", events),
    }
    made = {f"{kind}.yaml": _file(kind, plan, {section: rows}) for kind, (section, rows) in listed.items() if rows}
    return {**made, "tracking-plan.yaml": _file("tracking-plan", plan, {**spec, "rules": rules})}


def _rule(name: str, properties: tuple[Property, ...], closed: bool, files: _Files) -> dict[str, Any]:
    rule: dict[str, Any] = {"type": "event_rule", "id": f"{name}_rule", "event": f"#event:{name}"}
    rule["additional_properties"] = not closed
    rule["properties"] = [
        {"property": f"#property:{files.property(prop, closed)}", "required": prop.required} for prop in properties
    ]
    return rule


def _file(kind: str, plan: Plan, spec: Mapping[str, Any]) -> dict[str, Any]:
    name = f"{snake_case(plan.id)}_{kind.replace('-', '_')}"
    return {"version": "rudder/v1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


def _define(known: dict[str, dict[str, Any]], name: str, body: dict[str, Any]) -> str:
    number = 1
    while True:
        key = name if number == 1 else f"{name}_{number}"
        if key not in known:
            known[key] = body
            return key
        if known[key] == body:
            return key
        number += 1
