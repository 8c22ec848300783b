"""Plans for the lint rules, and what a rule finds in each of them.

In `data/*.txt` a line `=== rule | parts that it finds` begins a plan; « marks each location. A plan without parts is a
good example: the rule finds nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from footfall.errors import Problem
from footfall.plan import read
from footfall.planning.lint import lint

FOLDER = Path(__file__).parent / "data"
TODAY = date(2027, 3, 1)


class Case(NamedTuple):
    """A plan, and the parts in which one rule finds something."""

    rule: str
    where: tuple[str, ...]
    text: str


def cases(name: str) -> list[Case]:
    """The cases of one file, by its name."""
    return list(_cases((FOLDER / f"{name}.txt").read_text()))


def _cases(text: str) -> Iterator[Case]:
    for block in f"\n{text}".split("\n=== ")[1:]:
        title, _, plan = block.partition("\n")
        rule, _, where = title.partition("|")
        yield Case(rule.strip(), tuple(where.split()), plan.rstrip("\n"))


def title(case: Case) -> str:
    """A name for a test."""
    return f"{case.rule}-{'-'.join(case.where) or 'none'}"


def linted(text: str, folder: Path, today: date = TODAY) -> list[Problem]:
    """What all rules find in a plan."""
    file = folder / "plan.yaml"
    file.write_text(text)
    reading = read(file)
    return lint(reading.require(), source_map=reading.source_map, today=today)


def assert_finds(case: Case, folder: Path) -> None:
    """The rule finds what the case says, where it says so, each with a remedy."""
    marks, text = [], ""
    for piece in case.text.split("«"):
        text += piece
        marks.append((text.count("\n") + 1, len(text) - text.rfind("\n")))

    problems = [problem for problem in linted(text, folder) if problem.code == case.rule]

    assert [problem.where for problem in problems] == list(case.where)
    assert [(problem.line, problem.column) for problem in problems] == marks[:-1]
    assert all(problem.file == str(folder / "plan.yaml") and problem.remedy for problem in problems)
