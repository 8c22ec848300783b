"""Fixtures are contract tests: a plan that takes or faults them otherwise than they say is told, file by file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footfall.errors import BrokenInputError, Problem
from footfall.plan import read
from footfall.planning.fixtures import FIXTURE_CODES, check_fixtures

ROOT = Path(__file__).parents[2]
PLAN = """
plan: p
events:
  sold:
    properties:
      price: {type: integer, min: 1, required: true}
      kind: {type: string, enum: [rye], open: true}
"""
GOOD = {"price": 3, "kind": "wheat"}
BAD = {"payload": {"price": 0}, "errors": [["price", "min"]]}


def found(folder: Path, files: dict[str, object]) -> tuple[list[Problem], int]:
    (folder / "plan.yaml").write_text(PLAN)
    for name, content in files.items():
        file = folder / "fixtures" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return check_fixtures(folder, read(folder).require())


CASES = [
    ("sold/valid/a.json", {"price": 0}, "fixture_faulty", "is to be valid, and has a fault: price min"),
    ("sold/valid/a.json", {"price": "x", "kind": 1}, "fixture_faulty", "2 faults: price type"),
    (
        "sold/valid/a.json",
        {"price": 1, "size": 2},
        "fixture_unknown_property",
        "has size, which the plan does not know",
    ),
    ("sold/invalid/a.json", {"payload": GOOD, "errors": []}, "fixture_accepted", "is to be invalid, and has no fault"),
    (
        "sold/invalid/a.json",
        {"payload": {"price": 0, "kind": 5}, "errors": [["price", "min"], ["kind", "enum"]]},
        "fixture_differs",
        "other faults than it names: without kind enum, with kind type",
    ),
    ("sold/invalid/a.json", GOOD, "fixture_shape", "is no invalid fixture"),
    ("solt/valid/a.json", GOOD, "fixture_unknown_event", "the plan has no event 'solt'"),
    ("sold/wrong/a.json", GOOD, "fixture_misplaced", "'wrong' is not tested"),
    ("sold/valid/a.jsn", GOOD, "fixture_misplaced", "'a.jsn' is not tested"),
]


@pytest.mark.parametrize(("name", "content", "code", "words"), CASES)
def test_what_a_fixture_says_is_held_against_the_plan(
    name: str, content: object, code: str, words: str, tmp_path: Path
) -> None:
    problems, _ = found(tmp_path, {name: content})

    assert [problem.code for problem in problems] == [code]
    assert words in problems[0].message
    assert problems[0].file.startswith(str(tmp_path / "fixtures"))
    assert problems[0].remedy
    assert (problems[0].level == "warning") == (code == "fixture_unknown_property")


def test_every_code_has_a_case() -> None:
    assert {code for _, _, code, _ in CASES} == set(FIXTURE_CODES)


def test_right_fixtures_are_counted_and_nothing_is_told(tmp_path: Path) -> None:
    unknown = {"payload": {"price": 1, "size": 2}, "errors": [["size", "unknown_property"]]}
    files = {"sold/valid/a.json": GOOD, "sold/invalid/a.json": BAD, "sold/invalid/b.json": unknown, ".hidden/a.json": 1}

    assert found(tmp_path, files) == ([], 3)


def test_fixtures_beside_the_files_of_a_subfolder_count_too(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    problems, count = found(tmp_path, {"../shop/fixtures/sold/valid/a.json": {"price": 0}, "sold/valid/a.json": GOOD})

    assert (len(problems), count) == (1, 2)


def test_every_fixture_that_is_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        BrokenInputError, match=r"2 fixtures cannot be used: .*b\.json: is no JSON.*a\.json: is no JSON"
    ):
        found(tmp_path, {"sold/valid/a.json": "{", "sold/invalid/b.json": "", "sold/valid/c.json": GOOD})


@pytest.mark.parametrize("name", ["plan.yaml", "plan.json", "nowhere"])
def test_a_plan_that_is_no_folder_has_no_fixtures(name: str, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)

    assert check_fixtures(tmp_path / name, read(tmp_path / "plan.yaml").require()) == ([], 0)


@pytest.mark.parametrize("folder", ["tracking_plans/shop_and_gateway", "tests/plan/data/acme"])
def test_the_plans_that_ship_keep_their_contracts(folder: str) -> None:
    problems, count = check_fixtures(ROOT / folder, read(ROOT / folder).require())

    assert problems == []
    assert count == len(list((ROOT / folder).glob("fixtures/*/*/*.json"))) > 1
