"""The questions of boards are made by their commands, and a mistake in one is a finding with the nearest name."""

from __future__ import annotations

import importlib
from typing import Any

import click
import pytest

from footfall.cli.app import COMMANDS
from footfall.cli.boards import board_findings, board_questions
from footfall.errors import UsageError
from footfall.plan import Plan, SourceMap, read
from footfall.plan.board_questions import QUESTION_WORDS


def plan_with(*questions: str) -> Plan:
    document: dict[str, Any] = {
        "plan": "p",
        "events": {"sold": {"properties": {"total": {"type": "integer"}}}},
        "kpis": {"sales": {"measure": {"count": "sold"}, "window": "7d"}},
        "boards": {"week": {"questions": list(questions)}},
    }
    return read(document).require()


def messages(*questions: str) -> list[str]:
    return [str(finding) for finding in board_findings(plan_with(*questions), SourceMap("plan.yaml"))]


def test_every_question_of_the_command_line_can_be_on_a_board() -> None:
    shared = {"until", "as_of", "include", "form", "data", "plan"}
    asking = set()
    for name, (place, _) in COMMANDS.items():
        command: click.Command = importlib.import_module(place.partition(":")[0]).command
        if shared <= {parameter.name for parameter in command.params} and name not in {"board", "report", "web"}:
            asking.add(name)

    assert asking == set(QUESTION_WORDS)


def test_a_question_is_what_its_command_makes_of_it() -> None:
    trend, retention = board_questions(
        plan_with("trend sales --per week", "retention 'sold {total: {gt: 5}}' --since 2026-01-01").boards["week"],
        plan_with("trend sales"),
    )

    assert (trend.asked.question.name, trend.asked.since) == ("trend", None)
    assert retention.asked.question.name == "retention"
    assert retention.asked.since is not None


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("trend sol", "there is no"),
        ("trend sold --pr week", "No such option"),
        ("trend sold --per wek", "'wek' is not one of"),
        ("trend", "Missing argument"),
        ("retention sold --periods none", "'none' are no periods"),
        ("trend sold --data elsewhere", "--data is for the whole board"),
        ("trend sold --format=csv", "--format=csv is for the whole board"),
        ("kpi sales --sql", "--sql asks nothing"),
        ("trend sales --help", "--help asks nothing"),
        ("experiment trial", "the plan has no experiment 'trial'"),
    ],
)
def test_what_a_command_refuses_is_a_finding(question: str, message: str) -> None:
    (finding,) = messages("trend sold", question)

    assert message in finding
    assert "boards.week.questions[1]" in finding


def test_sound_questions_have_no_finding() -> None:
    assert messages("trend sales", "lifecycle '*'", "sessions --by entry", "funnel sold sold") == []


def test_a_question_that_cannot_be_asked_is_named_by_its_text() -> None:
    plan = plan_with("trend sol")

    with pytest.raises(UsageError, match="week, 'trend sol': "):
        list(board_questions(plan.boards["week"], plan))
