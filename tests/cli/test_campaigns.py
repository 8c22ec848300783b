"""`footfall campaigns` shows visits of campaigns and misspelt links, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from tests.cli.test_attribution import data as data  # the fixture

from footfall.cli.app import app


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["campaigns", *arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    result = run(data)
    lines = [line.split() for line in result.stdout.splitlines()]

    assert result.exit_code == 0, result.output
    assert ["spring", "1"] in lines
    assert ["name", "lights", "1"] in lines
    assert "Links that are of no campaign of the plan" in result.stdout


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "--format", "json").stdout)["campaigns"]
    lines = run(data, "--format", "csv").stdout.splitlines()

    assert [(each["name"], each["visits"]) for each in values["campaigns"]] == [("spring", 1)]
    assert values["unknown"] == [{"field": "name", "value": "lights", "visits": 1, "like": None, "campaign": None}]
    assert lines[0] == "campaign,field,value,visits,outside,first,last,like"
    assert lines[2] == ",name,lights,1,,,,"
