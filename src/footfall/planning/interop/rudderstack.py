"""RudderStack: the YAML files of rudder-cli, with properties, events, custom types and rules apart.

Written is `rudder/v1`; read is also `rudder/v0.1`, and the JSON of its API, which has Segment's form
(https://www.rudderstack.com/docs/rudder-cli/data-catalog-and-tracking-plans/). A rule is read by way of the JSON Schema
that it stands for, in which the custom types are definitions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from footfall.planning.interop import segment
from footfall.planning.interop.event_in import read_event, read_traits
from footfall.planning.interop.names import plan_id, snake_case
from footfall.planning.interop.plan_builder import PlanBuilder
from footfall.planning.interop.rudderstack_out import CONFIG, OTHER_RULES, write

__all__ = ["read", "write"]

_OLD_CONFIG = {"itemTypes": "item_types", "itemType": "item_type"}
_TRAIT_EVENTS: Mapping[str, str] = {"identify": "user", "group": "account"}
_VARIANTS = "its variants (what the value of one property asks of others)"
_KINDS = frozenset(("properties", "events", "custom-types", "categories", "tracking-plan", "tp"))


class _Catalog:
    """What the files define, by group and id, and by id alone: the older form refers by both, the newer by id."""

    def __init__(self) -> None:
        self.parts: dict[str, dict[str, Mapping[str, Any]]] = {}
        self.plans: list[Mapping[str, Any]] = []
        self.used: set[int] = set()
        self.read: set[int] = set()

    def add(self, kind: str, group: str, entries: Any) -> None:
        known = self.parts.setdefault(kind, {})
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, Mapping) and "id" in entry:
                known[f"{group}/{entry['id']}"] = entry
                known.setdefault(str(entry["id"]), entry)

    def find(self, kind: str, reference: Any) -> Mapping[str, Any] | None:
        """What `#property:id`, `#/properties/group/id` or `{$ref: …}` refers to."""
        if isinstance(reference, Mapping):
            reference = reference.get("$ref")
        if not isinstance(reference, str):
            return None
        known = self.parts.get(kind, {})
        name = reference.partition(":")[2] if ":" in reference else "/".join(reference.split("/")[-2:])
        found = known.get(name) or known.get(name.rpartition("/")[2])
        if found is not None:
            self.used.add(id(found))
        return found

    def each(self, kind: str) -> Iterator[Mapping[str, Any]]:
        return iter({id(entry): entry for entry in self.parts.get(kind, {}).values()}.values())


def read(files: Mapping[str, Any], builder: PlanBuilder) -> None:
    """Add the events and traits of every tracking plan in the files."""
    catalog = _Catalog()
    for path, document in files.items():
        for one in document if isinstance(document, list) else [document]:
            kind = one.get("kind") if isinstance(one, Mapping) else None
            if isinstance(kind, str) and kind in _KINDS:
                _file(kind, one, catalog)
            elif kind is None:
                segment.read({path: one}, builder)
            else:
                builder.losses.add("loss_left_out", path, f"a file of the kind {kind}", "nothing")
    builder.reserve(str(event["name"]) for event in catalog.each("events") if event.get("name"))
    for custom in catalog.each("types"):
        if "variants" in custom:
            builder.losses.add("loss_left_out", f"custom type {custom['id']}", _VARIANTS, "nothing")
    definitions = {"definitions": {str(each["id"]): _type_schema(each, catalog) for each in catalog.each("types")}}
    for plan in catalog.plans:
        _plan(plan, catalog, definitions, builder)
    for event in catalog.each("events"):
        if id(event) not in catalog.used:
            name = _event_name(event)
            builder.losses.add("loss_read_as", name, "an event without a rule", "an event of which nothing is asked")
            _event(event, {}, {"properties": {}}, catalog, builder)
    for prop in catalog.each("properties"):
        if id(prop) not in catalog.used:
            builder.losses.add("loss_left_out", f"property {prop['id']}", "a property that no rule uses", "nothing")


def _file(kind: str, document: Mapping[str, Any], catalog: _Catalog) -> None:
    spec, metadata = document.get("spec"), document.get("metadata")
    if not isinstance(spec, Mapping):
        return
    group = str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""
    for section in ("properties", "events", "types", "categories"):
        catalog.add(section, group, spec.get(section))
    if kind in ("tracking-plan", "tp"):
        catalog.plans.append(spec)


def _plan(spec: Mapping[str, Any], catalog: _Catalog, definitions: Mapping[str, Any], builder: PlanBuilder) -> None:
    if isinstance(spec.get("id"), str):
        builder.header.setdefault("plan", plan_id(spec["id"]))
        if isinstance(spec.get("display_name"), str) and spec["display_name"] != spec["id"]:
            builder.header.setdefault("x_title", spec["display_name"])
    if isinstance(spec.get("description"), str) and spec["description"]:
        builder.header.setdefault("description", spec["description"])
    rules = spec.get("rules")
    for rule in rules if isinstance(rules, list) else ():
        if not isinstance(rule, Mapping):
            continue
        event = catalog.find("events", rule.get("event"))
        if event is None:
            what = f"the rule {rule.get('id')!r}: no file defines its event"
            builder.losses.add("loss_left_out", "plan", what, "nothing")
            continue
        schema = {**definitions, **_object(rule.get("properties"), catalog)}
        beyond = _unplanned(rule)
        if beyond is not None:
            schema["additionalProperties"] = beyond
        with builder.reading(f"the rule {rule.get('id')!r}"):
            _event(event, rule, schema, catalog, builder)


def _unplanned(rule: Mapping[str, Any]) -> bool | None:
    event = rule.get("event")
    stated = rule.get("additional_properties", event.get("allow_unplanned") if isinstance(event, Mapping) else None)
    return stated if isinstance(stated, bool) else None


def _event_name(event: Mapping[str, Any]) -> str:
    return snake_case(str(event["id"]))


def _event(
    event: Mapping[str, Any],
    rule: Mapping[str, Any],
    schema: Mapping[str, Any],
    catalog: _Catalog,
    builder: PlanBuilder,
) -> None:
    type_ = str(event.get("event_type", event.get("type", "track"))).lower()
    name = _event_name(event)
    unsaid = _unplanned(rule)  # an object inside agrees with its rule
    if "variants" in rule:
        builder.losses.add("loss_left_out", name, _VARIANTS, "nothing")
    if type_ in _TRAIT_EVENTS:
        kind = _TRAIT_EVENTS[type_]
        for trait, made in read_traits(schema, f"traits.{kind}", builder.losses, unsaid=unsaid).items():
            builder.trait(kind, trait, made)  # type: ignore[arg-type]  # "user" or "account"
        return
    if type_ != "track":
        kept = {"event": dict(event), "rule": dict(rule)}
        builder.header.setdefault(OTHER_RULES, []).append(kept)
        builder.losses.add(
            "loss_kept_aside", "plan", f"the rule for events of type {type_}", f"kept under {OTHER_RULES}"
        )
        return
    if id(event) in catalog.read:
        builder.losses.add("loss_left_out", name, "a second rule for the event", "the first one")
        return
    catalog.read.add(id(event))
    body: dict[str, Any] = {}
    if isinstance(event.get("description"), str) and event["description"].strip():
        body["description"] = event["description"]
    category = catalog.find("categories", event.get("category"))
    if category is not None:
        body["x_category"] = category.get("name", category["id"])
    body.update(read_event(schema, name, builder.losses, unsaid=unsaid))
    builder.event(name, body, wire_name=str(event.get("name") or ""))


def _object(entries: Any, catalog: _Catalog) -> dict[str, Any]:
    """The object schema of a list of references to properties."""
    properties: dict[str, Any] = {}
    required = []
    for entry in entries if isinstance(entries, list) else ():
        found = catalog.find("properties", entry.get("property", entry)) if isinstance(entry, Mapping) else None
        if found is None:
            continue
        key = str(found.get("name", found["id"]))
        properties[key] = _with_inner(_property_schema(found, catalog), entry, catalog)
        if entry.get("required") is True:
            required.append(key)
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _with_inner(schema: dict[str, Any], entry: Mapping[str, Any], catalog: _Catalog) -> dict[str, Any]:
    """What a rule says of the inside of an object, or of the objects of an array, which the property leaves open."""
    if not isinstance(entry.get("properties"), list):
        return schema
    inner = _object(entry["properties"], catalog)
    if isinstance(entry.get("additional_properties"), bool):
        inner["additionalProperties"] = entry["additional_properties"]
    types = schema.get("type", "object")
    if "array" in (types if isinstance(types, list) else [types]):
        return {**schema, "items": inner}
    return {**schema, **inner, "type": types}


def _property_schema(prop: Mapping[str, Any], catalog: _Catalog) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if isinstance(prop.get("description"), str) and prop["description"]:
        schema["description"] = prop["description"]
    schema.update(_typed(prop.get("types", prop.get("type")), catalog))
    config = prop.get("config", prop.get("propConfig", prop.get("prop_config")))
    config = dict(config) if isinstance(config, Mapping) else {}
    if "item_type" in prop or "item_types" in prop:
        config.setdefault("item_types", prop.get("item_types", prop.get("item_type")))
    for key, value in config.items():
        word = _OLD_CONFIG.get(key, key)
        if word in ("item_type", "item_types"):
            schema["items"] = _typed(value[0] if isinstance(value, list) and len(value) == 1 else value, catalog)
        else:
            schema[CONFIG.get(word, word)] = value
    return schema


def _type_schema(custom: Mapping[str, Any], catalog: _Catalog) -> dict[str, Any]:
    schema = _property_schema(custom, catalog)
    if custom.get("type") == "object" and isinstance(custom.get("properties"), list):
        schema.update(_object(custom["properties"], catalog))
    return schema


def _typed(stated: Any, catalog: _Catalog) -> dict[str, Any]:
    """The schema of a type: words, several words in one text, or a reference to a custom type."""
    if isinstance(stated, Mapping):
        stated = stated.get("$ref")
    if isinstance(stated, str) and stated.startswith("#"):
        found = catalog.find("types", stated)
        return {"$ref": f"#/definitions/{found['id']}"} if found is not None else {"$ref": stated}
    if isinstance(stated, str):
        stated = [part.strip() for part in stated.split(",") if part.strip()]
    if not isinstance(stated, list) or not stated:
        return {}
    return {"type": stated[0] if len(stated) == 1 else stated}
