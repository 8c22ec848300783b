"""`footfall power` shows how messages are spread over persons, as text, JSON and CSV."""

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
    return CliRunner().invoke(app, ["power", *arguments, "--data", str(data)])


def test_text_json_and_csv_have_the_same_figures(data: Path) -> None:
    text = [line.split() for line in run(data, "page").stdout.splitlines()]
    answer = json.loads(run(data, "page", "--format", "json").stdout)["power"]
    lines = run(data, "page", "--format", "csv").stdout.splitlines()

    assert ["top", "10", "%", "1", "2", "2", "66.7", "%"] in text
    assert (answer["persons"], answer["messages"], answer["shares"][2]["messages"]) == (2, 3, 2)
    assert lines[0] == "top,persons,least,messages,share"
    assert lines[-1] == "1.0,2,1,3,1.0"


def test_a_list_has_ids_that_person_show_knows(data: Path) -> None:
    _, line = run(data, "page", "--top", "1", "--format", "csv").stdout.splitlines()
    person_id = line.split(",")[0]
    person = CliRunner().invoke(app, ["person", "show", person_id, "--data", str(data)])

    assert person_id in run(data, "page", "--top", "1").stdout
    assert person_id not in run(data, "page").stdout
    assert "ann" in person.stdout


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
