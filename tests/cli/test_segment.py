"""`footfall segment` shows who is in a segment, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cli.visits import ANN_RETURNS, visited

from footfall.cli.app import app


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return visited(tmp_path / "data", ANN_RETURNS)


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["segment", *arguments, "--data", str(data)])


TWICE = "{did: page, at_least: 2}"


def test_text_json_and_csv_have_the_same_figures(data: Path) -> None:
    text = [line.split() for line in run(data, TWICE).stdout.splitlines()]
    answer = json.loads(run(data, TWICE, "--format", "json").stdout)["segment"]
    lines = run(data, TWICE, "--format", "csv").stdout.splitlines()

    assert ["in", "the", "segment", "1", "50", "%"] in text
    assert (answer["persons"], answer["size"]) == (2, 1)
    assert lines == ["part,persons,share", "had page at least 2 times,1,0.5"]


def test_growth_and_overlap_can_be_asked_for(data: Path) -> None:
    done = run(data, TWICE, "--with", "{did: '*'}", "--per", "day", "--until", "2026-11-03", "--format", "json")
    answer = json.loads(done.stdout)["segment"]

    assert answer["overlap"] | {"other": ""} == {
        "other": "", "size": 2, "both": 1, "only_first": 0, "only_other": 1, "neither": 0,
    }  # fmt: skip
    assert [(each["size"], each["entered"]) for each in answer["growth"]] == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("login_offen",), "there is no segment 'login_offen' (did you mean 'login_often'?)"),
        ((TWICE, "--since", "2026-11-01"), "--since is where the growth of --per begins"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_ends_with_2(data: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(data, *arguments)

    assert message in (done.stderr or str(done.exception))
    assert done.exit_code != 0
