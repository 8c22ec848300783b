"""`footfall stickiness`: in how many periods persons are active, and how many of a month's are so on a day."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.stickiness import StickinessOptions, stickiness
from footfall.cli.question import answer_question, by_option, question_options
from footfall.plan.reading.event_filters import read_event_filter

__all__ = ["command"]


@click.command("stickiness")
@click.argument("event", metavar="EVENT")
@by_option
@click.option(
    "--per", type=click.Choice(["day", "week"]), default="day", show_default=True, help="The periods that are counted."
)
@click.option(
    "--of", type=click.Choice(["week", "month"]), default="month", show_default=True,
    help="The longer period whose active persons the ratio divides by.",
)  # fmt: skip
@click.option(
    "--minimum", type=click.IntRange(1), default=1, show_default=True,
    help="How many messages in a period it takes to be active in it.",
)  # fmt: skip
@question_options
def command(*, event: str, by: Any, per: Any, of: Any, minimum: int, **shared: Any) -> None:
    """Show on how many days of the window persons are active, and what share of a month's is so on an average day.

    EVENT is an event of the plan, or * for any message, with conditions where you like, as in a plan:
    'order_completed {total: {gte: 100}}'.

    The ratio is the average number of active persons a day, divided by the active persons of the month (DAU/MAU). An
    asterisk marks a month that is not wholly in the window. Rows of CSV without a start are of the whole window.
    """
    answer_question(
        lambda plan: stickiness(
            StickinessOptions(event=read_event_filter(event, plan, "EVENT"), by=by, per=per, of=of, minimum=minimum)
        ),
        **shared,
    )
