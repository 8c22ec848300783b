"""`footfall funnel` shows who goes on from step to step, as text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cli.visits import TO_THE_CART, visited

from footfall.cli.app import app


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return visited(tmp_path / "data", TO_THE_CART)


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["funnel", *arguments, "--data", str(data)])


def test_as_text(data: Path) -> None:
    result = run(data, "page:/", "page:/pay", "--within", "7d")

    assert result.exit_code == 0, result.output
    assert "Funnel: page:/ → page:/pay · 1 of 2 convert, within 7d" in result.stdout
    assert "Conversion over time" in result.stdout


def test_as_json_and_csv(data: Path) -> None:
    values = json.loads(run(data, "page:/", "page:/pay", "--format", "json").stdout)["funnel"]
    lines = run(data, "page:/", "page:/pay", "--entry", "each", "--format", "csv").stdout.splitlines()

    assert (values["entered"], values["converted"], values["conversion"]) == (2, 1, 0.5)
    assert values["steps"][1]["took"]["median_seconds"] == 86_400
    assert lines[0].startswith("kind,value,step,id,reached,conversion,low,high,")
    assert lines[2].startswith("total,,2,page:/pay,1,0.5,,,0.5,,,1,")


def test_who_dropped_out_is_listed(data: Path) -> None:
    lines = run(data, "page:/", "page:/pay", "--dropped", "2", "--format", "csv").stdout.splitlines()

    assert lines[0] == "person_id,entered,is_open"
    assert len(lines) == 2


def test_all_options_are_taken_together(data: Path) -> None:
    result = run(
        data, "page:/", "page:/cart", "page:/pay", "--order", "strict", "--entry", "any", "--ties", "forbidden",
        "--step-within", "2=1h", "--optional", "2", "--exclude", "page:/help", "1-3",
        "--exclude-person", "page:/x", "1-3", "--by", "user", "--within", "session",
    )  # fmt: skip

    assert result.exit_code == 0, result.output
    assert "0 of 2 convert, within one session" in result.stdout
    assert "(optional)" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "step 1: there is no event 'nothing'"),
        ([], "has steps, or the name of a journey"),
        (["page", "page", "--step-within", "1h"], "the number of a step and a duration"),
        (["page", "page", "--exclude", "page", "1-3"], "a later one of 1 to 2"),
        (["page", "--breakdown", "colour"], "no step has a single value 'colour'"),
    ],
)
def test_a_mistake_is_one_clear_line(data: Path, arguments: list[str], message: str) -> None:
    result = run(data, *arguments)

    assert message in str(result.exception)
    assert "\n" not in str(result.exception)


def test_the_figures_of_another_product_are_explained_default_by_default(data: Path) -> None:
    asked = ("page:/", "page:/pay", "--within", "1h", "--like", "mixpanel")
    text = run(data, *asked).stdout
    values = json.loads(run(data, *asked, "--format", "json").stdout)["funnel"]
    lines = run(data, *asked, "--format", "csv").stdout.splitlines()

    assert ["page:/pay", "0", "+1", "1", "0", "%", "50", "%"] in [line.split() for line in text.splitlines()]
    assert "within: 1h here, 7d in Mixpanel." in text
    assert values["converted"] == values["reconciliation"]["figures"][1]["theirs"] == 1
    assert lines[4].startswith("Mixpanel,page:/pay,within,1h,7d,1,1,")


def test_an_option_that_is_set_in_the_other_product_too_is_kept(data: Path) -> None:
    text = run(data, "page:/", "page:/pay", "--within", "1h", "--like", "posthog", "--keep", "within").stdout

    assert "0 of 2 convert, within 1h" in text
    assert "Kept as asked: within." in text


def test_nothing_is_kept_without_another_product(data: Path) -> None:
    assert "to keep within as asked goes with" in str(run(data, "page:/", "--keep", "within").exception)
