"""RudderStack: the YAML files of rudder-cli, with properties, events, custom types and rules apart.

Written is `rudder/v1`: every definition once, referred to by its id. Read is also `rudder/v0.1`, and the JSON of its
API, which has Segment's form (https://www.rudderstack.com/docs/rudder-cli/data-catalog-and-tracking-plans/). A rule is
read by way of the JSON Schema that it means, in which the custom types are definitions.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from footfall.plan.model import Plan, Property
from footfall.planning.codegen.json_schema import property_schema
from footfall.planning.interop import segment
from footfall.planning.interop.event_in import read_event, read_traits
from footfall.planning.interop.keywords import NON_NULL
from footfall.planning.interop.names import plan_id, snake_case
from footfall.planning.interop.plan_builder import PlanBuilder
from footfall.planning.interop.schema_out import EXCHANGE, is_closed
from footfall.planning.interop.untrusted import as_list, as_map, as_text

__all__ = ["read", "write"]

_TRAIT_KINDS: Mapping[str, str] = {"identify": "user", "group": "account"}
_VARIANTS = "its variants (what the value of one property asks of others)"
_FILE_KINDS = frozenset(("properties", "events", "custom-types", "categories", "tracking-plan", "tp"))
# The free key of a plan that keeps the rules for pages and screens.
_OTHER_RULES: Final = "x_rudderstack_rules"
# Key of a property's `config` -> the keyword of JSON Schema that it is.
_CONFIG: Mapping[str, str] = {
    "enum": "enum", "pattern": "pattern", "format": "format", "minimum": "minimum", "maximum": "maximum",
    "min_length": "minLength", "max_length": "maxLength", "min_items": "minItems", "max_items": "maxItems",
    "exclusive_minimum": "exclusiveMinimum", "exclusive_maximum": "exclusiveMaximum", "multiple_of": "multipleOf",
    "unique_items": "uniqueItems",
}  # fmt: skip
_ITEM_TYPES = frozenset(("item_type", "item_types", "itemType", "itemTypes"))
_KEY_OF = {keyword: key for key, keyword in _CONFIG.items()}


class _Catalog:
    """What the files define, by group and id, and by id alone: the older form refers by both, the newer by id."""

    def __init__(self) -> None:
        self.parts: dict[str, dict[str, Mapping[str, Any]]] = {}
        self.plans: list[Mapping[str, Any]] = []
        self.used: set[int] = set()
        self.read: set[int] = set()

    def add(self, section: str, group: str, entries: Any) -> None:
        definitions = self.parts.setdefault(section, {})
        for entry in as_list(entries):
            if isinstance(entry, Mapping) and "id" in entry:
                definitions[f"{group}/{entry['id']}"] = entry
                definitions.setdefault(str(entry["id"]), entry)

    def find(self, section: str, reference: Any) -> Mapping[str, Any] | None:
        """What `#property:id`, `#/properties/group/id` or `{$ref: …}` refers to."""
        if isinstance(reference, Mapping):
            reference = reference.get("$ref")
        if not isinstance(reference, str):
            return None
        definitions = self.parts.get(section, {})
        name = reference.partition(":")[2] if ":" in reference else "/".join(reference.split("/")[-2:])
        definition = definitions.get(name) or definitions.get(name.rpartition("/")[2])
        if definition is not None:
            self.used.add(id(definition))
        return definition

    def each(self, section: str) -> Iterator[Mapping[str, Any]]:
        return iter({id(entry): entry for entry in self.parts.get(section, {}).values()}.values())


def read(files: Mapping[str, Any], builder: PlanBuilder) -> None:
    """Add the events and traits of every tracking plan in the files."""
    catalog = _Catalog()
    for path, document in files.items():
        for resource in document if isinstance(document, list) else [document]:
            kind = as_map(resource).get("kind")
            if isinstance(kind, str) and kind in _FILE_KINDS:
                _read_file(kind, resource, catalog)
            elif kind is None:
                segment.read({path: resource}, builder)
            else:
                builder.losses.add("loss_left_out", path, f"a file of the kind {kind}", "nothing")
    builder.reserve(str(event["name"]) for event in catalog.each("events") if event.get("name"))
    for custom in catalog.each("types"):
        if "variants" in custom:
            builder.losses.add("loss_left_out", f"custom type {custom['id']}", _VARIANTS, "nothing")
    definitions = {"definitions": {str(each["id"]): _type_schema(each, catalog) for each in catalog.each("types")}}
    for plan in catalog.plans:
        _read_plan(plan, catalog, definitions, builder)
    for event in catalog.each("events"):
        if id(event) not in catalog.used:
            instead = "an event of which nothing is asked"
            builder.losses.add("loss_read_as", _event_name(event), "an event without a rule", instead)
            _read_event(event, {}, {"properties": {}}, catalog, builder)
    for prop in catalog.each("properties"):
        if id(prop) not in catalog.used:
            builder.losses.add("loss_left_out", f"property {prop['id']}", "a property that no rule uses", "nothing")


def _read_file(kind: str, document: Mapping[str, Any], catalog: _Catalog) -> None:
    spec = as_map(document.get("spec"))
    group = str(as_map(document.get("metadata")).get("name", ""))
    for section in ("properties", "events", "types", "categories"):
        catalog.add(section, group, spec.get(section))
    if spec and kind in ("tracking-plan", "tp"):
        catalog.plans.append(spec)


def _read_plan(
    spec: Mapping[str, Any], catalog: _Catalog, definitions: Mapping[str, Any], builder: PlanBuilder
) -> None:
    if isinstance(spec.get("id"), str):
        builder.header.setdefault("plan", plan_id(spec["id"]))
        if isinstance(spec.get("display_name"), str) and spec["display_name"] != spec["id"]:
            builder.header.setdefault("x_title", spec["display_name"])
    if as_text(spec.get("description")):
        builder.header.setdefault("description", spec["description"])
    for rule in as_list(spec.get("rules")):
        if not isinstance(rule, Mapping):
            continue
        event = catalog.find("events", rule.get("event"))
        if event is None:
            lost = f"the rule {rule.get('id')!r}: no file defines its event"
            builder.losses.add("loss_left_out", "plan", lost, "nothing")
            continue
        schema = {**definitions, **_object_schema(rule.get("properties"), catalog)}
        additional = _stated_additional(rule)
        if additional is not None:
            schema["additionalProperties"] = additional
        with builder.reading(f"the rule {rule.get('id')!r}"):
            _read_event(event, rule, schema, catalog, builder)


def _stated_additional(rule: Mapping[str, Any]) -> bool | None:
    stated = rule.get("additional_properties", as_map(rule.get("event")).get("allow_unplanned"))
    return stated if isinstance(stated, bool) else None


def _event_name(event: Mapping[str, Any]) -> str:
    return snake_case(str(event["id"]))


def _read_event(
    event: Mapping[str, Any],
    rule: Mapping[str, Any],
    schema: Mapping[str, Any],
    catalog: _Catalog,
    builder: PlanBuilder,
) -> None:
    kind = str(event.get("event_type", event.get("type", "track"))).lower()
    name = _event_name(event)
    unsaid = _stated_additional(rule)  # an object inside agrees with its rule
    if "variants" in rule:
        builder.losses.add("loss_left_out", name, _VARIANTS, "nothing")
    if kind in _TRAIT_KINDS:
        owner = _TRAIT_KINDS[kind]
        for trait, body in read_traits(schema, f"traits.{owner}", builder.losses, unsaid=unsaid).items():
            builder.trait(owner, trait, body)  # type: ignore[arg-type]  # "user" or "account"
        return
    if kind != "track":
        builder.header.setdefault(_OTHER_RULES, []).append({"event": dict(event), "rule": dict(rule)})
        lost = f"the rule for events of type {kind}"
        builder.losses.add("loss_kept_aside", "plan", lost, f"kept under {_OTHER_RULES}")
        return
    if id(event) in catalog.read:
        builder.losses.add("loss_left_out", name, "a second rule for the event", "the first one")
        return
    catalog.read.add(id(event))
    body = {}
    if as_text(event.get("description")):
        body["description"] = event["description"]
    category = catalog.find("categories", event.get("category"))
    if category is not None:
        body["x_category"] = category.get("name", category["id"])
    body.update(read_event(schema, name, builder.losses, unsaid=unsaid))
    builder.event(name, body, wire_name=str(event.get("name") or ""))


def _object_schema(entries: Any, catalog: _Catalog) -> dict[str, Any]:
    """The object schema of a list of references to properties."""
    properties: dict[str, Any] = {}
    required = []
    for entry in as_list(entries):
        prop = catalog.find("properties", entry.get("property", entry)) if isinstance(entry, Mapping) else None
        if prop is None:
            continue
        key = str(prop.get("name", prop["id"]))
        properties[key] = _with_inside(_property_schema(prop, catalog), entry, catalog)
        if entry.get("required") is True:
            required.append(key)
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _with_inside(schema: dict[str, Any], entry: Mapping[str, Any], catalog: _Catalog) -> dict[str, Any]:
    """What a rule says of the inside of an object, or of the objects of an array, which the property leaves open."""
    if not isinstance(entry.get("properties"), list):
        return schema
    inside = _object_schema(entry["properties"], catalog)
    if isinstance(entry.get("additional_properties"), bool):
        inside["additionalProperties"] = entry["additional_properties"]
    types = schema.get("type", "object")
    if "array" in (types if isinstance(types, list) else [types]):
        return {**schema, "items": inside}
    return {**schema, **inside, "type": types}


def _property_schema(prop: Mapping[str, Any], catalog: _Catalog) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if as_text(prop.get("description")):
        schema["description"] = prop["description"]
    schema.update(_typed(prop.get("types", prop.get("type")), catalog))
    config = dict(as_map(prop.get("config", prop.get("propConfig", prop.get("prop_config")))))
    if "item_type" in prop or "item_types" in prop:
        config.setdefault("item_types", prop.get("item_types", prop.get("item_type")))
    for key, value in config.items():
        if key in _ITEM_TYPES:
            schema["items"] = _typed(value[0] if isinstance(value, list) and len(value) == 1 else value, catalog)
        else:
            schema[_CONFIG.get(key, key)] = value
    return schema


def _type_schema(custom: Mapping[str, Any], catalog: _Catalog) -> dict[str, Any]:
    schema = _property_schema(custom, catalog)
    if custom.get("type") == "object" and isinstance(custom.get("properties"), list):
        schema.update(_object_schema(custom["properties"], catalog))
    return schema


def _typed(stated: Any, catalog: _Catalog) -> dict[str, Any]:
    """The schema of a type: words, several words in one text, or a reference to a custom type."""
    if isinstance(stated, Mapping):
        stated = stated.get("$ref")
    if isinstance(stated, str) and stated.startswith("#"):
        custom = catalog.find("types", stated)
        return {"$ref": f"#/definitions/{custom['id']}" if custom is not None else stated}
    if isinstance(stated, str):
        stated = [part.strip() for part in stated.split(",") if part.strip()]
    if not isinstance(stated, list) or not stated:
        return {}
    return {"type": stated[0] if len(stated) == 1 else stated}


def write(plan: Plan) -> dict[str, Any]:
    """The files: properties, custom types, categories, events, and the tracking plan with a rule for each event."""
    definitions = _Definitions()
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
        rules.append(definitions.rule(event.name, event.properties, closed))
    for kind, owner in _TRAIT_KINDS.items():
        if plan.traits.get(owner):
            name = f"{kind}_{owner}"
            events.append({"id": name, "event_type": kind})
            rules.append({**definitions.rule(name, plan.traits[owner], False), "identity_section": "traits"})
    for other in plan.x.get(_OTHER_RULES, ()):
        events.append(other["event"])
        rules += [other["rule"]] if other["rule"] else []
    spec: dict[str, Any] = {"id": plan.id, "display_name": plan.x.get("x_title", plan.id)}
    if plan.description:
        spec["description"] = plan.description
    sections = (
        ("properties", "properties", [{"id": key, **body} for key, body in definitions.properties.items()]),
        ("custom-types", "types", [{"id": key, **body} for key, body in definitions.types.items()]),
        ("categories", "categories", [{"id": key, "name": name} for name, key in categories.items()]),
        ("events", "events", events),
    )
    files = {f"{kind}.yaml": _file(kind, plan, {section: rows}) for kind, section, rows in sections if rows}
    return {**files, "tracking-plan.yaml": _file("tracking-plan", plan, {**spec, "rules": rules})}


def _file(kind: str, plan: Plan, spec: Mapping[str, Any]) -> dict[str, Any]:
    name = f"{snake_case(plan.id)}_{kind.replace('-', '_')}"
    return {"version": "rudder/v1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


class _Definitions:
    """The properties and custom types so far; equal ones of one name are one."""

    def __init__(self) -> None:
        self.properties: dict[str, dict[str, Any]] = {}
        self.types: dict[str, dict[str, Any]] = {}

    def rule(self, name: str, properties: tuple[Property, ...], closed: bool) -> dict[str, Any]:
        """The rule of an event, which defines the properties that it refers to."""
        rule: dict[str, Any] = {"type": "event_rule", "id": f"{name}_rule", "event": f"#event:{name}"}
        return {**rule, "additional_properties": not closed, "properties": self._references(properties, closed)}

    def _references(self, properties: tuple[Property, ...], closed: bool) -> list[dict[str, Any]]:
        return [
            {"property": f"#property:{self._property(prop, closed)}", "required": prop.required} for prop in properties
        ]

    def _property(self, prop: Property, closed: bool) -> str:
        name = prop.wire_name or prop.name
        return _define(self.properties, snake_case(name), {"name": name, **self._body(prop, snake_case(name), closed)})

    def _body(self, prop: Property, hint: str, closed: bool) -> dict[str, Any]:
        if prop.open:  # there are only closed enums: the type stays
            prop = msgspec.structs.replace(prop, enum=(), open=False)
        schema = property_schema(prop, EXCHANGE, closed=closed)
        body: dict[str, Any] = {"description": prop.description} if prop.description else {}
        if prop.properties:
            return {**body, "type": f"#custom-type:{self._type(prop, hint, closed)}"}
        types = schema.get("type", [*NON_NULL, "null"])
        body.update({"types": types} if isinstance(types, list) else {"type": types})
        if prop.items is not None:
            body.update(self._items(prop.items, f"{hint}_item", closed))
        config = {_KEY_OF[keyword]: value for keyword, value in schema.items() if keyword in _KEY_OF}
        return {**body, "config": config} if config else body

    def _items(self, item: Property, hint: str, closed: bool) -> dict[str, Any]:
        body = self._body(item, hint, closed)
        if len(body) == 1:  # a type or types and nothing else
            return {f"item_{key}": value for key, value in body.items()}
        return {"item_type": f"#custom-type:{self._type(item, hint, closed)}"}

    def _type(self, prop: Property, hint: str, closed: bool) -> str:
        """The id of the custom type for what a plain type cannot say."""
        if not prop.properties:
            body = self._body(prop, hint, closed)
        else:
            body = {"description": prop.description} if prop.description else {}
            body.update(type="object", properties=self._references(prop.properties, closed))
        name = "".join(word.capitalize() for word in hint.split("_") if word) or "Type"
        return _define(self.types, hint, {"name": name, **body})


def _define(definitions: dict[str, dict[str, Any]], name: str, body: dict[str, Any]) -> str:
    """The id of the equal definition that there is, or of a new one: the name, or the name with a number."""
    keys = (name if number == 1 else f"{name}_{number}" for number in itertools.count(1))
    key = next(key for key in keys if definitions.get(key, body) == body)
    definitions[key] = body
    return key
