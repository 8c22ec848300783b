"""What the commands that ask one question have in common: their options, and how they show the answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from footfall import query
from footfall.analytics import Question
from footfall.analytics.figure_losses import loss_text
from footfall.analytics.peer_defaults import PEERS
from footfall.cli.data_option import data_option, environment_option, plan_option
from footfall.cli.include_option import include_option
from footfall.cli.output import console, echo, echo_json
from footfall.cli.time_param import TimeParam, as_of_option, moment
from footfall.clock import SystemClock
from footfall.plan.model import Plan
from footfall.query.question_result import QuestionResult
from footfall.timestamps import local_time

__all__ = [
    "AskedQuestion", "QuestionAsker", "answer_question", "by_option", "kpi_options", "like_options", "moment_options",
    "per_option", "question_options", "window_times",
]  # fmt: skip

T = TypeVar("T", bound=Callable[..., Any])
_DAMAGED = 1

by_option = click.option(
    "--by", type=click.Choice(["user", "device"]), default="user", show_default=True, help="Who is counted."
)
per_option = click.option(
    "--per", type=click.Choice(["day", "week", "month"]), default="day", show_default=True,
    help="The length of a period.",
)  # fmt: skip


class AskedQuestion(NamedTuple):
    """A question, and the ends of its window."""

    question: Question[Any, Any]
    since: datetime | None
    until: datetime | None


class QuestionAsker:
    """Collects the question that a command makes by a plan, in place of its answer. It is the `obj` of its context."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.asked: AskedQuestion | None = None


def like_options(command: T) -> T:
    """The options that ask a question as another product does."""
    like = click.option(
        "--like", type=click.Choice([*PEERS]),
        help="By the defaults of another product, and why its figures differ from those here.",
    )  # fmt: skip
    keep = click.option(
        "--keep", multiple=True, metavar="OPTION", help="With --like: this option stays, as it is set so there too.",
    )  # fmt: skip
    return like(keep(command))


def question_options(command: T) -> T:
    """The options of every question: where the data is, of which time and moment, whose, and how it is shown."""
    return _since("the first message")(moment_options(command))


def kpi_options(command: T) -> T:
    """The same of a KPI, which has a window in the plan."""
    return _since("the KPI's own window")(moment_options(command))


def _since(default: str) -> Callable[[T], T]:
    return click.option("--since", type=TimeParam(), help=f"The window begins here.  [default: {default}]")


def moment_options(command: T) -> T:
    """The same of a question that looks at a moment, all that came before it, and no window."""
    options = (
        data_option,
        plan_option("The plan that names events and says who the persons are."),
        click.option("--until", type=TimeParam(), help="The window ends before this time.  [default: now]"),
        as_of_option,
        environment_option,
        include_option,
        click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True),
    )
    for option in reversed(options):
        command = option(command)
    return command


def answer_question(
    ask: Callable[[Plan], Question[Any, Any]],
    *,
    data: Path,
    plan: Path | None,
    since: str | None = None,
    until: str | None,
    as_of: int | datetime | None,
    environment: str,
    include: Collection[str],
    form: str,
) -> QuestionResult[Any]:
    """Ask, show the answer, and return it. `ask` makes the question by the plan.

    Raises UsageError for what the plan or the data does not have. The exit code is 1 where files are damaged. Where
    somebody collects questions, it asks nothing and ends: see `QuestionAsker`.
    """
    begin, end = window_times(since, until)
    asker = click.get_current_context().find_object(QuestionAsker)
    if asker is not None:
        asker.asked = AskedQuestion(ask(asker.plan), begin, end)
        raise click.exceptions.Exit
    with query.open(data, plan, as_of=as_of, environment=environment) as opened:
        answer = opened.ask(ask(opened.plan or Plan(id="")), since=begin, until=end, include=include)
    _show(answer, form, str(data))
    if answer.report.data.losses:
        if form != "text":
            echo("\n".join(answer.report.data.losses), err=True)
        raise click.exceptions.Exit(_DAMAGED)
    return answer


def window_times(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """The times that a user wrote for the ends of a window."""
    now = local_time(SystemClock().now_us())
    begin, end = (None if text is None else moment(text, now) for text in (since, until))
    return begin, end


def _show(answer: QuestionResult[Any], form: str, data: str) -> None:
    if form == "json":
        echo_json(answer.report.as_json())
    elif form == "csv":
        # Loaded late, as for text.
        from footfall.query.writers import write_csv_rows

        sys.stdout.flush()
        table = answer.reconciliation.table if answer.reconciliation is not None else None
        columns, rows = (answer.columns, answer.rows) if table is None else (table.columns, table.rows)
        write_csv_rows(columns, rows, sys.stdout.buffer)
        if text := loss_text(answer.result):
            echo(text, err=True)
    else:
        # Loaded late: other forms do not wait for it.
        from footfall.reporting.text import show

        show(answer.report, console(), data)
