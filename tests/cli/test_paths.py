"""`footfall paths` shows what people did next, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cli.visits import TO_THE_CART, visited

from footfall.cli.app import app


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return visited(tmp_path / "data", TO_THE_CART)


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["paths", *arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    result = run(data, "--after", "page:/", "--within", "7d")
    lines = [line.split() for line in result.stdout.splitlines()]

    assert result.exit_code == 0, result.output
    assert "Paths after page:/ · 2 paths of 2 persons" in result.stdout
    assert ["1", "page:/", "page:/cart", "1", "50", "%"] in lines
    assert "page:/ → page:/cart → page:/pay" in result.stdout


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "--between", "page:/", "page:/cart", "--format", "json").stdout)["paths"]
    lines = run(data, "--before", "page:/cart", "--format", "csv").stdout.splitlines()

    assert (values["entered"], values["paths"]) == (2, 1)
    assert values["edges"][0] == {"position": 0, "from": "(start)", "to": "page:/", "count": 1, "open": 0}
    assert lines == [
        "position,from,to,unit,count,open", "0,page:/cart,(start),session,1,0", "-1,page:/,page:/cart,session,1,0",
        "-2,(nothing more),page:/,session,1,0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--after", "nothing"], "after: there is no event 'nothing'"),
        (["--after", "page", "--before", "page"], "not both"),
        (["--within", "ever"], "'ever' is not a duration"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
