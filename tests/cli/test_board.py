"""`footfall board` shows the questions of a board, as text and JSON, of the data as it was opened once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cli.test_boards import plan_with

from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport

SINCE = "power sold --since 2026-11-02 --until 2026-11-10"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann buys twice; the board asks for the KPI and for the trend of it."""
    data, plan = tmp_path / "data", plan_with("trend sales --per week", SINCE)
    with Collector(data, plan=plan) as collector, Client(InProcessTransport(collector), plan=plan) as client:
        for day in ("01", "03"):
            client.track("sold", {"total": 1}, user_id="ann", timestamp=f"2026-11-{day}T12:00:00Z")
    return data


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_as_text_each_question_has_its_answer_and_the_head_is_said_once(data: Path) -> None:
    result = run("board", "week", "--data", str(data))

    assert result.exit_code == 0, result.output
    assert result.stdout.count(f"data    {data}") == 1
    assert result.stdout.index("footfall trend sales --per week") < result.stdout.index("footfall power sold --since")


def test_as_json_each_answer_is_that_of_the_command_alone(data: Path) -> None:
    board = json.loads(run("board", "week", "--data", str(data), "--format", "json").stdout)
    alone = json.loads(run(*SINCE.split(), "--data", str(data), "--format", "json").stdout)

    assert (board["board"], [each["question"] for each in board["questions"]]) == (
        "week", ["trend sales --per week", SINCE],
    )  # fmt: skip
    assert board["questions"][1]["power"] == alone["power"]
    assert board["questions"][1]["power"]["messages"] == 1


def test_a_board_that_the_plan_does_not_have_is_one_clear_line(data: Path) -> None:
    assert "the plan has no board 'weak'; did you mean 'week'?" in str(
        run("board", "weak", "--data", str(data)).exception
    )


def test_plan_check_makes_each_question(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\nevents: {sold: {}}\nboards:\n  week:\n    questions:\n      - trend sol\n")
    result = run("plan", "check", str(file))

    assert result.exit_code == 1
    assert "plan.yaml:6" in result.output
    assert "boards.week.questions[0]" in result.output
