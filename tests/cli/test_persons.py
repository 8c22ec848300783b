"""`footfall persons` lists persons, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cli.visits import ANN_RETURNS, visited

import footfall
from footfall.cli.app import app


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return visited(tmp_path / "data", ANN_RETURNS)


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["persons", *arguments, "--data", str(data)])


def test_text_json_csv_and_python_have_the_same_persons(data: Path) -> None:
    answer = json.loads(run(data, "--format", "json").stdout)["persons"]
    lines = run(data, "--format", "csv").stdout.splitlines()
    text = run(data).stdout
    with footfall.open(data) as opened:
        rows = opened.persons().rows

    ids = [each["person_id"] for each in answer["persons"]]
    assert len(ids) == 2
    assert lines[0] == "person_id,user_id,first_seen,last_seen,messages"
    assert [line.split(",")[0] for line in lines[1:]] == ids == [row[0] for row in rows]
    assert all(each in text for each in ids)


def test_a_segments_list_is_as_long_as_the_segment(data: Path) -> None:
    rule = "{did: page, at_least: 2}"
    with footfall.open(data) as opened:
        size, rows = opened.segment(rule).result.size, opened.persons(segment=rule).rows

    assert size == len(rows) == 1
    assert rows[0][1] == "ann"


def test_a_list_goes_on_after_a_person(data: Path) -> None:
    first = run(data, "--limit", "1", "--format", "csv").stdout.splitlines()[1].split(",")[0]
    rest = run(data, "--after", first, "--format", "csv").stdout.splitlines()

    assert len(rest) == 2
    assert rest[1].split(",")[0] > first
