"""`footfall kpi` shows one KPI of the plan, and writes it as SQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport

PLAN = """
plan: shop
timezone: Europe/Oslo
events:
  bought:
    description: Somebody paid.
    properties:
      total: {type: decimal, scale: 2, required: true}
      currency: {type: string, enum: [EUR, SEK], required: true}
kpis:
  revenue:
    question: What do we earn?
    measure: {sum: bought.total, by: [currency]}
    window: all
    target: {direction: up, value: 30, unit: EUR}
    guardrails: [orders]
  orders: {measure: {count: bought}, window: all}
journeys:
  paying: {steps: [{id: first, event: bought}, {id: second, event: bought}]}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    plan = str(tmp_path / "plan.yaml")
    with (
        Collector(tmp_path / "data", plan=plan) as collector,
        Client(InProcessTransport(collector), plan=plan) as client,
    ):
        for total, currency in (("20.50", "EUR"), ("12", "EUR"), ("99", "SEK")):
            client.track("bought", {"total": total, "currency": currency}, user_id="ann")
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    lines = [line.split() for line in run(data, "kpi", "revenue").stdout.splitlines()]

    assert ["KPI:", "revenue"] in lines
    assert ["EUR", "(targeted)", "32.50"] in lines
    assert ["guardrail:", "orders", "3"] in [line[:3] for line in lines]


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "kpi", "revenue", "--format", "json").stdout)
    lines = run(data, "kpi", "revenue", "--format", "csv").stdout.splitlines()

    assert values["kpi"]["target"]["met"] is True
    assert values["kpi"]["guardrails"][0]["value"] == 3
    assert lines == ["kpi,currency,value,target,met", "revenue,SEK,99.00,,", "revenue,EUR,32.50,30,true"]


def test_its_sql_gives_the_figure(data: Path) -> None:
    text = run(data, "kpi", "revenue", "--sql").stdout
    lines = run(data, "sql", text, "--format", "csv").stdout.splitlines()

    assert lines == ["currency,value", "SEK,99.00", "EUR,32.50"]


def test_a_mistake_is_one_clear_line(data: Path) -> None:
    assert "the plan has no KPI 'revnue'; did you mean 'revenue'?" in str(run(data, "kpi", "revnue").exception)
    assert "leave --format out" in str(run(data, "kpi", "revenue", "--sql", "--format", "csv").exception)


def test_its_help_says_that_a_kpi_has_its_own_window(data: Path) -> None:
    assert "[default: the KPI's own window]" in " ".join(run(data, "kpi", "--help").stdout.split())
