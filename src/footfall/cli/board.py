"""`footfall board`: the questions of a board of the plan, all asked of the data as it is opened once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import click
from rich.markup import escape

from footfall import query
from footfall.cli.data_option import data_option, environment_option, plan_option
from footfall.cli.include_option import include_option
from footfall.cli.output import console, echo, echo_json
from footfall.cli.time_param import as_of_option
from footfall.plan.model import Board, Plan
from footfall.query.boards import board_of
from footfall.query.question_result import QuestionResult

__all__ = ["command"]

_DAMAGED = 1


@click.command("board")
@click.argument("name")
@data_option
@plan_option("The plan that has the board.")
@as_of_option
@environment_option
@include_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    name: str,
    data: Path,
    plan: Path | None,
    as_of: int | datetime | None,
    environment: str,
    include: Collection[str],
    form: Literal["text", "json"],
) -> None:
    """Show the board NAME of the plan: each of its questions, answered of the same moment.

    A question is what its command takes, such as `trend order_completed --per week`. The exit code is 1 where files
    are damaged.
    """
    with query.open(data, plan, as_of=as_of, environment=environment) as opened:
        board = board_of(name, opened.plan or Plan(id=""))
        answers = opened.board(name, include=include)
    if form == "json":
        echo_json(_as_json(board, answers))
    else:
        _print(board, answers, str(data))
    losses = dict.fromkeys(loss for answer in answers.values() for loss in answer.report.data.losses)
    if losses:
        if form == "json":
            echo("\n".join(losses), err=True)
        raise click.exceptions.Exit(_DAMAGED)


def _as_json(board: Board, answers: Mapping[str, QuestionResult[Any]]) -> dict[str, object]:
    return {
        "board": board.name,
        "title": board.title,
        "owner": board.owner,
        "questions": [{"question": question, **answer.report.as_json()} for question, answer in answers.items()],
    }


def _print(board: Board, answers: Mapping[str, QuestionResult[Any]], data: str) -> None:
    # Loaded late: JSON does not wait for it.
    from footfall.reporting.text import show

    page = console()
    page.print(f"[bold]{escape(board.title or board.name)}[/]{f' ({escape(board.owner)})' if board.owner else ''}")
    for number, (question, answer) in enumerate(answers.items()):
        page.print(f"\n[bold]footfall {escape(question)}[/]")
        show(answer.report, page, data, has_head=not number)
