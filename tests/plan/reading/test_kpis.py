"""KPIs and goals are read with their window, target and what they drive."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from footfall.plan import read
from footfall.plan.model import Count, Goal, Kpi, Target


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
