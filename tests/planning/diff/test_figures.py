"""KPIs, journeys and goals are compared by what they count, and by how they are described."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.planning.diff.plans import SHOP, changed, compare, plan_of

from footfall.planning.diff import diff


def test_a_changed_journey_names_the_kpis_over_it() -> None:
    steps = [
        {"id": "cart", "event": "cart_filled"},
        {"id": "pay", "event": "order_completed"},
        {"id": "buy", "event": "order_completed"},
    ]
    (found,) = compare(("journeys.purchase.steps", steps))

    assert found.what == "goes cart → pay → buy (it was cart → buy)"
    assert [str(one) for one in found.affected] == ["journey:purchase, owner growth", "kpi:conversion, owner growth"]


@pytest.mark.parametrize(
    ("path", "value", "kind", "where"),
    [
        ("goals", {"grow": {"kpis": ["revenue"]}}, "goal_added", "goals.grow"),
        ("kpis.revenue.window", "7d", "kpi_redefined", "kpis.revenue"),
        ("kpis.revenue.target", {"direction": "up", "value": 5}, "kpi_described", "kpis.revenue"),
        ("kpis.revenue.owner", "web", "owner_changed", "kpis.revenue"),
        ("kpis.orders", {"measure": {"count": "order_completed"}}, "kpi_added", "kpis.orders"),
        ("journeys.purchase.within", "7d", "journey_redefined", "journeys.purchase"),
        ("journeys.purchase.by", "device", "journey_redefined", "journeys.purchase"),
        ("journeys.purchase.description", "Buying", "journey_described", "journeys.purchase"),
        ("campaigns", {"spring": {}}, "campaign_added", "campaigns.spring"),
        ("journeys.more", {"steps": [{"id": "a", "event": "cart_filled"}]}, "journey_added", "journeys.more"),
    ],
)  # fmt: skip
def test_a_change_of_one_key_is_one_change(path: str, value: Any, kind: str, where: str) -> None:
    assert [(change.kind, change.where) for change in compare((path, value))] == [(kind, where)]


@pytest.mark.parametrize(
    ("path", "kind", "effects"),
    [("kpis.card_orders", "kpi_removed", ["breaks"]), ("goals.grow", "goal_removed", [])],
)
def test_a_figure_that_is_gone_is_looked_up_in_the_base(path: str, kind: str, effects: list[str]) -> None:
    goals = {"grow": {"kpis": ["revenue"]}}
    base = changed("goals", goals)
    new = {**base, **changed(path, None)} if path.startswith("kpis") else SHOP

    (change,) = diff(plan_of(base), plan_of(new))

    assert (change.kind, change.where, change.in_base) == (kind, path, True)
    assert [user.effect for user in change.affected] == effects


def test_a_changed_expectation_is_described_and_moves_no_figure() -> None:
    def steps(share: str) -> list[dict[str, Any]]:
        cart = {"id": "cart", "event": "cart_filled"}
        return [cart, {"id": "buy", "event": "order_completed", "expect": Decimal(share)}]

    base, new = (plan_of(changed("journeys.purchase.steps", steps(share))) for share in ("0.25", "0.5"))

    (change,) = diff(base, new)

    assert (change.kind, change.what, change.before) == ("journey_described", "expects buy 50 %", "buy 25 %")


@pytest.mark.parametrize(
    ("key", "value", "kind", "what"),
    [
        ("utm", {"name": "lent"}, "campaign_redefined", "is known by name lent (it was name spring)"),
        ("until", "2026-05-01", "campaign_redefined", "runs from 2026-03-01 until 2026-05-01 (it was from 2026-03-01)"),
        (
            "budget",
            {"amount": 5, "currency": "EUR"},
            "campaign_described",
            "changes its budget to 5 EUR (it was nothing)",
        ),
    ],
)
def test_a_campaign_is_redefined_by_its_marks_and_days_alone(key: str, value: Any, kind: str, what: str) -> None:
    spring = {"from": "2026-03-01"}
    base, new = (plan_of(changed("campaigns", {"spring": each})) for each in (spring, {**spring, key: value}))

    (change,) = diff(base, new)

    assert (change.kind, change.where, change.what) == (kind, "campaigns.spring", what)


@pytest.mark.parametrize(
    ("key", "value", "kind", "what"),
    [
        (
            "every",
            "year",
            "silence_redefined",
            "is 2026-12-24 to 2026-12-26 every year, of everything (it was 2026-12-24 to 2026-12-26, of everything)",
        ),
        ("note", "Holidays", "silence_described", "changes its note to Holidays (it was nothing)"),
    ],
)
def test_a_silence_is_redefined_by_its_times_and_what_it_is_of(key: str, value: Any, kind: str, what: str) -> None:
    shut = {"from": "2026-12-24", "until": "2026-12-26"}
    base, new = (plan_of(changed("silences", {"shut": each})) for each in (shut, {**shut, key: value}))

    (change,) = diff(base, new)

    assert (change.kind, change.where, change.what) == (kind, "silences.shut", what)


def test_a_silence_that_comes_or_goes_is_a_change() -> None:
    shut = {"from": "2026-12-24", "until": "2026-12-26", "events": ["order_completed"], "sources": []}
    base, new = (plan_of(changed("silences", each)) for each in ({}, {"shut": shut}))

    assert [change.kind for change in (*diff(base, new), *diff(new, base))] == ["silence_added", "silence_removed"]


def test_a_derived_event_is_redefined_by_its_expression() -> None:
    big = {"from": "order_completed", "when": "total > 500"}
    base, new = (
        plan_of(changed("derived_events", {"big_order": each})) for each in (big, {**big, "when": "total > 900"})
    )

    (change,) = diff(base, new)

    assert (change.kind, change.what) == (
        "derived_event_redefined",
        "is order_completed when total > 900 (it was order_completed when total > 500)",
    )
