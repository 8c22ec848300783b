"""Every key of the plan format changes something that somebody sees; the table says what.

One plan uses every key. Each row changes one of them and names an output that must come out differently. A key of the
format's tables without a row fails, as does a row that changes nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import pytest

from footfall.collector.bundle_rules import BundleRules
from footfall.plan import Plan, SourceMap, Validator, bundle_hash, read
from footfall.plan.checking.transform import Transforms
from footfall.plan.problems import Problems
from footfall.plan.reading.experiment_records import EXPERIMENT
from footfall.plan.reading.field_types import ListOf, Record
from footfall.plan.reading.measures import MEASURES
from footfall.plan.reading.schema import (
    BOARD,
    BRANCH,
    CALENDAR_WINDOW,
    CAMPAIGN,
    COHORT,
    CONSENT_PURPOSE,
    DERIVED_EVENT,
    EVENT,
    FILE,
    GOAL,
    GUARD,
    JOURNEY,
    KPI,
    PAGE,
    PROPERTY,
    PROPERTY_GROUP,
    SECTIONS,
    SEGMENT,
    SIGNAL,
    SILENCE,
    STEP,
    TYPE,
)
from footfall.plan.reading.segments import RULES, SESSIONS, TIME_SPENT
from footfall.plan.reading.yaml_source import parse_yaml
from footfall.planning.codegen.json_schema import plan_schema
from footfall.planning.codegen.python import python_module
from footfall.planning.docs.site import site
from footfall.planning.lint import lint
from footfall.planning.scan.sources import SourceGlobs

TEXT: Final = (Path(__file__).parent / "data" / "every_key.yaml").read_bytes()
PAYLOADS = (
    b'{"serialNo":"x","price":3.20,"kind":"a","note":"abc","host":"a.b","count":2,"tags":["a"],"where":{"city":"a"}}',
    b'{"price":0.5,"note":"AB"}',
    b'{"price":2.125,"kind":null,"note":"","host":"-","count":99,"tags":["a","b","c"],"by_hour":{"a":"b"},"amount":1.234}',
    b'{"price":2,"kind":"z","note":"ABCDEFGH","count":0,"tags":[],"where":{"city":5},"secret":"abcdefghijklm"}',
    b'{"serial":"x"}',
    b'{"price":2,"other":1,"where":{"street":"a"}}',
    b"{}",
)


def verdicts(plan: Plan) -> str:
    """What validators of every place say of some payloads, under every name."""
    out = []
    for place in ("test", "client", "collector"):
        validator = Validator(plan, stage=place)
        for name in ("Thing Sold", "sold", "sale", "Sold", "bought", "seen"):
            event = validator.resolve(name, on="2026-01-15")
            late = validator.resolve(name, on="2027-01-15")
            out.append(f"{name} {event and event.name} {late and late.name} {validator.policy(event)}")
            if event is not None:
                out += [repr(validator.check(event, payload)) for payload in PAYLOADS]
        for traits in (b'{"email":"x"}', b'{"email":"a@b.c"}', b'{"email":null}'):
            out.append(repr(validator.check_traits("user", traits)))
    return "\n".join(out)


def sent(plan: Plan) -> str:
    """What leaves the process."""
    transforms = Transforms(plan, b"k" * 32)
    traits = transforms.transform_traits("user", b'{"email":"a@b.c"}').properties
    return repr([transforms.apply(event, PAYLOADS[3]) for event in plan.events.values()] + [bytes(traits)])


def stored(plan: Plan) -> str:
    """What the collector makes of who sends."""
    judge = BundleRules(plan, "digest", Validator(plan, stage="collector"))
    return repr([
        (judge.allows(event, source), judge.device_key(event, source))
        for event in plan.events.values() for source in ("web", "box", "app")
    ])  # fmt: skip


def linted(plan: Plan) -> str:
    return "\n".join(
        f"{one.level} {one}" for one in lint(plan, source_map=SourceMap("plan.yaml"), today=date(2026, 6, 1))
    )


OUTPUTS: dict[str, Callable[[Plan], str]] = {
    "verdict": verdicts,
    "sent": sent,
    "stored": stored,
    "lint": linted,
    # Without the bundle's name, which every key changes.
    "docs": lambda plan: (
        repr(site(plan, history={})).replace(bundle_hash(plan), "").replace(bundle_hash(plan)[:12], "")
    ),
    "scan": lambda plan: repr(SourceGlobs(plan).of("web/shop.py")),
    "python": lambda plan: python_module(plan).partition("bundle:")[2].partition("\n")[2],
    "schema": lambda plan: repr({**plan_schema(plan), "$comment": ""}),
}


SOLD = ("events", "sold")
PROPERTIES = (*SOLD, "properties")
KPI_AT = ("kpis", "takings")
BUY = ("journeys", "buy")
SHORT = ("experiments", "short")
WEEK = ("boards", "week")
DOUBT = ("signals", "doubt")
SPRING = ("campaigns", "spring")
KEEN = ("segments", "keen")
WHO = (*KEEN, "who", "all")
RULE_AT: Final[dict[str, tuple[Any, ...]]] = {
    "all": (*KEEN, "who"),
    **{form: (*WHO, number) for number, form in enumerate(["did", "first", "last", "days_with", "share_of_days_with"])},
    "any": (*WHO, 5),
    "sessions": (*WHO, 5, "any", 0),
    "time_spent": (*WHO, 5, "any", 1),
    "not": (*WHO, 6),
    "traits": (*WHO, 6, "not"),
    "segment": (*WHO, 7),
}
# Where the tables of the format are used in the plan above; property keys stand where they have a meaning.
PLACES: Final[dict[str, tuple[Record, tuple[Any, ...]]]] = {
    "": (FILE, ()),
    "event": (EVENT, SOLD),
    "kpi": (KPI, KPI_AT),
    "calendar window": (CALENDAR_WINDOW, ("kpis", "sales", "window")),
    "goal": (GOAL, ("goals", "grow")),
    "journey": (JOURNEY, BUY),
    "experiment": (EXPERIMENT, SHORT),
    "board": (BOARD, WEEK),
    "signal": (SIGNAL, DOUBT),
    "campaign": (CAMPAIGN, SPRING),
    "derived event": (DERIVED_EVENT, ("derived_events", "dear_sold")),
    "silence": (SILENCE, ("silences", "christmas")),
    "step": (STEP, (*BUY, "steps", 1)),
    "branch": (BRANCH, (*BUY, "branches", 0)),
    "guard": (GUARD, (*BUY, "never", 0)),
    "purpose": (CONSENT_PURPOSE, ("consent", "purposes", "statistics")),
    "page": (PAGE, ("pages", "Prices")),
    "group": (PROPERTY_GROUP, ("property_groups", "shop")),
    "property": (PROPERTY, (*PROPERTIES, "kind")),
    "team": (SECTIONS["teams"][1], ("teams", "growth")),  # type: ignore[dict-item]  # a Record, as the table has it
    "source": (SECTIONS["sources"][1], ("sources", "web")),  # type: ignore[dict-item]  # as above
    **{f"measure {form}": (record, (*KPI_AT, "measure")) for form, record in MEASURES.items()},
    "segment": (SEGMENT, KEEN),
    "cohort": (COHORT, ("cohorts", "spring")),
    **{f"rule {form}": (RULES[form], at) for form, at in RULE_AT.items()},
    "sessions": (SESSIONS, (*RULE_AT["sessions"], "sessions")),
    "time spent": (TIME_SPENT, (*RULE_AT["time_spent"], "time_spent")),
}


def keys_of(record: Record, at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The keys of a record, at any depth, by where they stand."""
    for name, key in record.keys.items():
        yield (*at, name), name
        kind = key.kind
        inner = kind.kind if isinstance(kind, ListOf) else kind
        if isinstance(inner, Record):
            yield from keys_of(inner, (*at, name, 0) if isinstance(kind, ListOf) else (*at, name))


