"""Segment Protocols: a tracking plan as one JSON file of rules, each a JSON Schema of a whole message.

The Public API's form (https://docs.segmentapis.com/tag/Tracking-Plans) is written; read are also the older Config API
(`rules.events`), Typewriter's plan.json (`events`), and lists of rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from footfall.plan.model import Event, Plan
from footfall.planning.codegen.json_schema import members_schema
from footfall.planning.interop.event_in import read_event, read_traits
from footfall.planning.interop.jsonschema import DRAFT_7
from footfall.planning.interop.losses import shown
from footfall.planning.interop.names import plan_id, snake_case
from footfall.planning.interop.plan_builder import PlanBuilder
from footfall.planning.interop.schema_out import EXCHANGE, exchanged_event
from footfall.planning.interop.untrusted import as_map, as_text

__all__ = ["read", "write"]

_NEVER = "0001-01-01"  # what the API writes for a rule that is not deprecated
_SOME_DAY = "1970-01-01"  # what is written where the day is not known
_TRAIT_RULES: Mapping[str, str] = {"IDENTIFY": "user", "GROUP": "account"}
_WHOLE_RULES = {"identify": "IDENTIFY", "group": "GROUP", "global": "COMMON"}
_OLD_TRAITS = {"identify_traits": "IDENTIFY", "group_traits": "GROUP"}
# The keywords of a message's schema that are read, or that go without saying.
_READ = frozenset(
    ("$schema", "$id", "id", "title", "description", "labels", "type", "properties", "required", "definitions", "$defs")
)
# What a message has beside its properties: https://segment.com/docs/connections/spec/common/
_MESSAGE_KEYS = frozenset(
    ("anonymousId", "context", "event", "integrations", "messageId", "name", "originalTimestamp", "properties",
     "receivedAt", "sentAt", "timestamp", "traits", "type", "userId", "version")
)  # fmt: skip
_NOTHING_ASKED: tuple[dict[str, Any], ...] = ({}, {"type": "object"})
_MESSAGE = ("context", "traits", "properties")


def write(plan: Plan) -> dict[str, Any]:
    """The plan as `plan.json`."""
    rules = [_track_rule(event, plan) for event in plan.events.values()]
    for type_, kind in _TRAIT_RULES.items():
        if plan.traits.get(kind):
            traits = members_schema(plan.traits[kind], EXCHANGE, closed=False)
            rules.append({"type": type_, "version": 1, "jsonSchema": _message("traits", traits, "", {}, {})})
    document: dict[str, Any] = {"name": plan.id, "type": "LIVE"}
    if plan.description:
        document["description"] = plan.description
    return {"plan.json": {**document, "rules": [*rules, *plan.x.get("x_segment_rules", ())]}}


def _track_rule(event: Event, plan: Plan) -> dict[str, Any]:
    schema = exchanged_event(event, plan)
    labels = schema.pop("labels", {})
    owner = {"owner": event.owner} if event.owner else {}
    version = schema.pop("version", 1)
    schema.pop("deprecated", None)  # the rule says it, with its day
    description = schema.pop("description", "")
    beside = event.x.get("x_segment_message", {})
    schema = {key: value for key, value in schema.items() if key != "x_segment_message"}
    message = _message("properties", schema, description, {**labels, **owner}, beside)
    rule = {"key": event.wire_name, "type": "TRACK", "version": version, "jsonSchema": message}
    if event.status == "deprecated":
        since = event.deprecated.since if event.deprecated is not None else ""
        rule["deprecatedAt"] = f"{since or _SOME_DAY}T00:00:00.000Z"
    return rule


def _message(
    part: str, schema: Mapping[str, Any], description: str, labels: Mapping[str, str], beside: Mapping[str, Any]
) -> dict[str, Any]:
    message: dict[str, Any] = {"$schema": DRAFT_7, "type": "object"}
    if description:
        message["description"] = description
    message["labels"] = dict(labels)
    empty: dict[str, Any] = {name: {"type": "object"} for name in _MESSAGE}
    message["properties"] = {**empty, **beside, part: dict(schema)}
    if part == "properties":
        message["required"] = [part]
    return message


def read(files: Mapping[str, Any], builder: PlanBuilder) -> None:
    """Add the events and traits of every tracking plan in the files."""
    for path, document in files.items():
        for plan in _plans(document):
            _header(plan, builder)
        rules = list(_rules(document))
        if not rules:
            builder.losses.add("loss_left_out", path, "the file", "it has no rules of a tracking plan")
        builder.reserve(rule["key"] for rule in rules if isinstance(rule.get("key"), str))
        for rule in _newest(rules, builder):
            with builder.reading(f"{path}: the rule for {rule.get('key') or rule.get('type')}"):
                _rule(rule, builder)


def _plans(document: Any) -> Iterator[Mapping[str, Any]]:
    """The maps that carry a plan's own name and description, however they are wrapped."""
    if isinstance(document, Mapping):
        for key in ("data", "trackingPlan", "tracking_plan"):
            if isinstance(document.get(key), Mapping):
                yield from _plans(document[key])
        if any(isinstance(document.get(key), str) for key in ("name", "display_name", "slug")):
            yield document


