"""Derived properties and events are in reports, questions, SQL and impact, and never on the wire."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import footfall
from footfall.cli.app import app
from footfall.collector import Collector

PLAN = """
plan: shop
events:
  order_completed:
    description: Somebody paid
    properties:
      total: {type: decimal, description: What was paid}
      cost: {type: decimal, description: What it cost}
      city: {type: string, max_length: 20, description: Where}
    derive: {margin: total - cost, is_local: city == 'Oslo'}
  looked: {description: Somebody looked}
derived_events:
  big_order: {from: order_completed, when: total > 500}
kpis:
  margin: {question: What is left?, measure: {sum: order_completed.margin, by: [is_local]}, window: all}
  big_buyers: {question: Who buys much?, measure: {unique: big_order.actor}, window: all}
  kept: {question: What is kept of big ones?, measure: {sum: big_order.margin, where: {is_local: true}}, window: all}
  share: {question: How many order much?, measure: {journey: buying, from: look, to: buy}, window: all}
journeys:
  buying: {steps: [{id: look, event: looked}, {id: buy, event: big_order, where: {margin: {gt: 1}}, expect: 0.5}]}
"""
ORDERS = [
    ("ann", '{"total": 600.10, "cost": 500.05, "city": "Oslo"}'),
    ("ann", '{"total": 20.00, "cost": 30.01, "city": "Bergen"}'),
    ("bob", '{"total": 700, "cost": "much", "city": "Oslo"}'),
    ("eve", '{"total": 500, "city": "Oslo"}'),
]


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN)
    return tmp_path / "plan.yaml"


@pytest.fixture
def data(tmp_path: Path, plan_file: Path) -> Path:
    """Four orders, one of which has a cost that is no number: kept for lack of an enforcement that says otherwise."""
    plan = footfall.plan.read(plan_file).require()
    with Collector(tmp_path / "data") as collector:
        for number, (person, properties) in enumerate(ORDERS):
            for event, text in (("looked", "{}"), ("order_completed", properties)):
                time = f"2026-11-0{number + 1}T{'10' if event == 'looked' else '11'}:00:00Z"
                body = (
                    f'{{"batch": [{{"type": "track", "event": "{event}", "userId": "{person}", '
                    f'"timestamp": "{time}", "properties": {text}}}]}}'
                )
                collector.take(body.encode())
    assert plan.derived_events
    return tmp_path / "data"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_kpis_and_journeys_are_of_what_is_derived(data: Path, plan_file: Path) -> None:
    report = json.loads(
        run("report", "--data", str(data), "--plan", str(plan_file), "--format", "json").stdout, parse_float=Decimal
    )
    margin, buyers, kept, share = report["kpis"]

    assert margin["value"] == Decimal("90.04")
    assert margin["unread"] == 1
    assert [(row["group"], row["value"]) for row in margin["rows"]] == [
        ({"is_local": True}, Decimal("100.05")), ({"is_local": False}, Decimal("-10.01")),
    ]  # fmt: skip
    assert buyers["value"] == 2
    assert kept["value"] == Decimal("100.05")
    assert (share["of"], share["to"]) == (1, 3)


def test_sql_has_columns_and_a_view_of_what_is_derived(data: Path, plan_file: Path) -> None:
    with footfall.open(data, plan=plan_file) as opened:
        orders = opened.sql("select margin, is_local from order_completed order by occurred_at").rows
        big = opened.sql("select total, margin from big_order order by total").rows

    assert [tuple(row) for row in orders] == [
        (Decimal("100.05"), True), (Decimal("-10.01"), False), (None, True), (None, True),
    ]  # fmt: skip
    assert [tuple(row) for row in big] == [(Decimal("600.10"), Decimal("100.05")), (Decimal(700), None)]


def test_questions_take_a_derived_event(data: Path, plan_file: Path) -> None:
    with footfall.open(data, plan=plan_file) as opened:
        trend = opened.trend("big_order {margin: {gt: 1}}", per="month").result

    assert [point.value for point in trend.series[0].points] == [1]


def test_impact_names_what_is_derived_and_what_is_computed_from_it(plan_file: Path) -> None:
    result = run("plan", "impact", str(plan_file), "order_completed.cost")

    assert "order_completed.margin" in result.output
    assert "big_buyers" not in result.output
    assert "margin" in result.output
    assert "kept" in result.output
    assert "big_buyers" in run("plan", "impact", str(plan_file), "order_completed.total").output


def test_generated_code_and_schemas_have_nothing_derived(plan_file: Path, tmp_path: Path) -> None:
    for target in ("python", "json-schema"):
        run("plan", "codegen", target, str(plan_file), "-o", str(tmp_path / f"{target}.json"))
    code, schema = ((tmp_path / f"{target}.json").read_text() for target in ("python", "json-schema"))

    assert "order_completed" in code
    assert "order_completed" in schema
    assert "is_local" not in code + schema
    assert "big_order" not in code + schema
