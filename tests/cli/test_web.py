"""`footfall web` reports the page views of a folder."""

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
    with Collector(tmp_path / "data") as collector, Client(InProcessTransport(collector)) as client:
        for visitor, name in (("a", "/"), ("a", "/cart"), ("b", "/")):
            client.page(name, {}, anonymous_id=visitor, context={"origin": {"type": "direct"}})
    return tmp_path / "data"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["web", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_report_in_text(data: Path) -> None:
    lines = run("--data", str(data)).splitlines()

    assert lines[0] == "3 page views in 2 visits of 2 visitors, 1 of them confirmed"
    assert ["/cart", "1", "0", "1", "1", "1"] in [line.split() for line in lines]
    assert ["direct", "3", "2", "2", "2", "1"] in [line.split() for line in lines]


def test_the_report_for_programs_and_of_a_span(data: Path) -> None:
    values = json.loads(run("--data", str(data), "--since", "1h", "--format", "json"))
    earlier = json.loads(run("--data", str(data), "--until", "1h", "--format", "json"))

    assert (values["page_views"], values["visits"]) == (3, 2)
    assert (earlier["page_views"], earlier["breakdowns"]["page"]) == (0, [])


def test_the_report_of_one_site(data: Path) -> None:
    with Collector(data) as collector:
        collector.take(b'{"batch":[{"type":"page","name":"/blog","anonymousId":"a"}]}', source="blog")
        collector.take(b'{"batch":[],"uncounted":[{"id":"c","counts":{"method":3}}]}', source="blog")

    values = json.loads(run("--data", str(data), "--source", "blog", "--format", "json"))

    assert [row["value"] for row in values["breakdowns"]["page"]] == ["/blog"]
    assert values["uncounted"] == {"method": 3}
    assert json.loads(run("--data", str(data), "--format", "json"))["page_views"] == 4


def test_hits_that_are_no_page_views_are_named_of_the_environment_and_the_days_that_were_asked_for(
    data: Path,
) -> None:
    report = b'{"batch":[],"uncounted":[{"id":"c","counts":{"prefetch":%d}}]}'
    with Collector(data) as collector:
        collector.take(report % 312)
        collector.take(report % 7, environment="staging")
    foot = "  not counted, by whole days of UTC: 312 prefetch (footfall stats says what each is)"

    assert foot in run("--data", str(data)).splitlines()
    assert foot.replace("312", "7") in run("--data", str(data), "--environment", "staging").splitlines()
    assert "not counted" not in run("--data", str(data), "--until", "2d")
    assert json.loads(run("--data", str(data), "--since", "2d", "--format", "json"))["uncounted"] == {"prefetch": 312}
