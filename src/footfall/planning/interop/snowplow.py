"""Snowplow: self-describing JSON Schemas, as an Iglu registry has them and as the files of snowplow-cli.

Read are `schemas/VENDOR/NAME/jsonschema/1-0-0`, data structures, data products and source applications; written are the
schemas, the data structures and the source applications
(https://docs.snowplow.io/docs/fundamentals/schemas/, https://docs.snowplow.io/docs/event-studio/snowplow-cli/).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from footfall.plan.model import Event, Plan
from footfall.planning.interop.event_in import describes_object, read_event, read_type
from footfall.planning.interop.jsonschema import read_schema_file
from footfall.planning.interop.names import plan_id, snake_case
from footfall.planning.interop.plan_builder import PlanBuilder
from footfall.planning.interop.schema_out import exchanged_event
from footfall.planning.interop.untrusted import as_list, as_map, as_text

__all__ = ["read", "write"]

_META_SCHEMA = "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#"
_FIRST = "1-0-0"
_PRODUCTS = "x_snowplow_data_products"
_IGLU = "x_iglu"
_IGLU_PATH = re.compile(r"(?:.*/)?([^/]+)/([^/]+)/([^/]+)/(\d+-\d+-\d+)(?:\.json)?")
_VERSION = re.compile(r"[0-9]{1,9}-[0-9]{1,9}-[0-9]{1,9}")
_IGLU_URI = re.compile(r"iglu:([^/]+)/([^/]+)/[^/]+/[^/]+")
_URN = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562: the name space of URLs


class _Schema(NamedTuple):
    """One version of one self-describing schema; an `entity` is no event, but attached to events."""

    vendor: str
    name: str
    version: str
    schema: Mapping[str, Any]
    owner: str
    entity: bool

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("-") if part.isdecimal())


def write(plan: Plan) -> dict[str, Any]:
    """The files by path. An event's vendor, name and version come from its `x_iglu`, else from the plan and `1-0-0`."""
    files: dict[str, Any] = {}
    for event in plan.events.values():
        vendor, name, version = _identity(event, plan)
        stated = {key: value for key, value in exchanged_event(event, plan).items() if key != _IGLU}
        own = {"vendor": vendor, "name": name, "format": "jsonschema", "version": version}
        schema = {"$schema": _META_SCHEMA, "self": own, **stated}
        files[f"schemas/{vendor}/{name}/jsonschema/{version}"] = schema
        meta: dict[str, Any] = {"hidden": False, "schemaType": "event"}
        if event.owner:
            meta["customData"] = {"owner": event.owner}
        head = {"apiVersion": "v1", "resourceType": "data-structure", "meta": meta}
        path = f"data-structures/{vendor}/{name}.yaml"
        if path not in files or _newer(schema, files[path]["data"]):
            files[path] = {**head, "data": schema}
    for source in plan.sources.values():
        data = {"name": source.name, "appIds": source.x.get("x_app_ids", [source.name])}
        files[f"source-apps/{source.name}.yaml"] = {
            "apiVersion": "v1",
            "resourceType": "source-application",
            "resourceName": str(uuid.uuid5(_URN, f"footfall:{plan.id}/{source.name}")),
            "data": {**data, "entities": {"tracked": [], "enriched": []}},
        }
    for number, product in enumerate(plan.x.get(_PRODUCTS, ()), 1):
        files[f"data-products/{number}.yaml"] = product
    return files


