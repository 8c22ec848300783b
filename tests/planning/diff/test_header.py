"""The header of a plan is compared key by key: each change of a key is one change."""

from __future__ import annotations

from typing import Any

import pytest
from tests.planning.diff.plans import SHOP, compare, plan_of

from footfall.plan.model import Plan
from footfall.planning.diff import diff
from footfall.planning.diff.header import PLAN_FIELDS


def test_every_field_of_a_plan_is_compared() -> None:
    assert frozenset(Plan.__struct_fields__) == PLAN_FIELDS


@pytest.mark.parametrize(
    ("path", "value", "kind", "where"),
    [
        ("timezone", "Europe/Oslo", "timezone_changed", "timezone"),
        ("week_starts", "sunday", "week_start_changed", "week_starts"),
        ("plan", "stall", "plan_id_changed", "plan"),
        ("identity", {"account": "note"}, "identity_changed", "identity.account"),
        ("description", "A shop", "plan_described", "description"),
        ("lint", {"unbounded_string": "off"}, "plan_described", "lint"),
        ("enforcement", {"client": {"invalid": "drop"}}, "enforcement_tightened", "enforcement"),
        ("sources.app", {"kind": "app"}, "source_added", "sources.app"),
        ("sources.backend.kind", "device", "source_kind_changed", "sources.backend"),
        ("sources.backend.language", "python", "plan_described", "sources.backend"),
        ("web", {"query": ["q"]}, "web_changed", "web.query"),
        ("staff", {"signed_link": True}, "staff_changed", "staff.signed_link"),
        ("teams.care", {}, "plan_described", "teams.care"),
        ("teams.web.slack", "#web", "plan_described", "teams.web"),
    ],
)  # fmt: skip
def test_a_change_of_one_key_is_one_change(path: str, value: Any, kind: str, where: str) -> None:
    assert [(change.kind, change.where) for change in compare((path, value))] == [(kind, where)]


def test_a_new_timezone_shifts_every_kpi_and_journey() -> None:
    (change,) = compare(("timezone", "Europe/Oslo"))

    assert [str(user).partition(",")[0] for user in change.affected] == [
        "kpi:revenue", "kpi:card_orders", "kpi:conversion", "journey:purchase",
    ]  # fmt: skip
    assert {user.effect for user in change.affected} == {"shifts"}
    assert change.level == "warning"


@pytest.mark.parametrize(("path", "kind"), [("sources.backend", "source_removed"), ("teams.web", "team_removed")])
def test_a_part_of_the_header_that_is_gone_is_looked_up_in_the_base(path: str, kind: str) -> None:
    base = {**SHOP, "events": {"cart_filled": {}}, "kpis": {}, "journeys": {}}
    section, name = path.split(".")
    new = {**base, section: {key: value for key, value in SHOP[section].items() if key != name}}

    (change,) = diff(plan_of(base), plan_of(new))

    assert (change.kind, change.where, change.in_base) == (kind, path, True)