def all_keys() -> dict[str, tuple[Any, ...]]:
    paths = {}
    for place, (record, at) in PLACES.items():
        for path, _ in keys_of(record, at):
            parts = [str(part) for part in path[len(at) :] if part != 0]
            paths[" ".join([place, ".".join(parts)]).strip()] = path
    return paths


def put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    """Set or remove what stands at a path; maps on the way are made."""
    for part in path[:-1]:
        document = document.setdefault(part, {}) if isinstance(document, dict) else document[part]
    if value is GONE:
        document.pop(path[-1], None)
    else:
        document[path[-1]] = value


GONE: Final = object()
_found = Problems()
_root = parse_yaml(TEXT, "plan.yaml", _found)
assert _root is not None
DOCUMENT: Final[dict[str, Any]] = _root.plain()


class Row(NamedTuple):
    """The output that a change shows in; what to set, and where if not at the key itself; what to set before."""

    output: str
    value: Any = GONE
    at: tuple[Any, ...] | None = None
    before: Mapping[tuple[Any, ...], Any] = MappingProxyType({})


def _on(name: str, key: str) -> tuple[Any, ...]:
    return (*PROPERTIES, name, key)


_PLACES = ("test", "client", "collector")
_POLICIES = ("unknown_event", "unknown_property", "invalid")
_RULES: dict[str, Any] = {
    "style": "camelCase", "order": "action_object", "tense": "present", "max_length": 2, "pattern": "^zz",
    "exceptions": ["gizmo"], "level": "off",
}  # fmt: skip
_STEPS = [{"id": "look", "event": "seen"}, {"id": "take", "event": "bought"}]
# One more name of each kind, for the rules about names.
_NAMED: dict[str, tuple[tuple[Any, ...], Any]] = {
    "events": (("events",), {}),
    "properties": (PROPERTIES, {"type": "boolean"}),
    "traits": (("traits", "user"), {"type": "boolean"}),
    "kpis": (("kpis",), {"measure": {"count": "bought"}}),
    "goals": (("goals",), {}),
    "journeys": (("journeys",), {"steps": _STEPS}),
    "segments": (("segments",), {"who": {"segment": "login_once"}}),
    "cohorts": (("cohorts",), {"segment": "keen", "as_of": "2026-05-01"}),
}


