"""`footfall experiment` reads an experiment of the plan, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.planning.diff.plans import plan_of
from tests.planning.diff.test_experiments import PLAN

import footfall
from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann sees A and buys, Bob sees B, Cem sees both."""
    plan = plan_of(PLAN)
    data = tmp_path / "data"
    with Collector(data, plan=plan) as collector, Client(InProcessTransport(collector), plan=plan) as client:
        for person, look in (("ann", "a"), ("bob", "b"), ("cem", "a"), ("cem", "b")):
            client.track("shown", {"look": look}, user_id=person, timestamp="2026-11-02T12:00:00Z")
        client.track("bought", {"total": 1}, user_id="ann", timestamp="2026-11-03T12:00:00Z")
    return data


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["experiment", *arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    result = run(data, "trial")
    text = " ".join(result.stdout.split())

    assert result.exit_code == 0, result.output
    assert "Experiment trial: B sells more" in text
    assert "too few: a has 1 person with a closed window, of 100" in text
    assert "1 person saw two variants: left out" in text
    assert "is earlier than the first plan that has the experiment" in text


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "trial", "--format", "json").stdout)["experiment"]
    lines = run(data, "trial", "--format", "csv").stdout.splitlines()

    assert [(each["name"], each["closed"]) for each in values["variants"]] == [("a", 1), ("b", 1)]
    assert values["decision"]["verdict"] == "too_few"
    assert lines[1].startswith("a,0.5,1,0,1,bought,1,")


def test_in_python_it_is_the_same(data: Path) -> None:
    answer = footfall.open(data).experiment("trial")

    assert [row[:6] for row in answer.rows if row[5] == "bought"] == [
        ("a", 0.5, 1, 0, 1, "bought"), ("b", 0.5, 1, 0, 1, "bought"),
    ]  # fmt: skip


def test_a_name_that_the_plan_does_not_have_is_one_clear_line(data: Path) -> None:
    assert "no experiment 'trail'; did you mean 'trial'?" in str(run(data, "trail").exception)