def _header(plan: Mapping[str, Any], builder: PlanBuilder) -> None:
    name = plan.get("slug") or plan.get("display_name") or plan.get("name")
    if isinstance(name, str) and "plan" not in builder.header:
        builder.header["plan"] = plan_id(name.rpartition("/")[2])
    title = plan.get("display_name") or plan.get("name")
    if isinstance(title, str) and plan_id(title) != builder.header.get("plan"):
        builder.header["x_title"] = title
    if as_text(plan.get("description")):
        builder.header["description"] = plan["description"]


def _rules(document: Any) -> Iterator[Mapping[str, Any]]:
    """Every rule of a document in the form of the Public API."""
    if isinstance(document, list):
        for each in document:
            yield from _rules(each)
        return
    if not isinstance(document, Mapping):
        return
    schema = document.get("jsonSchema", document.get("json_schema", document.get("rules")))
    if isinstance(schema, Mapping) and "events" not in schema and {"properties", "type", "$schema"} & schema.keys():
        key = document.get("key", document.get("name"))
        yield {"type": "TRACK", **document, "key": key, "jsonSchema": schema}
        return
    for old, type_ in _OLD_TRAITS.items():
        if isinstance(document.get(old), list):
            traits = {each["name"]: each for each in document[old] if isinstance(each, Mapping) and "name" in each}
            yield {"type": type_, "jsonSchema": {"properties": {"traits": {"properties": traits}}}}
    for key, type_ in _WHOLE_RULES.items():
        if isinstance(document.get(key), Mapping) and document[key]:
            yield {"type": type_, "jsonSchema": document[key]}
    for key in ("data", "trackingPlan", "tracking_plan", "tracking_plans", "rules", "events"):
        yield from _rules(document.get(key))


def _newest(rules: list[Mapping[str, Any]], builder: PlanBuilder) -> list[Mapping[str, Any]]:
    """The rules with the highest version of each event, as older ones have the same name."""
    best: dict[tuple[str, str], Mapping[str, Any]] = {}
    for index, rule in enumerate(rules):
        key = (str(rule.get("type")), str(rule.get("key") or f"\0{index}"))
        other = best.get(key)
        best[key] = rule
        if other is not None:
            old, best[key] = sorted((other, rule), key=_version)
            lost = f"version {_version(old)} of the event"
            builder.losses.add("loss_left_out", str(rule["key"]), lost, f"version {_version(best[key])}")
    return list(best.values())


def _version(rule: Mapping[str, Any]) -> int:
    version = rule.get("version")
    return version if isinstance(version, int) else 1


def _rule(rule: Mapping[str, Any], builder: PlanBuilder) -> None:
    type_ = str(rule.get("type")).upper()
    schema = rule["jsonSchema"]
    parts = as_map(schema.get("properties"))
    if type_ in _TRAIT_RULES:
        kind = _TRAIT_RULES[type_]
        traits = as_map(parts.get("traits", schema))
        for name, trait in read_traits(traits, f"traits.{kind}", builder.losses).items():
            builder.trait(kind, name, trait)  # type: ignore[arg-type]  # "user" or "account"
    elif type_ == "TRACK" and isinstance(rule.get("key"), str):
        _track(rule, schema, parts, builder)
    else:
        lost = f"the rule for {type_} {rule.get('key') or ''}".rstrip()
        builder.header.setdefault("x_segment_rules", []).append(dict(rule))
        builder.losses.add("loss_kept_aside", "plan", lost, "kept under x_segment_rules, and not checked")


def _day(text: Any) -> str:
    """The day of a point in time as the API writes it; "" for anything else."""
    try:
        return date.fromisoformat(text[:10]).isoformat() if isinstance(text, str) else ""
    except ValueError:
        return ""


def _track(rule: Mapping[str, Any], schema: Mapping[str, Any], parts: Mapping[str, Any], builder: PlanBuilder) -> None:
    key = rule["key"]
    own = snake_case(key)
    whole = "properties" in parts and _MESSAGE_KEYS.issuperset(parts)
    payload = parts.get("properties") if whole else schema
    # Without a part for the properties, the schema is either theirs or that of a message of which nothing is asked.
    if not whole and set(parts) <= {"context", "traits"}:
        payload = {}
    body = read_event(as_map(payload), own, builder.losses, document=schema)
    description = as_text(schema.get("description") or rule.get("description"))
    event: dict[str, Any] = {"description": description} if description else {}
    labels = dict(as_map(schema.get("labels")))
    if isinstance(labels.get("owner"), str):
        event["owner"] = labels.pop("owner")
    if labels:
        event["x_labels"] = labels
    if _version(rule) != 1:
        event["x_version"] = _version(rule)
    ended = rule.get("deprecatedAt")
    day = _day(ended)
    if day and day != _NEVER:
        event["status"] = "deprecated"
        if day != _SOME_DAY:
            event["deprecated"] = {"since": day}
    elif ended and not day:
        builder.losses.add("loss_left_out", own, f"deprecatedAt {shown(ended)}", "nothing: it is no time")
    beside = {name: part for name, part in parts.items() if name != "properties" and part not in _NOTHING_ASKED}
    title = schema.get("title")
    if as_text(title) and title != key:
        event["x_title"] = title
    for keyword in schema.keys() - _READ if whole else ():
        builder.losses.add("loss_left_out", own, f"{keyword} of the whole message", "nothing")
    if whole and beside:
        event["x_segment_message"] = beside
        builder.losses.add(
            "loss_kept_aside", own, f"what is asked of {', '.join(beside)}", "kept under x_segment_message"
        )
    builder.event(key, {**event, **{name: value for name, value in body.items() if name not in event}}, wire_name=key)