def _naming(part: str, key: str, value: Any) -> Row:
    at, what = _NAMED[part]
    # The exceptions are words that a rule about actions takes as such, and a level is that of some rule.
    rule = {"exceptions": {"order": "object_action"}, "level": {"max_length": 2}}.get(key, {"max_length": 99})
    added = {(*at, "order_completed"): what, (*at, "order_gizmo"): what, ("naming", part): rule}
    return Row("lint", value, None, added)


_WANTED = {
    "events": "links", "properties": "unit", "traits": "unit", "kpis": "drives", "goals": "kpis",
    "journeys": "branches", "campaigns": "budget", "segments": "description", "cohorts": "description",
}  # fmt: skip
_LEFT_OUT: dict[str, dict[tuple[Any, ...], Any]] = {
    "goals": {("goals", "grow", "kpis"): GONE},
    "journeys": {(*BUY, "branches"): GONE},
    "campaigns": {(*SPRING, "budget"): GONE},
    "segments": {(*KEEN, "description"): GONE},
    "cohorts": {("cohorts", "spring", "description"): GONE},
}
_UNSEGMENTED: dict[tuple[Any, ...], Any] = {("segments",): GONE, ("cohorts",): GONE}
_MEASURE = (*KPI_AT, "measure")
_RATIO: dict[tuple[Any, ...], Any] = {_MEASURE: {"ratio": {"of": {"count": "bought"}, "to": {"count": "sold"}}}}
_SUM: dict[tuple[Any, ...], Any] = {_MEASURE: {"sum_of": [{"count": "bought"}, {"count": "sold"}]}}
_LESS: dict[tuple[Any, ...], Any] = {_MEASURE: {"difference": {"of": {"count": "bought"}, "less": {"count": "sold"}}}}
_BUYING: dict[tuple[Any, ...], Any] = {_MEASURE: {"journey": "buy", "from": "look", "to": "pay"}}


def _of(form: str) -> tuple[str, str]:
    texts = {"unique": ("sold.kind", "sold.note"), "count": ("sold", "bought")}
    return texts.get(form, ("sold.price", "sold.amount"))


def _measured(form: str) -> dict[tuple[Any, ...], Any]:
    return {_MEASURE: {form: _of(form)[0], **({"at": 90} if form == "percentile" else {})}}


