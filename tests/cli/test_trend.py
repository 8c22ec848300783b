"""`footfall trend` shows an event over time."""

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
    """Ann comes twice on the first of November and once on the third."""
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        for day in ("01", "01", "03"):
            client.page("/", {}, user_id="ann", timestamp=f"2026-11-{day}T12:00:00Z")
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["trend", *arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    lines = [line.split() for line in run(data, "page").stdout.splitlines()]

    assert ["2026-11-02", "Mon", "0"] in lines
    assert ["Trend:", "page"] in lines


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "page", "--of", "actors", "--format", "json").stdout)
    lines = run(data, "page", "--per", "month", "--format", "csv").stdout.splitlines()

    assert [point["value"] for point in values["trend"]["series"][0]["points"]] == [1, 0, 1]
    assert lines[0] == (
        "currency,start,value,change,low,high,is_unusual,is_complete,silences,change_low,change_high,may_be_noise,changes"
    )
    assert lines[1].startswith(",2026-11-01T00:00:00+00:00,3,")


def test_a_mistake_is_one_clear_line(data: Path) -> None:
    assert "there is no event 'pge' (did you mean 'page'?)" in str(run(data, "pge").exception)
