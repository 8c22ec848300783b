"""Two plans are compared whole: every edit is found, exactly, and whoever stands on it is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import find, given, settings
from tests.planning.diff.plans import EDITS, SHOP, UNSHRUNK, edited, plan_of, plans, replace

from footfall.plan import read
from footfall.plan.model import Plan
from footfall.planning.diff import diff


@given(plans())
def test_a_plan_does_not_differ_from_itself(plan: Plan) -> None:
    assert diff(plan, plan) == []


@settings(max_examples=150)
@given(edited())
def test_every_edit_is_found_and_nothing_else(drawn: tuple[Plan, Plan, set[tuple[str, str]], set[str]]) -> None:
    base, plan, expected, _ = drawn

    assert {(change.kind, change.where) for change in diff(base, plan)} == expected


@pytest.mark.parametrize("name", [*sorted(EDITS), "remove event", "add event"])
@pytest.mark.slow
def test_every_edit_is_drawn(name: str) -> None:
    drawn = find(edited(), lambda drawn: name in drawn[3] and len(drawn[3]) >= 2, settings=UNSHRUNK)

    assert name in drawn[3]


@given(edited())
def test_what_is_added_one_way_is_removed_the_other_way(
    drawn: tuple[Plan, Plan, set[tuple[str, str]], set[str]],
) -> None:
    base, plan, _, _ = drawn
    opposite = {
        "event_removed": ("event_added",),
        "property_removed": ("property_added", "required_property_added"),
        "property_now_required": ("property_now_optional",),
        "null_refused": ("null_allowed",),
    }
    there = diff(base, plan)
    back = {(change.where, change.kind) for change in diff(plan, base)}

    for change in there:
        if change.kind in opposite:
            assert any((change.where, kind) in back for kind in opposite[change.kind])


def test_a_kpi_with_a_fault_is_broken_and_not_called_removed() -> None:
    base = plan_of(SHOP)
    events = {**base.events}
    old = events["order_completed"]
    events["order_completed"] = replace(old, properties=old.properties[1:])
    kpis = {name: kpi for name, kpi in base.kpis.items() if name != "revenue"}
    found = diff(base, replace(base, events=events, kpis=kpis), faulty=["kpis.revenue.measure.sum"])

    assert [(change.kind, change.level) for change in found] == [("property_removed", "error")]
    assert [str(one) for one in found[0].affected] == ["kpi:revenue, owner growth"]


def test_a_property_of_a_page_that_goes_breaks_what_reads_it() -> None:
    prices: dict[str, Any] = {
        "plan": "p",
        "pages": {"page": {"properties": {"url": {"type": "string"}}}, "Prices": {"properties": {}}},
        "kpis": {"visits": {"measure": {"count": "page:Prices", "where": {"url": "/"}}}},
    }
    new = {**prices, "pages": {"Prices": {"description": "What it costs"}}, "kpis": {}}

    found = [one for one in diff(plan_of(prices), plan_of(new)) if one.path[0] == "pages"]

    assert [(one.kind, one.where) for one in found] == [
        ("property_removed", "pages.page.url"),
        ("event_described", "pages.Prices"),
    ]
    assert [(one.name, one.effect) for one in found[0].affected] == [("visits", "breaks")]


NESTED: dict[str, Any] = {
    "plan": "p",
    "traits": {"user": {"tier": {"type": "string"}}},
    "events": {
        "sold": {
            "properties": {
                "lines": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"sku": {"type": "string", "enum": ["A", "B"]}, "n": {"type": "integer"}},
                    },
                }
            }
        }
    },
    "kpis": {
        "of_a": {"measure": {"count": "sold", "where": {"lines[]": {"sku": "A"}}}},
        "all": {"measure": {"sum": "sold.lines[].n"}},
        "of_pro": {"measure": {"count": "sold", "where": {"traits.tier": "pro"}}},
    },
}


def affected(change: dict[str, Any], at: tuple[str, ...]) -> dict[str, list[str]]:
    """Which KPIs each change affects, with this part of the plan changed."""
    document: Any = copy.deepcopy(NESTED)
    part = document
    for key in at:
        part = part[key]
    part.update(change)
    changes = diff(plan_of(NESTED), read(document).draft or plan_of(NESTED))
    return {change.kind: [each.name for each in change.affected] for change in changes if change.affected}


def test_a_change_inside_of_a_property_names_who_uses_what_changed() -> None:
    items = ("events", "sold", "properties", "lines", "items", "properties")

    assert affected({"enum": ["B", "C"]}, (*items, "sku"))["enum_values_removed"] == ["of_a"]
    assert [*affected({"type": "decimal"}, (*items, "n")).values()] == [["all"]]
    assert [*affected({"type": "uuid"}, ("traits", "user", "tier")).values()] == [["of_pro"]]