ROWS: Final[dict[str, Row]] = {
    "plan": Row("schema", "shop2"),
    "format": Row("finding", 2),
    "description": Row("docs"),
    "timezone": Row("finding", "Nowhere/Land"),
    "week_starts": Row("finding", "tuesday"),
    "naming": Row("lint", {"events": {"max_length": 2}}),
    **{f"naming.{part}": Row("lint", {"max_length": 2}) for part in _NAMED},
    **{f"naming.{part}.{key}": _naming(part, key, value) for part in _NAMED for key, value in _RULES.items()},
    "naming.reserved": Row("lint", ["sold", "price"]),
    "lint": Row("lint", {"no_description": "off"}),
    "require": Row("finding", {"events": ["links"]}),
    **{f"require.{part}": Row("finding", [key], None, _LEFT_OUT.get(part, {})) for part, key in _WANTED.items()},
    "sensitivity_levels": Row("finding", ["internal"]),
    "identity": Row("stored"),
    "identity.device": Row("stored"),
    "identity.account": Row("finding", "nothing"),
    "consent": Row("finding"),
    "consent.rule": Row("docs", "statistics_exempt"),
    "consent.default": Row("docs", "none"),
    "consent.purposes": Row("finding", {"marketing": {}}),
    "purpose description": Row("docs"),
    "purpose refused": Row("docs", "full"),
    "web": Row("docs"),
    **{f"web.{key}": Row("docs") for key in ("query", "click_ids", "full_url", "full_referrer", "paths", "exclude")},
    "staff": Row("docs"),
    **{f"staff.{key}": Row("docs") for key in ("traits", "email_domains", "networks", "signed_link")},
    "enforcement": Row("verdict"),
    **{f"enforcement.{place}": Row("verdict", {"invalid": "drop"}) for place in _PLACES},
    **{f"enforcement.{place}.{key}": Row("verdict", "drop") for place in _PLACES for key in _POLICIES},
    "teams": Row("finding", {"other": {}}),
    "sources": Row("finding"),
    "types": Row("finding"),
    "property_groups": Row("finding"),
    "events": Row("finding"),
    "pages": Row("finding"),
    "page description": Row("lint"),
    "page consent": Row("docs"),
    "page properties": Row("finding"),
    "goals": Row("docs"),
    "kpis": Row("finding"),
    "experiments": Row("docs"),
    "boards": Row("docs"),
    "signals": Row("docs"),
    "journeys": Row("finding"),
    "campaigns": Row("docs"),
    "silences": Row("docs"),
    "derived_events": Row("docs"),
    "event derive": Row("docs", {"double": "price * 3"}),
    "derived event from": Row("docs", "bought", None, {("derived_events", "dear_sold", "when"): "True"}),
    "derived event when": Row("docs", "price > 200"),
    "derived event owner": Row("finding", "nobody"),
    "derived event description": Row("docs"),
    "traits": Row("verdict", GONE, None, _UNSEGMENTED),
    "defaults": Row("finding"),
    "defaults.owner": Row("finding"),
    "defaults.status": Row("python", "draft"),
    "defaults.purpose": Row("python"),
    "defaults.consent": Row("docs", "marketing"),
    "defaults.sources": Row("stored"),
    "defaults.actor": Row("python"),
    "defaults.include": Row("finding"),
    "defaults.sensitivity": Row("schema"),
    "event wire_name": Row("verdict"),
    "event aliases": Row("verdict"),
    "event aliases.name": Row("verdict", "sale2"),
    "event aliases.until": Row("verdict"),
    "event description": Row("python"),
    "event owner": Row("python", "store"),
    "event status": Row("lint", "active", None, {(*SOLD, "deprecated"): GONE}),
    "event purpose": Row("docs", ["goal:grow"]),
    "event consent": Row("docs", "full"),
    "event sources": Row("stored", ["box"]),
    "event actor": Row("docs", ["system"]),
    "event channel": Row("docs", "chat"),
    "event since": Row("docs"),
    "event expires": Row("docs"),
    "event links": Row("docs"),
    "event deprecated": Row("lint"),
    "event deprecated.since": Row("docs"),
    "event deprecated.reason": Row("docs"),
    "event deprecated.replaced_by": Row("lint"),
    "event deprecated.remove_after": Row("lint"),
    "event include": Row("schema", []),
    "event properties": Row("finding"),
    "event additional": Row("verdict", True),
    "event rules": Row("verdict"),
    "event rules.id": Row("verdict", "cheap"),
    "event rules.check": Row("verdict", "price > 100"),
    "event rules.message": Row("verdict"),
    "event expect": Row("docs"),
    "event expect.volume": Row("docs", {"per": "week", "min": 2}),
    "event expect.volume.per": Row("docs", "hour"),
    "event expect.volume.min": Row("docs"),
    "event expect.volume.max": Row("docs"),
    "event enforcement": Row("verdict", {"client": {"unknown_property": "drop"}}),
    **{f"event enforcement.{place}": Row("verdict", {"invalid": "drop"}) for place in _PLACES},
    **{f"event enforcement.{place}.{key}": Row("verdict", "drop") for place in _PLACES for key in _POLICIES},
    "event no_lint": Row("lint"),
    "kpi owner": Row("docs", "store"),
    "kpi question": Row("docs"),
    "kpi measure": Row("docs", {"count": "bought"}),
    "kpi window": Row("docs", "7d"),
    "calendar window calendar": Row("docs", "week"),
    "calendar window last": Row("docs"),
    "kpi target": Row("docs"),
    "kpi target.direction": Row("docs", "down"),
    "kpi target.value": Row("docs", 11),
    "kpi target.unit": Row("docs"),
    "kpi drives": Row("docs"),
    "kpi guardrails": Row("docs"),
    "kpi no_lint": Row("lint"),
    "goal owner": Row("docs", "store"),
    "goal description": Row("docs"),
    "goal kpis": Row("lint"),
    "signal owner": Row("docs", "store"),
    "signal event": Row("finding", "nothing"),
    "signal where": Row("docs"),
    "signal by": Row("docs"),
    "signal count": Row("docs"),
    "signal within": Row("docs"),
    "signal after": Row("finding", "1d"),
    "signal silent": Row("finding", "1d"),
    "signal answer": Row("docs", "Call"),
    "signal voice": Row("finding", "nothing"),
    "signal cooldown": Row("docs"),
    "board title": Row("docs"),
    "board owner": Row("docs", "store"),
    "board questions": Row("docs", ["trend seen"]),
    "experiment owner": Row("docs", "store"),
    "experiment hypothesis": Row("docs", "Another"),
    "experiment started": Row("docs", "2026-07-01"),
    "experiment exposure": Row("docs", {"event": "sold", "variant": "kind"}),
    "experiment exposure.event": Row("finding", "nothing"),
    "experiment exposure.variant": Row("finding", "count"),
    "experiment exposure.where": Row("docs"),
    "experiment variants": Row("docs", {"a": 9, "b": 1}),
    "experiment kpi": Row("docs", "sales", None, {(*SHORT, "outcome"): GONE, (*SHORT, "kpi"): "takings"}),
    "experiment outcome": Row("docs", {"event": "bought"}),
    "experiment outcome.event": Row("finding", "nothing"),
    "experiment outcome.where": Row("docs"),
    "experiment outcome.sum": Row("docs"),
    "experiment within": Row("docs", "1d"),
    "experiment direction": Row("docs"),
    "experiment guardrails": Row("docs"),
    "experiment alpha": Row("docs"),
    "experiment stop": Row("docs"),
    "experiment stop.minimum": Row("docs"),
    "experiment stop.maximum": Row("docs"),
    "experiment stop.smallest": Row("docs"),
    "journey owner": Row("docs", "store"),
    "journey description": Row("docs"),
    "journey by": Row("docs", "device"),
    "journey within": Row("docs"),
    "journey steps": Row("finding", []),
    "journey branches": Row("docs"),
    "journey never": Row("docs"),
    "journey no_lint": Row("lint"),
    "step id": Row("docs", "took", None, {(*BUY, "never"): GONE}),
    "step event": Row("finding", "nothing"),
    "step where": Row("docs"),
    "step within": Row("docs"),
    "step expect": Row("docs"),
    "branch id": Row("docs", "fast"),
    "branch after": Row("finding", "pay"),
    "branch steps": Row("docs", ["take", "pay"]),
    "branch note": Row("docs"),
    "guard event": Row("docs", "bought", None, {(*BUY, "never", 0, "where"): GONE}),
    "guard between": Row("docs", ["look", "pay"]),
    "guard as": Row("docs", "regret"),
    "guard where": Row("docs"),
    "silence from": Row("docs", "2026-12-23"),
    "silence until": Row("docs", "2026-12-26T12:00"),
    "silence every": Row("docs"),
    "silence events": Row("docs"),
    "silence sources": Row("docs"),
    "silence kpis": Row("docs"),
    "silence note": Row("docs"),
    "campaign owner": Row("docs", "store"),
    "campaign description": Row("docs"),
    "campaign utm": Row("docs"),
    "campaign from": Row("docs"),
    "campaign until": Row("docs"),
    "campaign budget": Row("docs"),
    "campaign budget.amount": Row("docs", 5),
    "campaign budget.currency": Row("docs", "NOK"),
    "campaign origins": Row("docs"),
    "campaign no_lint": Row("lint"),
    "group description": Row(
        "python", GONE, None, {("property_groups", "shop", "properties", "shop_id", "description"): GONE}
    ),
    "group properties": Row("schema", {}, None, {(*BUY, "never"): GONE, ("identity", "account"): GONE, **_UNSEGMENTED}),
    "group no_lint": Row("lint"),
    "property use": Row("finding", "money"),
    "property type": Row(
        "verdict",
        "integer",
        _on("note", "type"),
        {_on("note", "pattern"): GONE, _on("note", "min_length"): GONE, _on("note", "max_length"): GONE, SHORT: GONE},
    ),
    "property description": Row("python", GONE, _on("kind", "description")),
    "property nullable": Row("verdict", True),
    "property enum": Row("verdict"),
    "property open": Row("verdict", True),
    "property pattern": Row("verdict", GONE, _on("note", "pattern")),
    "property format": Row("verdict", GONE, _on("host", "format")),
    "property min": Row("verdict", 0, _on("count", "min")),
    "property max": Row("verdict", 99, _on("count", "max")),
    "property min_length": Row("verdict", GONE, _on("note", "min_length")),
    "property max_length": Row("verdict", GONE, _on("note", "max_length")),
    "property min_items": Row("verdict", GONE, _on("tags", "min_items")),
    "property max_items": Row("verdict", GONE, _on("tags", "max_items")),
    "property scale": Row("verdict", GONE, _on("amount", "scale")),
    "property unit": Row("python", GONE, _on("count", "unit")),
    "property currency": Row("python", GONE, _on("count", "currency")),
    "property examples": Row("schema", GONE, _on("price", "examples")),
    "property sensitivity": Row("verdict", "personal", _on("note", "sensitivity")),
    "property transform": Row("sent", GONE, _on("secret", "transform")),
    "property retention": Row("docs", GONE, _on("secret", "retention")),
    "property items": Row("verdict", {"type": "integer"}, _on("tags", "items")),
    "property values": Row("verdict", {"type": "string"}, _on("by_hour", "values")),
    "property properties": Row("verdict", {}, _on("where", "properties"), {_on("where", "additional"): False}),
    "property additional": Row("verdict", False, _on("where", "additional")),
    "property no_lint": Row("lint", GONE, _on("serial", "no_lint")),
    "property wire_name": Row("verdict", GONE, _on("serial", "wire_name")),
    "property required": Row("verdict", GONE, _on("price", "required")),
    "segments": Row("finding"),
    "cohorts": Row("docs"),
    "segment owner": Row("docs", "store"),
    "segment description": Row("docs"),
    "segment who": Row("docs", {"segment": "login_once"}),
    "segment no_lint": Row("lint"),
    "cohort owner": Row("docs", "store"),
    "cohort description": Row("docs"),
    "cohort segment": Row("docs", "login_once"),
    "cohort as_of": Row("docs", "2026-06-01"),
    "cohort no_lint": Row("lint", ["missing_description"], None, {("cohorts", "spring", "description"): ""}),
    **{
        f"rule {form} {key}": Row("docs")
        for form in ("did", "first", "last", "days_with", "share_of_days_with")
        for key in ("where", *(("before", "after") if form in ("first", "last") else ("at_least", "at_most")))
    },
    **{
        f"rule {form} {form}": Row("docs", "*", None, {(*RULE_AT[form], "where"): GONE})
        for form in ("did", "days_with")
    },
    **{
        f"rule {form} {form}": Row("docs", "seen", None, {(*RULE_AT[form], "where"): GONE})
        for form in ("first", "last")
    },
    "rule days_with days_with": Row("docs", "seen"),
    "rule share_of_days_with share_of_days_with": Row("docs", "sold"),
    "rule did within": Row("docs"),
    **{f"rule {form} within": Row("docs", "7d") for form in ("days_with", "share_of_days_with")},
    "rule all all": Row("docs", [{"segment": "login_once"}]),
    "rule any any": Row("docs", [{"segment": "login_once"}]),
    "rule not not": Row("docs", {"segment": "login_once"}),
    "rule traits traits": Row("docs", {"email": {"not": "a@shop.example"}}),
    "rule segment segment": Row("docs", "login_never"),
    "rule sessions sessions": Row("docs", {"at_least": 1}),
    "rule time_spent time_spent": Row("docs", {"at_least": "1m"}),
    **{
        f"{part} {key}": Row("docs") for part in ("sessions", "time spent") for key in ("at_least", "at_most", "within")
    },
    "sessions where": Row("docs", {"exit": "seen"}),
    "team contact": Row("docs"),
    "team slack": Row("docs"),
    "team codeowners": Row("docs"),
    "source kind": Row("stored", "server", ("sources", "box", "kind")),
    "source language": Row("docs"),
    "source paths": Row("scan"),
    "source min_version": Row("docs"),
    "source channel": Row("docs", "app"),
    **{
        key: row
        for form in MEASURES
        if form not in {"ratio", "sum_of", "difference", "journey"}
        for key, row in {
            f"measure {form} {form}": Row("docs", _of(form)[1], None, _measured(form)),
            f"measure {form} where": Row("docs", {"kind": "b"}, None, _measured(form)),
            f"measure {form} by": Row("docs", ["kind"], None, _measured(form)),
        }.items()
    },
    "measure ratio ratio": Row("docs", {"of": {"count": "sold"}, "to": {"count": "sold"}}, None, _RATIO),
    "measure ratio ratio.of": Row("docs", {"count": "sold"}, None, _RATIO),
    "measure ratio ratio.to": Row("docs", {"count": "bought"}, None, _RATIO),
    "measure percentile at": Row("docs", 75, None, _measured("percentile")),
    "measure sum_of sum_of": Row("docs", [{"count": "sold"}, {"count": "sold"}], None, _SUM),
    "measure difference difference": Row("docs", {"of": {"count": "sold"}, "less": {"count": "sold"}}, None, _LESS),
    "measure difference difference.of": Row("docs", {"count": "sold"}, None, _LESS),
    "measure difference difference.less": Row("docs", {"count": "bought"}, None, _LESS),
    "measure journey journey": Row("finding", "none", None, _BUYING),
    "measure journey from": Row("docs", "take", None, _BUYING),
    "measure journey to": Row("docs", "take", None, _BUYING),
}


