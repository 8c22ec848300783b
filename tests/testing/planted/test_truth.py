"""The whole way through client, HTTP, collector and report returns exactly what was planted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.testing.planted.exact import assert_currencies, assert_funnels, assert_kpis, assert_persons

from footfall import Client
from footfall import plan as plans
from footfall.storage.environments import Sender, named
from footfall.testing.planted import Planted, plant, send
from footfall.testing.process import CollectorProcess

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a collector needs Linux or macOS")

PLAN = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"


def key_of(sender: Sender) -> str:
    return f"{sender.source}-{named(sender.environment)}"


def key_lines(planted: Planted) -> list[str]:
    return [f"{key_of(each)}={each.source}:{named(each.environment)}" for each in planted.senders]


def footfall(*arguments: str) -> str:
    command = [sys.executable, "-m", "footfall", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def deliver(planted: Planted, url: str) -> dict[str, int]:
    with ExitStack() as stack:
        clients = {
            sender: stack.enter_context(Client(url, write_key=key_of(sender), plan=planted.plan))
            for sender in planted.senders
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
    with CollectorProcess(data, plan=PLAN, write_keys=key_lines(planted)) as collector:
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

    assert_persons(planted, rows)


def test_every_kpi_is_exactly_what_was_planted(told: Told) -> None:
    planted, _, report, _ = told

    assert_kpis(planted, report)


def test_every_currency_has_exactly_what_was_planted(told: Told) -> None:
    planted, _, report, _ = told

    assert_currencies(planted, report)


def test_every_funnel_is_exactly_what_was_planted(told: Told) -> None:
    planted, _, report, _ = told

    assert_funnels(planted, report)
