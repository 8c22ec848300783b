"""`footfall lifecycle` shows who is new, returns, comes back or stays away, as text, JSON and CSV."""

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
    return CliRunner().invoke(app, ["lifecycle", *arguments, "--data", str(data)])


def test_text_json_and_csv_have_the_same_figures(data: Path) -> None:
    window = ("*", "--since", "2026-11-02", "--until", "2026-11-03")
    text = run(data, *window)
    (period,) = json.loads(run(data, *window, "--format", "json").stdout)["lifecycle"]["periods"]
    lines = run(data, *window, "--format", "csv").stdout.splitlines()

    assert "Lifecycle: any message" in text.stdout
    assert ["2026-11-02", "Mon", "1", "0", "1", "0", "-1"] in [line.split() for line in text.stdout.splitlines()]
    assert (period["active"], period["returning"], period["dormant"], period["is_complete"]) == (1, 1, 1, True)
    assert lines == [
        "start,active,new,returning,resurrected,dormant,is_complete", "2026-11-02T00:00:00+00:00,1,0,1,0,1,true",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pge"], "EVENT: there is no event 'pge'"),
        (["page", "--since", "2026-11-05", "--until", "2026-11-01"], "the window is empty"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