def _newer(schema: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    first, second = (tuple(map(int, each["self"]["version"].split("-"))) for each in (schema, other))
    return first > second


def _identity(event: Event, plan: Plan) -> tuple[str, str, str]:
    stated = event.x.get(_IGLU, {})
    return (
        stated.get("vendor", plan.x.get("x_iglu_vendor", f"com.{plan.id}")),
        stated.get("name", event.name),
        stated.get("version", _FIRST),
    )


def read(files: Mapping[str, Any], builder: PlanBuilder) -> None:
    """Add an event for each schema, and a named type for each entity and each schema of no object.

    The newest version of a schema has its name; older ones follow as deprecated events, named with their version.
    """
    schemas: list[_Schema] = []
    products: list[Any] = []
    sources: dict[str, str] = {}
    for path, document in files.items():
        for resource in document if isinstance(document, list) else [document]:
            kind = as_map(resource).get("resourceType")
            if kind == "data-product":
                products.append(resource)
            elif kind == "source-application":
                sources[path] = _source(resource, builder)
            else:
                schema = _schema(path, resource)
                if schema is not None:
                    schemas.append(schema)
                elif kind is not None:
                    builder.losses.add("loss_left_out", path, f"a resource of the type {kind}", "nothing")
                else:
                    read_schema_file(path, resource, builder)
    vendor = _vendor(schemas, builder)
    names = _add_schemas(schemas, vendor, builder)
    for product in products:
        _product(product, names, sources, builder)


def _schema(path: str, document: Any) -> _Schema | None:
    if not isinstance(document, Mapping):
        return None
    meta = as_map(document.get("meta") if document.get("resourceType") == "data-structure" else None)
    schema = document if "self" in document else as_map(document.get("data")) or document
    own = as_map(schema.get("self"))
    match = _IGLU_PATH.fullmatch(path)
    vendor, name, version = (str(own.get(key, "")) for key in ("vendor", "name", "version"))
    if not name and match is None:
        return None
    if not name and match is not None:
        vendor, name, version = match[1], match[2], match[4]
    owner = as_text(as_map(meta.get("customData")).get("owner"))
    version = version if _VERSION.fullmatch(version) else _FIRST
    return _Schema(vendor, name, version, schema, owner, meta.get("schemaType") == "entity")


def _vendor(schemas: Iterable[_Schema], builder: PlanBuilder) -> str:
    """The vendor that goes without saying: the only one, or the one that most schemas have."""
    vendors = [schema.vendor for schema in schemas if schema.vendor]
    vendor = max(sorted(set(vendors)), key=vendors.count, default="")
    if vendor:
        own = plan_id(vendor.removeprefix("com."))
        builder.header["plan"] = own
        if vendor != f"com.{own}":
            builder.header["x_iglu_vendor"] = vendor
    return vendor


def _add_schemas(schemas: Iterable[_Schema], vendor: str, builder: PlanBuilder) -> dict[tuple[str, str], str]:
    """Add the schemas, the newest of each first; return the names of the events by vendor and name."""
    versions: dict[tuple[str, str], dict[str, _Schema]] = {}
    for schema in schemas:
        by_version = versions.setdefault((schema.vendor, schema.name), {})
        first = by_version.setdefault(schema.version, schema)
        if first is not schema:
            if first.schema != schema.schema:
                builder.losses.add("loss_left_out", schema.name, f"a second, other {schema.version}", "the first one")
            # The same schema as a data structure says more than in the registry.
            by_version[schema.version] = first._replace(
                owner=first.owner or schema.owner, entity=first.entity or schema.entity
            )
    names: dict[tuple[str, str], str] = {}
    for key, by_version in versions.items():
        newest, *older = sorted(by_version.values(), key=lambda schema: schema.order, reverse=True)
        with builder.reading(f"{newest.vendor}/{newest.name}/{newest.version}"):
            names[key] = _add(newest, vendor, snake_case(newest.name), {}, builder)
        for schema in older if key in names else ():
            name = f"{snake_case(schema.name)}_{schema.version.replace('-', '_')}"
            ended = {"reason": f"{newest.version} is the newest version", "replaced_by": names[key]}
            extra = {"status": "deprecated", "deprecated": ended} if names[key] in builder.events else {}
            with builder.reading(f"{schema.vendor}/{schema.name}/{schema.version}"):
                _add(schema, vendor, name, extra, builder)
    return names


def _add(schema: _Schema, vendor: str, name: str, extra: Mapping[str, Any], builder: PlanBuilder) -> str:
    usual = {"vendor": vendor, "name": name, "version": _FIRST}
    iglu = {key: getattr(schema, key) for key, value in usual.items() if getattr(schema, key) != value}
    form = as_map(schema.schema.get("self")).get("format")
    if form not in (None, "jsonschema"):
        builder.losses.add("loss_read_as", name, f"the format {form}, which is no JSON Schema", "any value")
        iglu["format"] = form
    beside = {_IGLU: iglu} if iglu else {}
    plain = {key: value for key, value in schema.schema.items() if key not in ("self", "$schema")}
    if schema.entity or not describes_object(plain):
        named = builder.define("types", name, {**read_type(plain, name, builder.losses), **beside})
        lost = "an entity" if schema.entity else "a schema that describes no object"
        builder.losses.add("loss_read_as", name, lost, f"the named type {named!r}, no event")
        return named
    body = read_event(plain, name, builder.losses)
    head = {"owner": schema.owner} if schema.owner else {}
    return builder.event(name, {**head, **body, **extra, **beside})


def _source(document: Mapping[str, Any], builder: PlanBuilder) -> str:
    data = as_map(document.get("data"))
    name = plan_id(str(data.get("name", "source")))
    ids = data.get("appIds")
    body: dict[str, Any] = {"x_app_ids": ids} if ids and ids != [name] else {}
    notes = {"x_title": data.get("name"), "x_description": data.get("description"), "x_owner": data.get("owner")}
    body.update({key: value for key, value in notes.items() if value and value != name})
    named = builder.define("sources", name, body)
    if any(as_map(data.get("entities")).values()):
        builder.losses.add("loss_left_out", f"source:{named}", "the entities that it adds to events", "nothing")
    return named


def _product(
    product: Mapping[str, Any], names: Mapping[tuple[str, str], str], sources: Mapping[str, str], builder: PlanBuilder
) -> None:
    """Read from a data product who owns its events and who sends them; keep the rest as it is."""
    builder.header.setdefault(_PRODUCTS, []).append(product)
    data = as_map(product.get("data"))
    builder.losses.add(
        "loss_kept_aside", "plan", f"the data product {data.get('name', '')!r}", f"kept under {_PRODUCTS}"
    )
    senders = [name for app in as_list(data.get("sourceApplications")) if (name := _referred(app, sources))]
    for specification in as_list(data.get("eventSpecifications")):
        event = builder.events.get(_event_of(specification, names))
        if event is None:
            continue
        if isinstance(data.get("owner"), str):
            event.setdefault("owner", data["owner"])
        if senders:
            event["sources"] = list(dict.fromkeys([*event.get("sources", ()), *senders]))


def _referred(app: Any, sources: Mapping[str, str]) -> str:
    ending = as_text(as_map(app).get("$ref")).lstrip("./")
    return next((name for path, name in sources.items() if ending and path.endswith(ending)), "")


def _event_of(specification: Any, names: Mapping[tuple[str, str], str]) -> str:
    event = as_map(as_map(specification).get("event"))
    match = _IGLU_URI.match(str(event.get("source")))
    return names.get((match[1], match[2]), "") if match else ""
