"""`footfall attribution` shows what campaigns bring, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.plan import read

PLAN = """
plan: shop
events:
  bought: {properties: {total: {type: decimal, currency: money}, money: {type: string}}}
campaigns:
  spring: {utm: {name: [spring_sale, spring-sale]}}
"""
NEWS = {"campaign": {"name": "Spring_Sale", "source": "news"}, "origin": {"type": "email"}}
ADVERT = {"campaign": {"name": "lights", "source": "google"}, "origin": {"type": "paid_search", "name": "Google"}}
DIRECT = {"origin": {"type": "direct"}}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann comes by an advertisement, by the newsletter and directly, and buys; Bob buys without a visit."""
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN)
    plan = read(file).require()
    with (
        Collector(tmp_path / "data", plan=plan) as collector,
        Client(InProcessTransport(collector), plan=plan) as client,
    ):
        for day, context in ((1, ADVERT), (2, NEWS), (3, DIRECT)):
            client.page("/", {}, user_id="ann", context=context, timestamp=f"2026-11-0{day}T10:00:00Z")
        for person in ("ann", "bob"):
            time = "2026-11-03T10:05:00Z"
            client.track("bought", {"total": 30, "money": "EUR"}, user_id=person, timestamp=time)
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["attribution", "bought", *arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    result = run(data, "--sum", "total", "--model", "all")
    lines = [line.split() for line in result.stdout.splitlines()]

    assert result.exit_code == 0, result.output
    assert "Attribution of bought by campaign · 2 conversions · 60 EUR" in result.stdout
    assert ["spring", "1", "0", "0", "1", "0.33", "0.20", "0.33"] in lines
    assert ["lights", "1", "1", "0", "0", "0.33", "0.40", "0.30"] in lines
    assert ["(no", "campaign)", "1", "0", "1", "0", "0.33", "0.40", "0.37"] in lines
    assert ["(none)", "1", "1", "1", "1", "1", "1"] in lines
    assert "total in EUR" in result.stdout
    assert ["spring", "0", "0", "30", "10", "6", "9.97"] in lines


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "--by", "origin", "--model", "linear", "--format", "json").stdout)["attribution"]
    lines = run(data, "--by", "source", "--format", "csv").stdout.splitlines()

    assert values["conversions"] == 2
    assert [(row["label"], row["conversions"]["linear"]["exact"]) for row in values["rows"]] == [
        ("direct", "1/3"), ("email", "1/3"), ("paid_search", "1/3"), (None, "1"),
    ]  # fmt: skip
    assert lines == [
        "model,label,is_planned,is_other,visits,conversions,share,currency,amount,cost,per_conversion,roas,roi",
        "last_non_direct,news,false,false,1,1.0,0.5,,,,,,",
        "last_non_direct,direct,false,false,1,0.0,0.0,,,,,,",
        "last_non_direct,google,false,false,1,0.0,0.0,,,,,,",
        "last_non_direct,,false,false,0,1.0,0.5,,,,,,",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sum", "totl"], "bought has no number 'totl'"),
        (["--within", "long"], "within: 'long' is not a duration"),
        (["--half-life", "0d"], "half_life: '0d' is not a duration"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