def finding(document: dict[str, Any]) -> str:
    return repr(read(document).problems)


@pytest.mark.parametrize("key", ROWS)
def test_a_key_changes_what_its_row_says(key: str) -> None:
    row = ROWS[key]
    before = copy.deepcopy(DOCUMENT)
    for at, value in row.before.items():
        put(before, at, value)
    after = copy.deepcopy(before)
    put(after, row.at or all_keys()[key], row.value)

    assert after != before
    plan = read(before).require()
    changed = read(after)
    if row.output == "finding":
        assert changed.problems
    else:
        assert OUTPUTS[row.output](changed.require()) != OUTPUTS[row.output](plan)


def test_every_key_of_the_format_has_a_row() -> None:
    assert set(all_keys()) == set(ROWS)
    assert set(TYPE.keys) == set(PROPERTY.keys) - {"required", "wire_name"}


def test_a_key_of_a_type_does_what_it_does_on_a_property_that_uses_the_type() -> None:
    whole = read(DOCUMENT).require()
    stated: dict[str, Any] = DOCUMENT["events"]["sold"]["properties"]
    moved = copy.deepcopy(DOCUMENT)
    for name, keys in stated.items():
        own = {key: value for key, value in keys.items() if key in {"required", "wire_name"}}
        moved["types"][f"{name}_type"] = {key: value for key, value in keys.items() if key not in own}
        moved["events"]["sold"]["properties"][name] = {"use": f"{name}_type", **own}
    used = read(moved).require()

    assert used.events["sold"].properties == whole.events["sold"].properties
    assert {key for keys in stated.values() for key in keys} >= set(TYPE.keys)
