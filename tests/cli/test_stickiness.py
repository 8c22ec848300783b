"""`footfall stickiness` shows on how many days persons are active, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cli.visits import ANN_RETURNS, visited

from footfall.cli.app import app


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return visited(tmp_path / "data", ANN_RETURNS)


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["stickiness", *arguments, "--data", str(data)])


def test_text_json_and_csv_have_the_same_figures(data: Path) -> None:
    window = ("page", "--since", "2026-11-01", "--until", "2026-11-03")
    text = [line.split() for line in run(data, *window).stdout.splitlines()]
    total = json.loads(run(data, *window, "--format", "json").stdout)["stickiness"]["total"]
    lines = run(data, *window, "--of", "week", "--format", "csv").stdout.splitlines()

    assert ["2026-11", "*", "2", "1.5", "2", "75", "%"] in text
    assert ["2", "1", "1", "50", "%"] in text
    assert (total["periods"], total["active"], total["ratio"]) == (2, 2, 0.75)
    assert lines[-1] == ",2,2,1.5,0.75,true,2,1,1,0.5"


def test_active_takes_a_minimum_of_messages(data: Path) -> None:
    assert "nobody had page in the window" in run(data, "page", "--minimum", "2").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pge"], "EVENT: there is no event 'pge'"),
        (["page", "--per", "week", "--of", "week"], "a week has no weeks to count"),
        (["page", "--since", "2026-11-05", "--until", "2026-11-01"], "the window is empty"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
