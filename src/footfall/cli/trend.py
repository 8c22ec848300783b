"""`footfall trend`: a KPI or an event in one period after another."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.trend import trend, trend_options
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("trend")
@click.argument("figure", metavar="KPI|EVENT")
@click.option(
    "--per", type=click.Choice(["hour", "day", "week", "month"]), default="day", show_default=True,
    help="The length of a period, on the plan's clock.",
)  # fmt: skip
@click.option(
    "--of", type=click.Choice(["messages", "actors"]), default="messages", show_default=True,
    help="What to count of an event: its messages, or the different persons and devices that sent them.",
)  # fmt: skip
@question_options
def command(*, figure: str, per: Any, of: Any, **shared: Any) -> None:
    """Show a KPI of the plan, or an event, by hour, day, week or month, and which values are unusual.

    An event may have conditions, as in a plan: 'order_completed {total: {gte: 100}}'. Each value has its change from
    the period before, and the range that is usual by the periods of its kind before it: for an hour or a day those of
    the same weekday. An asterisk marks a period that is not over, or not all in the window.
    """
    answer_question(lambda plan: trend(trend_options(figure, plan, per=per, of=of)), **shared)
