"""Asks the questions of boards by the commands that have them, of data that is open, or of none to check them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import NamedTuple

import click

from footfall.cli.question import AskedQuestion, QuestionAsker
from footfall.errors import FootfallError, Problem, UsageError
from footfall.plan import SourceMap
from footfall.plan.board_questions import split_question
from footfall.plan.model import Board, Plan

__all__ = ["BoardQuestion", "board_findings", "board_questions"]

_OF_BOARD = ("--data", "--plan", "--as-of", "--environment", "--format", "--include")
_NO_QUESTION = ("-h", "--help", "--sql")  # a command writes these itself


class BoardQuestion(NamedTuple):
    """A question as the board has it, and what its command makes of it."""

    text: str
    asked: AskedQuestion


def board_questions(board: Board, plan: Plan) -> Iterator[BoardQuestion]:
    """Every question of a board. Raises UsageError for one that cannot be asked, with its text."""
    for text in board.questions:
        try:
            yield BoardQuestion(text, _read(text, plan))
        except UsageError as error:
            raise UsageError(f"{board.name}, {text!r}: {error}") from None


def board_findings(plan: Plan, source_map: SourceMap) -> list[Problem]:
    """What is wrong with the questions of all boards of a plan that has no other problem."""
    findings = []
    for board in plan.boards.values():
        for number, text in enumerate(board.questions):
            try:
                _read(text, plan)
            except UsageError as error:
                where = f"boards.{board.name}.questions[{number}]"
                at = source_map.find(where)
                findings.append(
                    Problem(
                        "bad_question", f"{text!r}: {error}", where=where, file=at.file, line=at.line, column=at.column
                    )
                )
    return findings


def _read(text: str, plan: Plan) -> AskedQuestion:
    """What the command of a question makes of it. Raises UsageError."""
    word, *options = split_question(text)
    for option in options:
        if option.partition("=")[0] in _OF_BOARD:
            raise UsageError(f"{option} is for the whole board; give it to `footfall board`")
        if option in _NO_QUESTION:
            raise UsageError(f"{option} asks nothing that a board can show; take it out")
    command: click.Command = importlib.import_module(f"footfall.cli.{word.replace('-', '_')}").command
    asker = QuestionAsker(plan)
    try:
        with command.make_context(word, [*options, "--data", "."], obj=asker) as context:
            command.invoke(context)
    except click.UsageError as error:
        raise UsageError(error.format_message()) from None
    except UsageError:
        raise
    except (click.exceptions.Exit, FootfallError):
        pass  # it shows help, or would open the data itself
    if asker.asked is None:
        raise UsageError("this is no question that a board can show")
    return asker.asked
