"""Events are compared under their declared names, with the status that they had."""

from __future__ import annotations

from typing import Any

import pytest
from tests.planning.diff.plans import SHOP, compare, plan_of

from footfall.plan.model import Event, Plan
from footfall.planning.diff import diff
from footfall.planning.diff.events import EVENT_FIELDS


def test_an_event_is_renamed_only_when_an_alias_declares_it() -> None:
    order = SHOP["events"]["order_completed"]
    events = {name: event for name, event in SHOP["events"].items() if name != "order_completed"}
    moved = {
        "kpis": {"revenue": {"owner": "growth", "measure": {"sum": "purchase_made.total"}}},
        "journeys": {},
    }
    declared = {
        **SHOP,
        **moved,
        "events": {**events, "purchase_made": {**order, "aliases": [{"name": "order_completed"}]}},
    }
    undeclared = {**SHOP, **moved, "events": {**events, "purchase_made": order}}
    base = plan_of({**SHOP, "kpis": {"revenue": SHOP["kpis"]["revenue"]}, "journeys": {}})

    assert [(change.kind, change.where) for change in diff(base, plan_of(declared))] == [
        ("event_renamed", "purchase_made")
    ]
    kinds = {change.kind for change in diff(base, plan_of(undeclared))}
    assert {"event_removed", "event_added"} <= kinds


def test_a_draft_may_change_freely() -> None:
    draft = {"events": {"tried": {"status": "draft", "properties": {"a": {"type": "string"}}}}, "plan": "p"}
    other = {"events": {"tried": {"status": "draft", "properties": {"a": {"type": "integer"}}}}, "plan": "p"}

    assert [(change.kind, change.level) for change in diff(plan_of(draft), plan_of(other))] == [
        ("type_changed", "info")
    ]


def test_the_end_of_a_deprecated_event_was_announced() -> None:
    def plan(status: str) -> Plan:
        return plan_of({"plan": "p", "events": {"old": {"status": status}, "other": {}}})

    gone = plan_of({"plan": "p", "events": {"other": {}}})

    assert [change.level for change in diff(plan("deprecated"), gone)] == ["warning"]
    assert [change.level for change in diff(plan("active"), gone)] == ["error"]


@pytest.mark.parametrize("changed", ["name", "wire_name"])
def test_a_rename_that_says_until_when_the_old_name_is_taken_warns_of_nothing_but_the_code(changed: str) -> None:
    prop = {"properties": {"a": {"type": "string"}}}
    base = {"name": {"sold": prop}, "wire_name": {"sold": {**prop, "wire_name": "Sold"}}}[changed]
    alias = [{"name": {"name": "sold", "wire_name": "Sold"}[changed], "until": "2027-01-01"}]
    new = {
        "name": {"bought": {**prop, "aliases": alias}},
        "wire_name": {"sold": {**prop, "wire_name": "Bought", "aliases": alias}},
    }[changed]

    changes = diff(plan_of({"plan": "p", "events": base}), plan_of({"plan": "p", "events": new}))

    assert {change.kind for change in changes if change.level != "info"} <= {"event_renamed"}
    (ends,) = [change for change in changes if change.kind == "old_name_ends"]
    assert "until 2027-01-01" in ends.what


def test_an_alias_that_ends_earlier_than_was_said_is_still_a_warning() -> None:
    def plan(until: str) -> Plan:
        alias = {"name": "bought", **({"until": until} if until else {})}
        return plan_of({"plan": "p", "events": {"sold": {"aliases": [alias]}}})

    assert [change.kind for change in diff(plan("2027-06-01"), plan("2027-01-01"))] == ["alias_shortened"]
    assert [change.kind for change in diff(plan(""), plan("2027-01-01"))] == ["alias_shortened"]


@pytest.mark.parametrize(
    ("path", "value", "kind", "where"),
    [
        ("traits", {"user": {"email": {"type": "string"}}}, "property_added", "traits.user.email"),
        ("events.order_completed.status", "deprecated", "event_deprecated", "order_completed"),
        ("events.order_completed.status", "draft", "event_to_draft", "order_completed"),
        ("events.order_completed.sources", [], "sources_widened", "order_completed.sources"),
        ("events.cart_filled.sources", ["backend"], "sources_narrowed", "cart_filled.sources"),
        ("events.order_completed.owner", "growth", "owner_changed", "order_completed"),
        ("events.order_completed.since", "2026-01-01", "event_described", "order_completed"),
        ("events.order_completed.wire_name", "Order Completed", "wire_name_added", "order_completed"),
        (
            "events.order_completed.rules", [{"id": "much", "check": "total > 1"}],
            "rule_added", "order_completed.rules.much",
        ),
    ],
)  # fmt: skip
def test_a_change_of_one_key_is_one_change(path: str, value: Any, kind: str, where: str) -> None:
    assert [(change.kind, change.where) for change in compare((path, value))] == [(kind, where)]


def test_every_field_of_an_event_is_compared() -> None:
    assert frozenset(Event.__struct_fields__) == EVENT_FIELDS
