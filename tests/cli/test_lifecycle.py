"""`footfall lifecycle` shows who is new, returns, comes back or stays away, as text, JSON and CSV."""

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
    """Ann comes on two days, Bob on the first alone."""
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        for person, day in (("ann", "01"), ("ann", "02"), ("bob", "01")):
            client.page("/", {}, user_id=person, timestamp=f"2026-11-{day}T12:00:00Z")
    return tmp_path / "data"


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
