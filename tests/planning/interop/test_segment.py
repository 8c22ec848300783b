"""Every form in which Segment hands out a tracking plan is read: the Public API, the Config API, Typewriter's files."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.planning.interop import export_plan, import_plan

MESSAGE = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "labels": {"owner": "growth", "area": "shop"},
    "properties": {
        "context": {},
        "traits": {"type": "object"},
        "properties": {"type": "object", "properties": {"Total": {"type": "number"}}, "required": ["Total"]},
    },
    "required": ["properties"],
}
PUBLIC = {"key": "Order Paid", "type": "TRACK", "version": 1, "jsonSchema": MESSAGE}
OLD = {"name": "Order Paid", "description": "An order", "version": 1, "rules": MESSAGE}


@pytest.mark.parametrize(
    "document",
    [
        {"data": {"trackingPlan": {"id": "tp_1", "name": "Shop", "rules": [PUBLIC]}}},
        {"rules": [PUBLIC]},
        [PUBLIC],
        {"name": "workspaces/w/tracking-plans/rs_1", "display_name": "Shop", "rules": {"events": [OLD]}},
        {"tracking_plans": [{"display_name": "Shop", "rules": {"events": [OLD], "identify_traits": []}}]},
        {"events": [OLD], "group_traits": None, "identify_traits": []},
    ],
    ids=["public API", "rules file", "list of rules", "config API", "list of plans", "typewriter"],
)
def test_each_form_holds_the_same_event(document: Any) -> None:
    plan = import_plan({"plan.json": document}, "segment").plan

    event = plan.events["order_paid"]
    assert event.wire_name == "Order Paid"
    assert event.owner == "growth"
    assert event.x["x_labels"] == {"area": "shop"}
    assert [(prop.name, prop.wire_name, prop.type, prop.required) for prop in event.properties] == [
        ("total", "Total", "number", True)
    ]


def test_names_that_differ_in_letters_only_stay_apart_on_the_wire() -> None:
    rules = [{**PUBLIC, "key": key} for key in ("Order Paid", "order_paid", "42_--odd==\\\"name'++~!3")]

    plan = import_plan({"plan.json": {"rules": rules}}, "segment").plan

    assert {event.wire_name: event.name for event in plan.events.values()} == {
        "Order Paid": "order_paid_2",
        "order_paid": "order_paid",
        "42_--odd==\\\"name'++~!3": "_42_odd_name_3",
    }


def test_of_several_versions_the_newest_stays_and_the_others_are_told() -> None:
    older, newer = PUBLIC, {**PUBLIC, "version": 2}

    imported = import_plan({"plan.json": {"rules": [newer, older]}}, "segment")

    assert imported.plan.events["order_paid"].x["x_version"] == 2
    assert [(loss.code, loss.lost, loss.instead) for loss in imported.losses] == [
        ("loss_left_out", "version 1 of the event", "version 2")
    ]


def test_every_identify_rule_is_read() -> None:
    def rule(name: str) -> dict[str, Any]:
        traits = {"type": "object", "properties": {name: {"type": "string"}}}
        return {"type": "IDENTIFY", "version": 1, "jsonSchema": {"type": "object", "properties": {"traits": traits}}}

    plan = import_plan({"plan.json": {"rules": [PUBLIC, rule("email"), rule("city")]}}, "segment").plan

    assert [trait.name for trait in plan.traits["user"]] == ["email", "city"]


@pytest.mark.parametrize("ended", ["0001-01-01T00:00:00.000Z", "", None, "soon"])
def test_a_rule_that_never_ended_is_active(ended: Any) -> None:
    plan = import_plan({"plan.json": {"rules": [{**PUBLIC, "deprecatedAt": ended}]}}, "segment").plan

    assert plan.events["order_paid"].status == "active"


def test_rules_for_pages_are_kept_and_written_back() -> None:
    page = {"key": "Home", "type": "PAGE", "version": 1, "jsonSchema": MESSAGE}

    imported = import_plan({"plan.json": {"rules": [PUBLIC, page]}}, "segment")

    assert [loss.lost for loss in imported.losses] == ["the rule for PAGE Home"]
    assert export_plan(imported.plan, "segment").files["plan.json"]["rules"][-1] == page


def test_what_is_asked_of_the_context_is_kept_and_written_back() -> None:
    context = {"type": "object", "required": ["ip"]}
    message = {**MESSAGE, "properties": {**MESSAGE["properties"], "context": context}}  # type: ignore[dict-item]  # a schema

    imported = import_plan({"plan.json": {"rules": [{**PUBLIC, "jsonSchema": message}]}}, "segment")

    written = export_plan(imported.plan, "segment").files["plan.json"]["rules"][0]
    assert written["jsonSchema"]["properties"]["context"] == context
    assert [loss.code for loss in imported.losses] == ["loss_kept_aside"]


def test_a_deprecated_rule_is_a_deprecated_event_since_that_day() -> None:
    rule = {**PUBLIC, "deprecatedAt": "2026-03-01T10:00:00.000Z"}

    event = import_plan({"plan.json": {"rules": [rule]}}, "segment").plan.events["order_paid"]

    assert event.status == "deprecated"
    assert event.deprecated is not None
    assert event.deprecated.since == "2026-03-01"
