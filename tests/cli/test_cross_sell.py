"""`footfall cross-sell` shows pairs where they win, and else both hit rates, as text, JSON and CSV."""

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
events:
  bought: {description: something is bought, properties: {sku: {type: string, description: what}}}
"""


def data_in(folder: Path, sales: list[tuple[str, str, str]]) -> Path:
    """A data folder with (who, when in November, what)."""
    (folder / "plan.yaml").write_text(PLAN)
    plan = plans.read(folder / "plan.yaml").require()
    with (
        Collector(folder / "data", plan=plan) as collector,
        Client(InProcessTransport(collector), plan=plan) as client,
    ):
        for person, time, sku in sales:
            client.track("bought", {"sku": sku}, user_id=person, timestamp=f"2026-11-{time}:00Z")
    return folder / "data"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Who buys a pen buys ink, who buys tea buys a cup; half of them at the end of the month."""
    sales = []
    for number in range(80):
        pair = ("pen", "ink") if number % 2 else ("tea", "cup")
        day = "20" if number % 4 < 2 else "02"
        sales += [(f"p{number}", "01T10:00", pair[0]), (f"p{number}", f"{day}T11:{number % 60:02}", pair[1])]
    return data_in(tmp_path_factory.mktemp("pairs"), sales)


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["cross-sell", *arguments, "--data", str(data)])


def test_text_json_csv_and_python_have_the_same_figures(data: Path) -> None:
    options = ("bought.sku", "--floor", "5", "--k", "1")
    text = [line.split() for line in run(data, *options).stdout.splitlines()]
    values = json.loads(run(data, *options, "--format", "json").stdout)["cross_sell"]
    lines = run(data, *options, "--format", "csv").stdout.splitlines()
    with query.open(data) as opened:
        rows = opened.cross_sell("bought.sku", floor=5, k=1).rows

    assert ["pen", "ink", "2.0000", "100", "%", "50", "%", "40", "40"] in text
    assert (values["hit_rate"]["wins"], values["all_pairs"]) == (True, 4)
    assert lines == [
        "first,then,baskets,of,support,confidence,lift", *(",".join(map(str, row)) for row in rows)
    ]  # fmt: skip
    assert [pair["first"] for pair in values["pairs"]] == [row[0] for row in rows] == ["cup", "ink", "pen", "tea"]


def test_what_nobody_could_try_is_said_to_be_untried(tmp_path: Path) -> None:
    data = data_in(tmp_path, [("ann", "01T10:00", "pen")])
    result = run(data, "bought.sku", "--floor", "1")

    assert "they could not be tried: nobody with an item got another one in the last fifth" in result.stdout
    assert "win against" not in result.stdout
    assert "hit rate at 3" not in result.stdout


def test_what_too_few_could_try_is_not_shown_and_is_no_failure(tmp_path: Path) -> None:
    data = data_in(tmp_path, [("ann", "01T10:00", "pen"), ("ann", "02T10:00", "ink")])
    result = run(data, "bought.sku", "--floor", "1")
    lines = run(data, "bought.sku", "--floor", "1", "--format", "csv").stdout.splitlines()

    assert result.exit_code == 0
    assert "pairs are not shown: they could not be tried: 1 person with an item got another one" in result.stdout
    assert "hit rate at 3: pairs" in result.stdout
    assert lines == ["first,then,baskets,of,support,confidence,lift"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bought"], "names no value; write EVENT.PROPERTY"),
        (["bougth.sku"], "there is no event 'bougth'; did you mean 'bought'?"),
        (["bought.skv"], "sku"),
        (["bought.sku", "--ordered", "--basket", "message"], "have no order in time"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
