"""`footfall sessions` shows how many sessions there were, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import footfall
from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport

BOT = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann comes twice on a day and looks at two pages the second time, Bob looks at one; a bot comes too."""
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        for person, name, time in (("ann", "/", "10:00"), ("ann", "/", "12:00"), ("ann", "/cart", "12:10")):
            client.page(name, {}, user_id=person, timestamp=f"2026-11-01T{time}:00Z")
        client.page("/", {}, user_id="bob", timestamp="2026-11-02T12:00:00Z")
        client.page("/", {}, user_id="robot", timestamp="2026-11-02T12:00:00Z", context=BOT)
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["sessions", *arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    result = run(data, "--by", "exit")
    lines = [line.split() for line in result.stdout.splitlines()]

    assert result.exit_code == 0, result.output
    assert ["2026-11-01", "Sun", "2", "1", "2.00", "5", "min", "10", "min", "5", "min", "1.50", "50", "%"] in lines
    assert ["page:/", "2", "2", "1.00", "0", "s", "0", "s", "0", "s", "1.00", "100", "%"] in lines
    assert "Sessions by exit" in result.stdout


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "--per", "month", "--format", "json").stdout)["sessions"]
    lines = run(data, "--format", "csv").stdout.splitlines()

    assert [row["figures"]["sessions"] for row in values["rows"]] == [3, 3]
    assert lines[0].startswith("start,label,is_other,is_complete,sessions,persons,per_person,median_seconds,")
    assert lines[1].startswith("2026-11-01T00:00:00+00:00,,false,true,2,1,2.0,300,600,300.0,3,1.5,1,0.5,0")


def test_bots_are_left_out_unless_they_are_included(data: Path) -> None:
    with footfall.open(data) as opened:
        ((in_sql,),) = opened.sql("select count(*) from sessions").rows
        without, included = (
            opened.sessions(include=include).result.rows[-1].figures.sessions for include in ((), ("bots", "staff"))
        )

    assert (without, included) == (3, in_sql)


def test_a_window_chooses_by_where_a_session_begins(data: Path) -> None:
    result = run(data, "--since", "2026-11-01T12:05", "--until", "2026-11-02", "--format", "csv")

    assert len(result.stdout.splitlines()) == 1


def test_a_mistake_is_one_clear_line(data: Path) -> None:
    result = run(data, "--since", "2026-11-05", "--until", "2026-11-01")

    assert "the window is empty" in str(result.exception)
    assert "\n" not in str(result.exception)
