"""`footfall power`: how the messages are spread over persons, and who has the most."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.power import PowerOptions, power
from footfall.cli.question import answer_question, by_option, question_options
from footfall.plan.reading.event_filters import read_event_filter

__all__ = ["command"]


@click.command("power")
@click.argument("event", metavar="EVENT")
@by_option
@click.option(
    "--top", type=click.IntRange(0), default=0, show_default=True,
    help="List so many of those with the most messages, by their person_id.",
)  # fmt: skip
@question_options
def command(*, event: str, by: Any, top: int, **shared: Any) -> None:
    """Show how many of the messages the most active persons have: the top 1 %, 5 %, 10 %, 20 % and so on.

    EVENT is an event of the plan, or * for any message, with conditions where you like, as in a plan:
    'order_completed {total: {gte: 100}}'.

    With --top the rows of CSV are the persons, else the shares. `footfall person show` has all of a person.
    """
    answer_question(
        lambda plan: power(PowerOptions(event=read_event_filter(event, plan, "EVENT"), by=by, top=top)), **shared
    )
