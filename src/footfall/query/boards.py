"""The board of a plan, asked of data that is open: each of its questions with its answer."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from footfall.errors import UsageError
from footfall.plan.model import Board, Plan
from footfall.plan.problems import did_you_mean
from footfall.query.question_result import QuestionResult

__all__ = ["ask_board", "board_of"]

_READER: Final = "footfall.cli.boards:board_questions"
"""What reads the questions: each is written as its command takes it, so that the commands are their grammar."""


def board_of(name: str, plan: Plan) -> Board:
    """The board of this name. Raises UsageError with the nearest name."""
    if name not in plan.boards:
        near = did_you_mean(name, plan.boards) or "write it under `boards:`"
        raise UsageError(f"the plan has no board {name!r}; {near}")
    return plan.boards[name]


def ask_board(
    name: str, plan: Plan, ask: Callable[..., QuestionResult[Any]], include: Collection[str]
) -> dict[str, QuestionResult[Any]]:
    """The answer to each question of a board, by the question's text, in the order of the board.

    `ask` is `Questions.ask`. Raises UsageError.
    """
    module, _, attribute = _READER.partition(":")
    read: Iterable[Any] = getattr(importlib.import_module(module), attribute)(board_of(name, plan), plan)
    return {
        text: ask(asked.question, since=asked.since, until=asked.until, include=include) for text, asked in list(read)
    }
