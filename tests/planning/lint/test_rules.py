"""Every lint rule finds what it is for, at its place, and leaves alone what is near to it and right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from footfall.errors import Problem
from footfall.plan import read
from footfall.plan.problems import CODES
from footfall.planning.lint import RULES, lint

CORPUS = Path(__file__).parent / "data" / "rules.txt"
TODAY = date(2027, 3, 1)


class Case(NamedTuple):
    """A plan, and what one rule finds in it; « stands before each place, and the names are those of the parts."""

    rule: str
    where: tuple[str, ...]
    text: str


def corpus() -> Iterator[Case]:
    for block in CORPUS.read_text().split("\n=== ")[1:]:
        title, _, text = block.partition("\n")
        rule, _, where = title.partition("|")
        yield Case(rule.strip(), tuple(where.split()), text.rstrip("\n"))


CASES = list(corpus())


def linted(text: str, folder: Path, today: date = TODAY) -> list[Problem]:
    file = folder / "plan.yaml"
    file.write_text(text)
    reading = read(file)
    plan = reading.require()
    return lint(plan, source_map=reading.source_map, today=today)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{'-'.join(case.where) or 'none'}")
def test_a_rule_finds_what_it_is_for_and_nothing_else(case: Case, tmp_path: Path) -> None:
    marks, text = [], ""
    for piece in case.text.split("«"):
        text += piece
        marks.append((text.count("\n") + 1, len(text) - text.rfind("\n")))

    found = [problem for problem in linted(text, tmp_path) if problem.code == case.rule]

    assert [problem.where for problem in found] == list(case.where)
    assert [(problem.line, problem.column) for problem in found] == marks[:-1]
    assert all(problem.file == str(tmp_path / "plan.yaml") and problem.remedy for problem in found)


def test_every_rule_has_a_bad_and_a_good_example() -> None:
    bad = {case.rule for case in CASES if case.where}
    good = {case.rule for case in CASES if not case.where}

    assert bad == {rule.name for rule in RULES}
    assert good == {rule.name for rule in RULES}


def test_every_rule_has_a_name_of_its_own_a_reason_and_a_fix() -> None:
    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names)) > 40
    assert not set(names) & set(CODES)
    assert [rule.name for rule in RULES if not rule.reason[0].isupper() or not rule.reason.endswith(".")] == []
    assert [rule.name for rule in RULES if not rule.fix or rule.fix[0].isupper() or rule.fix.endswith(".")] == []


def test_the_shop_has_nothing_to_object_to_on_any_day_until_its_draft_expires() -> None:
    shop = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"
    reading = read(shop)
    plan = reading.require()

    assert lint(plan, source_map=reading.source_map, today=date(2026, 11, 22)) == []
    late = lint(plan, source_map=reading.source_map, today=date(2027, 7, 1))
    assert {(problem.code, problem.where) for problem in late} == {
        ("expired_event", "sensor_replaced"),
        ("overdue_removal", "gift_wrap_offered"),
    }
