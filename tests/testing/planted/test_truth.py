"""The whole way through client, HTTP, collector and report returns exactly what was planted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from footfall import Client
from footfall import plan as plans
from footfall.testing.planted import Planted, plant, send
from footfall.testing.process import CollectorProcess

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a collector needs Linux or macOS")

PLAN = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"


def footfall(*arguments: str) -> str:
    command = [sys.executable, "-m", "footfall", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def deliver(planted: Planted, url: str) -> dict[str, int]:
    with ExitStack() as stack:
        clients = {
            name: stack.enter_context(Client(url, write_key=name, plan=planted.plan)) for name in planted.plan.sources
        }
        send(planted, clients)
        counts = {"delivered": 0, "quarantined": 0, "duplicate": 0}
        for client in clients.values():
            client.flush(timeout=60)
            ledger = client.stats()
            assert ledger.pending == 0
            counts["delivered"] += ledger.delivered
            counts["quarantined"] += ledger.quarantined
            counts["duplicate"] += ledger.duplicate
    return counts


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Planted, dict[str, int], dict[str, Any], Path]:
    data = tmp_path_factory.mktemp("planted") / "data"
    planted = plant(plans.read(PLAN).require(), people=70, seed=7)
    keys = [f"{name}={name}" for name in planted.plan.sources]
    with CollectorProcess(data, plan=PLAN, write_keys=keys) as collector:
        counts = deliver(planted, collector.url)
        window = ["--since", planted.since.isoformat(), "--until", planted.until.isoformat()]
        report = json.loads(
            footfall("report", "--data", str(data), "--plan", str(PLAN), *window, "--format", "json"),
            parse_float=Decimal,
        )
    return planted, counts, report, data


Told = tuple[Planted, dict[str, int], dict[str, Any], Path]


def test_the_client_and_the_books_agree_with_what_was_sent(told: Told) -> None:
    planted, counts, _, data = told

    books = json.loads(footfall("stats", "--data", str(data), "--format", "json"))["total"]

    assert counts["delivered"] == len(planted.messages) == books["received"]
    assert counts["duplicate"] == planted.duplicate == books["duplicate"]
    assert books["stored"] == planted.stored
    assert counts["quarantined"] == planted.quarantined == books["quarantined"]


def test_every_message_belongs_to_the_person_it_was_made_for(told: Told) -> None:
    planted, _, _, data = told

    rows = [json.loads(line) for line in footfall("export", "--data", str(data), "--format", "jsonl").splitlines()]

    assert {row["message_id"]: (row["person_id"], row["reason"]) for row in rows} == planted.persons


def test_every_kpi_is_exactly_what_was_planted(told: Told) -> None:
    planted, _, report, _ = told

    values = {kpi["name"]: kpi["value"] for kpi in report["kpis"]}
    assert len(planted.kpis) >= len(values) - 2  # all but the conversions of a journey that shares its events

    for name, truth in planted.kpis.items():
        if isinstance(truth, Fraction):  # a quotient has no exact decimal; everything else is exact
            assert values[name] == pytest.approx(Decimal(truth.numerator) / truth.denominator, rel=Decimal("1e-12")), (
                name
            )
        else:
            assert values[name] == truth, name


def test_every_currency_has_exactly_what_was_planted(told: Told) -> None:
    planted, _, report, _ = told
    values = {kpi["name"]: {one["currency"]: one["value"] for one in kpi["currencies"]} for kpi in report["kpis"]}

    assert len(planted.currencies["revenue"]) > 1
    for name, truth in planted.currencies.items():
        assert values[name].keys() == truth.keys(), name
        for currency, figure in truth.items():
            wanted = Fraction(figure) if figure is not None else None
            assert float(values[name][currency]) == pytest.approx(float(wanted or 0), rel=1e-12), (name, currency)


def test_every_funnel_is_exactly_what_was_planted(told: Told) -> None:
    planted, _, report, _ = told
    journeys = {journey["name"]: journey for journey in report["journeys"]}
    assert {"purchase", "gateway_onboarding"} <= planted.journeys.keys()

    for name, truth in planted.journeys.items():
        steps = journeys[name]["steps"]
        assert tuple(step["actors"] for step in steps) == truth.steps, name
        assert tuple(step["median_seconds"] for step in steps) == truth.medians, name
        assert {branch["id"]: branch["actors"] for branch in journeys[name]["branches"]} == truth.branches, name
        assert {guard["name"]: guard["actors"] for guard in journeys[name]["never"]} == truth.guards, name
