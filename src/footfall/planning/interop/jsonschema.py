"""Plain JSON Schema: one file an event, one for the traits of each kind, and whatever schemas a team has already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from footfall.plan.model import Plan
from footfall.planning.codegen.json_schema import members_schema
from footfall.planning.interop.event_in import describes_object, read_event, read_traits, read_type
from footfall.planning.interop.losses import shown
from footfall.planning.interop.names import snake_case
from footfall.planning.interop.plan_builder import PlanBuilder
from footfall.planning.interop.schema_out import EXCHANGE, exchanged_event
from footfall.planning.interop.untrusted import as_map, as_text

__all__ = ["DRAFT_7", "read", "read_schema_file", "write"]

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
_ENDINGS = re.compile(r"(?<=.)(?:\.(?:json|yaml|yml|jsonschema|schema))+\Z")
_KINDS = ("user", "account")


def write(plan: Plan) -> dict[str, Any]:
    """The files, by path: `events/order_completed.schema.json`, `traits/user.schema.json`."""
    files: dict[str, Any] = {}
    for event in plan.events.values():
        schema = exchanged_event(event, plan)
        head = {"$schema": DRAFT_7, "title": schema.pop("title", event.wire_name)}
        files[f"events/{event.name}.schema.json"] = {**head, **schema}
    for kind, traits in plan.traits.items():
        head = {"$schema": DRAFT_7, "title": f"Traits of the {kind}"}
        files[f"traits/{kind}.schema.json"] = {**head, **members_schema(traits, EXCHANGE, closed=False)}
    return files


def read(files: Mapping[str, Any], builder: PlanBuilder) -> None:
    """Add an event for every schema of an object, and a named type for every other."""
    for path, document in files.items():
        read_schema_file(path, document, builder)


def read_schema_file(path: str, document: Any, builder: PlanBuilder) -> None:
    """Add what one file says: a schema, a list of schemas, or a file with nothing but definitions."""
    if isinstance(document, list):
        for index, each in enumerate(document):
            read_schema_file(f"{path}#/{index}", each, builder)
        return
    if not isinstance(document, Mapping):
        builder.losses.add("loss_skipped", path, f"{shown(document)}, which is no schema", "nothing")
        return
    with builder.reading(path):
        _read_schemas(path, document, builder)


def _read_schemas(path: str, document: Mapping[str, Any], builder: PlanBuilder) -> None:
    stem = _stem(path)
    kind = next((each for each in _KINDS if path.endswith((f"traits/{each}.schema.json", f"traits/{each}.json"))), None)
    if kind is not None:
        for name, trait in read_traits(document, f"traits.{kind}", builder.losses).items():
            builder.trait(kind, name, trait)  # type: ignore[arg-type]  # one of _KINDS
        return
    definitions = {**as_map(document.get("definitions")), **as_map(document.get("$defs"))}
    if definitions and not {"type", "properties", "$ref", "allOf", "anyOf", "oneOf"} & document.keys():
        section = "definitions" if "definitions" in document else "$defs"
        for name, schema in definitions.items():
            title = str(as_map(schema).get("title", name))
            with builder.reading(f"{path}#/{section}/{name}"):
                _add(title, name, schema, document, builder)
        return
    title = as_text(document.get("title"))
    _add(title, as_text(as_map(document.get("self")).get("name")) or stem or title, document, document, builder)


def _add(title: str, name: str, schema: Any, document: Mapping[str, Any], builder: PlanBuilder) -> None:
    own = snake_case(name)
    if not describes_object(schema):
        named = builder.define("types", name, read_type(as_map(schema), own, builder.losses))
        instead = f"the named type {named!r}, no event"
        builder.losses.add("loss_read_as", own, "a schema that describes no object", instead)
        return
    body = read_event(schema, own, builder.losses, document=document)
    # A title that is the name in other letters is the name on the wire; any other is a note.
    wire_name = title if snake_case(title) == own else ""
    if wire_name:
        body.pop("x_title", None)
    builder.event(own, body, wire_name=wire_name)


def _stem(path: str) -> str:
    file, _, pointer = path.partition("#")
    return _ENDINGS.sub("", file.rpartition("/")[2]) + pointer.replace("/", "_")
