"""`footfall paths` shows what people did next, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann and Bob look at the same page; Ann goes on to the cart, and comes back on the next day."""
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        for person, name, time in (
            ("ann", "/", "01T10:00"), ("ann", "/cart", "01T10:01"), ("bob", "/", "01T12:10"),
            ("ann", "/pay", "02T10:00"),
        ):  # fmt: skip
            client.page(name, {}, user_id=person, timestamp=f"2026-11-{time}:00Z")
    return tmp_path / "data"


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
