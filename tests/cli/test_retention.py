"""`footfall retention` shows who came back, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cli.visits import ANN_RETURNS, visited

from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.plan.model import Event, Plan


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return visited(tmp_path / "data", ANN_RETURNS)


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["retention", *arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    result = run(data, "page", "--periods", "2")

    assert result.exit_code == 0, result.output
    assert "Retention: page, then page" in result.stdout
    assert ["2026-11-01", "Sun", "2", "50", "%", "0", "%"] in [line.split() for line in result.stdout.splitlines()]
    assert "window  all there is" in result.stdout


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "*", "page:/", "--periods", "1-3", "--format", "json").stdout)
    lines = run(data, "*", "--periods", "1", "--format", "csv").stdout.splitlines()

    assert values["retention"]["cohorts"][0]["cells"][0]["returned"] == 1
    assert lines[0].startswith("start,first,last,entered,returned,share,")
    assert lines[1].startswith("2026-11-01T00:00:00+00:00,1,1,2,1,0.5,")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "START: there is no event 'nothing'"),
        (["page", "pge"], "RETURNING: there is no event 'pge'"),
        (["page", "--periods", "none"], "'none' are no periods"),
        (["page", "--since", "2026-11-05", "--until", "2026-11-01"], "the window is empty"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_window_and_people_are_chosen(data: Path) -> None:
    result = run(data, "page", "--since", "2026-11-02", "--until", "2026-11-03", "--include", "bots,staff")

    assert ["2026-11-02", "Mon", "1"] in [line.split()[:3] for line in result.stdout.splitlines()]


def test_the_figures_of_another_product_are_explained_default_by_default(data: Path) -> None:
    asked = ("page", "--periods", "1", "--until", "2026-11-05", "--like", "amplitude")
    lines = [line.split() for line in run(data, *asked).stdout.splitlines()]
    rows = run(data, *asked, "--format", "csv").stdout.splitlines()

    assert ["entered", "2", "0", "+1", "3"] in lines
    assert ["day", "1,", "returned", "1", "0", "0", "1", "50", "%", "33.3", "%"] in lines
    assert rows[2].startswith("Amplitude,entered,counting,calendar,rolling,2,0,")


def test_what_is_known_to_be_missing_is_in_the_text_and_beside_the_rows_of_csv(tmp_path: Path) -> None:
    with (
        Collector(tmp_path, plan=Plan(id="p", events={"seen": Event(name="seen", wire_name="seen")})) as collector,
        Client(InProcessTransport(collector)) as client,
    ):
        client.page("/", {}, user_id="ann")
        client.track("sen", {}, user_id="ann")
    text, table = run(tmp_path, "*"), run(tmp_path, "*", "--format", "csv")

    assert text.stdout.count("known missing: 1 quarantined\n") == 1
    assert table.stderr == "known missing: 1 quarantined\n"
    assert "missing" not in table.stdout
