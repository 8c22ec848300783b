"""`footfall journey` shows where everybody is, as text, JSON and CSV, with the same figures each time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from footfall import Client, query
from footfall import plan as plans
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport

PLAN = """
plan: shop
events:
  view: {description: a product is seen}
  cart: {description: it is put into a cart}
  buy: {description: it is bought}
  helped: {description: help is read}
journeys:
  buying:
    description: From a product to an order
    by: user
    within: 7d
    steps:
      - {id: view, event: view}
      - {id: cart, event: cart}
      - {id: buy, event: buy, within: 1d}
    branches:
      - {id: quick, after: view, steps: [buy]}
    never:
      - {event: helped, between: [view, buy], as: in_need}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann buys, Bob buys with no cart, Eve reads help and never goes on, Dan has a cart."""
    (tmp_path / "plan.yaml").write_text(PLAN)
    plan = plans.read(tmp_path / "plan.yaml").require()
    with (
        Collector(tmp_path / "data", plan=plan) as collector,
        Client(InProcessTransport(collector), plan=plan) as client,
    ):
        for person, name, time in (
            ("ann", "view", "01T10:00"), ("ann", "cart", "01T10:01"), ("ann", "buy", "01T10:02"),
            ("bob", "view", "02T10:00"), ("bob", "buy", "02T11:00"), ("eve", "view", "03T10:00"),
            ("eve", "helped", "03T10:01"), ("dan", "view", "03T10:00"), ("dan", "cart", "03T11:00"),
        ):  # fmt: skip
            client.track(name, {}, user_id=person, timestamp=f"2026-11-{time}:00Z")
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["journey", *arguments, "--data", str(data)])


def answer(data: Path, *arguments: str) -> Mapping[str, Any]:
    values: Mapping[str, Any] = json.loads(run(data, "buying", *arguments, "--format", "json").stdout)["journey"]
    return values


def test_the_next_question_is_of_the_same_window(data: Path) -> None:
    shown = run(data, "buying", "--since", "2026-11-02", "--until", "2026-11-20").stdout

    assert "--since 2026-11-02T00:00:00+" in shown
    assert "--until 2026-11-20T00:00:00+" in shown


def test_as_text(data: Path) -> None:
    result = run(data, "buying", "--persons")
    lines = [line.split() for line in result.stdout.splitlines()]

    assert result.exit_code == 0, result.output
    assert "Journey buying: where everybody is · 4 persons entered from the first message" in result.stdout
    assert ["2", "2", "0", "0", "1", "1"] in [line[-6:] for line in lines if line[:1] == ["buy"]]
    assert "Kept to the plan · 50 % of 4 decided ways" in result.stdout
    assert "broke in_need: 1" in result.stdout
    assert "footfall journey buying --between view cart --data" in result.stdout
    assert "4 persons" in result.stdout


def test_json_csv_and_python_have_the_same_figures(data: Path) -> None:
    values = answer(data)
    lines = run(data, "buying", "--format", "csv").stdout.splitlines()
    with query.open(data) as opened:
        rows = opened.journey("buying").rows

    assert lines[0] == "id,event,reached,here,by_branch,done,open,late"
    assert lines[1:] == [",".join(map(str, row)) for row in rows]
    assert [tuple(stage.values()) for stage in values["stages"]] == rows
    assert [stage["reached"] for stage in values["stages"]] == [4, 2, 1]


def test_the_list_is_as_long_as_the_stage_says_and_person_show_knows_its_ids(data: Path) -> None:
    stages = {stage["id"]: stage for stage in answer(data)["stages"]}
    (late,) = answer(data, "--stage", "cart", "--late")["persons"]
    person = CliRunner().invoke(app, ["person", "show", late["person_id"], "--data", str(data)])

    assert stages["cart"]["late"] == 1
    assert (late["stage"], late["path"], late["next"], late["due"]) == ("cart", "main", "buy", "2026-11-04T11:00:00Z")
    assert "dan" in person.stdout
    assert answer(data, "--stage", "buy", "--late")["persons"] == []


def test_what_those_did_who_left_is_beside_what_others_did(data: Path) -> None:
    values = answer(data, "--between", "view", "buy")["leavers"]
    lines = run(data, "buying", "--between", "view", "buy", "--format", "csv").stdout.splitlines()
    text = run(data, "buying", "--between", "view", "buy").stdout

    assert (values["entered"], values["went_on"], values["gave_up"], values["tested"]) == (4, 2, 2, 0)
    assert lines == [
        "kind,name,gave_up,went_on,lift,low,high,p_value", "next,cart,1,1,,,,", "next,helped,1,0,,,,",
        "next,(straight on),0,1,,,,",
    ]  # fmt: skip
    assert "Between view and buy: what they did first · 2 gave up, 2 went on" in text
    assert "nothing comes before giving up more often than by chance" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["byuing"], "the plan has no journey 'byuing'; did you mean 'buying'?"),
        (["buying", "--stage", "crt"], "no step 'crt'; did you mean 'cart'?"),
        (["buying", "--between", "buy", "view"], "does not come after"),
        (["buying", "--since", "2026-11-05", "--until", "2026-11-01"], "the window is empty"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
