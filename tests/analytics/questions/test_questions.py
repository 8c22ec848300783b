"""A new question is a file and a row: it is computed, shown as text and as JSON, with nothing else changed."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from tests.analytics.questions.loyal import LOYAL
from tests.analytics.shop import DAY, NOW, MakeEntry, plan_of

from footfall.analytics import QUESTIONS, Dataset, Question, Report, report
from footfall.plan.model import Plan
from footfall.reporting.json import to_json
from footfall.reporting.text import show


def asked(entry: MakeEntry, plan: Plan | None, questions: Sequence[Question[Any, Any]]) -> Report:
    days = [("ann", 1), ("ann", 1.5), ("bob", 1), ("bob", 2), ("eve", 3)]
    log = [entry(number, "view", day * DAY, user=user) for number, (user, day) in enumerate(days)]
    with Dataset.of(log, plan) as dataset:
        return report(dataset, plan, now=NOW, questions=questions)


def text_of(answers: Report) -> list[str]:
    file = io.StringIO()
    show(answers, Console(file=file, width=100), "data")
    return file.getvalue().splitlines()


def test_a_question_with_a_row_is_in_the_text_with_its_definition(entry: MakeEntry) -> None:
    lines = [line.split() for line in text_of(asked(entry, plan_of(), (*QUESTIONS, LOYAL)))]

    assert ["Who", "comes", "back?"] in lines
    ((*cells, mark),) = (line for line in lines if line[:1] == ["loyal"])
    footnote = f"{mark} loyal: Persons with messages on two days or more. A day begins at midnight UTC."
    assert cells == ["loyal", "1", "3"]
    assert footnote in [" ".join(line) for line in lines]


def test_a_question_with_a_row_is_in_the_json_under_its_name(entry: MakeEntry) -> None:
    answers = json.loads(to_json(asked(entry, plan_of(), (*QUESTIONS, LOYAL)).as_json()))

    assert answers["loyal"]["persons"] == 1
    assert answers["loyal"]["of"] == 3


def test_a_question_can_be_asked_alone(entry: MakeEntry) -> None:
    answers = asked(entry, None, (LOYAL,))

    assert answers.answers.keys() == {"loyal"}
    assert (answers[LOYAL].persons, answers[LOYAL].of) == (1, 3)
    assert "Who comes back?" in text_of(answers)


def test_names_and_rows_of_the_list_are_unique() -> None:
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
