"""A board in Python is each of its questions with its answer, and a name that is none is one clear line."""

from __future__ import annotations

import pytest
from tests.query.asked import database, message, plan_of

from footfall.errors import UsageError
from footfall.plan.model import Board, Plan
from footfall.query.boards import board_of

DAY = 86_400
QUESTIONS = ("trend buy --per day", "power buy --since 1970-01-03 --until 1970-01-09")
PLAN = plan_of(boards={"week": Board(name="week", questions=QUESTIONS)})
LOG = [message(number, at=number * DAY, user_id="ann") for number in (1, 2)]


def test_each_question_has_the_answer_of_its_method() -> None:
    with database(LOG, PLAN) as opened:
        board = opened.board("week")
        alone = opened.trend("buy", per="day")

    assert tuple(board) == QUESTIONS
    assert board[QUESTIONS[0]].rows == alone.rows
    assert board[QUESTIONS[1]].result.messages == 1


def test_a_board_that_there_is_not_has_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r"the plan has no board 'weak'; did you mean 'week'\?"):
        board_of("weak", PLAN)
    with database(LOG, Plan(id="p")) as opened, pytest.raises(UsageError, match="no board 'week'; write it under"):
        opened.board("week")


def test_a_question_that_cannot_be_asked_is_named() -> None:
    plan = plan_of(boards={"week": Board(name="week", questions=("trend by",))})
    with database(LOG, plan) as opened, pytest.raises(UsageError, match="week, 'trend by': "):
        opened.board("week")
