"""What every question's command does: it takes the same options, and says so where data is damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one sealed message, the file of which is damaged."""
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        client.page("/", {}, user_id="ann")
    assert CliRunner().invoke(app, ["seal", "--data", str(tmp_path / "data")]).exit_code == 0
    (file,) = (tmp_path / "data").rglob("*.parquet")
    file.write_bytes(b"PAR1")
    return tmp_path / "data"


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_damaged_file_is_named_and_the_exit_code_is_1(data: Path, form: str) -> None:
    result = CliRunner().invoke(app, ["retention", "page", "--data", str(data), "--format", form])

    assert result.exit_code == 1
    assert "damaged" in (result.stdout if form == "text" else result.stderr)


def test_of_an_earlier_moment_and_another_environment(tmp_path: Path) -> None:
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        for person in ("ann", "bob"):
            client.page("/", {}, user_id=person)
    options = ["--data", str(tmp_path / "data"), "--format", "json"]

    def entered(*more: str) -> int:
        result = CliRunner().invoke(app, ["retention", "page", *options, *more])
        return int(json.loads(result.stdout)["retention"]["entered"])

    assert [entered(), entered("--as-of", "1"), entered("--environment", "test")] == [2, 1, 0]
