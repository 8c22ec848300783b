"""KPIs and goals are read with their window, target and what they drive."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from footfall.plan import bundle_bytes, from_bundle, read
from footfall.plan.model import CalendarWindow, Count, Goal, Kpi, Target

ORDERS = "plan: p\nevents: {{sold: {{}}}}\nkpis: {{orders: {{measure: {{count: sold}}, window: {}}}}}\n"


def test_a_kpi_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("""
plan: p
events: {sold: {}}
kpis:
  orders:
    owner: growth
    question: How many?
    measure: {count: sold}
    window: 4w
    target: {direction: down, value: 0.020, unit: EUR}
    drives: ever
    guardrails: [ever]
    no_lint: [target]
    x_chart: bar
  ever: {measure: {count: sold}, window: all, drives: null}
  unsaid: {measure: {count: sold}}
""")
    kpis = read(file).require().kpis

    assert kpis["orders"] == Kpi(
        name="orders",
        owner="growth",
        question="How many?",
        measure=Count(event="sold"),
        window=28 * 86_400,
        target=Target(direction="down", value=Decimal("0.020"), unit="EUR"),
        drives="ever",
        guardrails=("ever",),
        no_lint=("target",),
        x={"x_chart": "bar"},
    )
    assert (kpis["ever"].window, kpis["ever"].drives, kpis["unsaid"].window) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("{calendar: month}", CalendarWindow(calendar="month")),
        ("{calendar: day, last: 0}", CalendarWindow(calendar="day")),
        ("{calendar: week, last: 2}", CalendarWindow(calendar="week", last=2)),
    ],
)
def test_a_window_may_be_a_period_of_the_calendar(tmp_path: Path, text: str, window: CalendarWindow) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(ORDERS.format(text))

    plan = read(file).require()

    assert plan.kpis["orders"].window == window
    assert from_bundle(bundle_bytes(plan)).kpis["orders"].window == window


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{calendar: fortnight}", "'fortnight' is not known here (known: day, month, quarter, week, year)"),
        ("{last: 2}", "'calendar' is missing"),
        ("{calendar: month, first: 1}", "unknown key 'first'"),
        ("[month]", "takes text, not a list"),
    ],
)
def test_a_window_that_is_none_is_a_problem(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(ORDERS.format(text))

    (shown,) = map(str, read(file).problems)

    assert problem in shown


def test_a_target_may_have_a_note(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(ORDERS.format("7d, target: {direction: up, value: 1, x_why: Because}"))

    assert read(file).require().kpis["orders"].target == Target(direction="up", value=Decimal(1))


def test_a_goal_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("""
plan: p
events: {sold: {}}
kpis: {orders: {measure: {count: sold}}}
goals: {grow: {owner: growth, description: More, kpis: [orders], x_year: 2027}}
""")

    assert read(file).require().goals == {
        "grow": Goal(name="grow", owner="growth", description="More", kpis=("orders",), x={"x_year": 2027})
    }
