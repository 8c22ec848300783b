"""`footfall preferences` shows what people have most often, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from footfall import Client, query
from footfall import plan as plans
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport

PLAN = """
plan: shop
timezone: Europe/Oslo
events:
  bought: {description: something is bought, channel: shop, properties: {kind: {type: string, description: what}}}
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ann buys tea three times at nine in Oslo, and a cup once; Bob a cup."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "plan.yaml").write_text(PLAN)
    plan = plans.read(folder / "plan.yaml").require()
    with (
        Collector(folder / "data", plan=plan) as collector,
        Client(InProcessTransport(collector), plan=plan) as client,
    ):
        for person, time, kind in (
            ("ann", "01T08:00", "tea"), ("ann", "02T08:10", "tea"), ("ann", "03T08:20", "tea"),
            ("ann", "03T12:00", "cup"), ("bob", "03T12:00", "cup"),
        ):  # fmt: skip
            client.track("bought", {"kind": kind}, user_id=person, timestamp=f"2026-11-{time}:00Z")
    return folder / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["preferences", *arguments, "--data", str(data)])


def test_text_json_csv_and_python_have_the_same_figures(data: Path) -> None:
    options = ("--of", "bought.kind", "--floor", "3")
    text = [line.split() for line in run(data, *options).stdout.splitlines()]
    values = json.loads(run(data, *options, "--format", "json").stdout)["preferences"]
    lines = run(data, *options, "--format", "csv").stdout.splitlines()
    with query.open(data) as opened:
        rows = opened.preferences(of=["bought.kind"], floor=3).rows

    assert ["tea", "3", "60", "%", "1", "1"] in text
    assert [each["of"] for each in values["preferences"]] == ["channel", "hour", "bought.kind"]
    assert lines == [
        "of,value,n,share,persons,prefer,judged", "channel,shop,5,1.0,2,1,1", "hour,09,3,0.6,1,1,1",
        "hour,13,2,0.4,2,0,1", "bought.kind,tea,3,0.6,1,1,1", "bought.kind,cup,2,0.4,2,0,1",
    ]  # fmt: skip
    assert lines[1:] == [",".join(map(str, row)) for row in rows]


def test_of_one_person_there_is_what_they_prefer(data: Path) -> None:
    ann = run(data, "ann", "--of", "bought.kind", "--floor", "3").stdout
    bob = run(data, "bob", "--of", "bought.kind", "--floor", "3").stdout

    assert "Preferences: bought.kind · of ann: prefers tea" in ann
    assert "Preferences: hour · of ann: prefers 09" in ann
    assert "of bob: fewer than 3 messages say nothing" in bob


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody"], "'nobody' is the id of nobody in the data"),
        (["--of", "bought"], "of: 'bought' names no value"),
        (["--of", "bought.kin"], "kind"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
