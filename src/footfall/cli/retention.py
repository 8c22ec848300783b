"""`footfall retention`: of those who did one thing, who did another one again in the periods after it."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics import Question
from footfall.analytics.questions.retention import RetentionOptions, brackets_of, retention_like
from footfall.cli.question import answer_question, by_option, like_options, per_option, question_options
from footfall.plan.model import Plan
from footfall.plan.reading.event_filters import read_event_filter

__all__ = ["command"]


@click.command("retention")
@click.argument("start", metavar="START")
@click.argument("returning", metavar="[RETURNING]", required=False)
@by_option
@per_option
@click.option(
    "--periods", default="7", show_default=True, metavar="N|A-B,…",
    help="How many periods after the entry, or brackets of them: 1-3,4-7,14-30.",
)  # fmt: skip
@click.option(
    "--counting", type=click.Choice(["calendar", "rolling"]), default="calendar", show_default=True,
    help="Periods of the plan's clock, or of 24 hours (7 × 24, 30 × 24) from the entry on.",
)  # fmt: skip
@click.option(
    "--entry", type=click.Choice(["first-ever", "first-in-range", "recurring"]), default="first-in-range",
    show_default=True, help="Which START of a person makes an entry; recurring: the first of each period.",
)  # fmt: skip
@click.option(
    "--returning-when", type=click.Choice(["on", "on-or-after", "on-or-before", "streak"]), default="on",
    show_default=True, help="In the period, in it or later, in it or earlier, or in each one up to it.",
)  # fmt: skip
@click.option(
    "--minimum", type=click.IntRange(1), default=1, show_default=True, help="How many RETURNING messages it takes."
)
@click.option("--sum", "value", metavar="PROPERTY", help="Add this property of RETURNING up, for each period.")
@like_options
@question_options
def command(
    *,
    start: str,
    returning: str | None,
    by: Any,
    per: Any,
    periods: str,
    counting: Any,
    entry: str,
    returning_when: str,
    minimum: int,
    value: str | None,
    like: str | None,
    keep: tuple[str, ...],
    **shared: Any,
) -> None:
    """Show who came back: of the persons who had START, how many had RETURNING in the periods after it.

    START and RETURNING are an event of the plan, or * for any message, each with conditions where you like, as in a
    plan: 'order_completed {total: {gte: 100}, currency: EUR}'. Without RETURNING it is START again.

    Each row has those who entered in one day, week or month, each column a period after that. An asterisk marks a
    period that is not over for everybody; the last row has complete periods alone.
    """

    def ask(plan: Plan) -> Question[Any, Any]:
        options = RetentionOptions(
            start=read_event_filter(start, plan, "START"),
            returning=read_event_filter(returning or start, plan, "RETURNING"),
            by=by,
            per=per,
            counting=counting,
            entry=entry.replace("-", "_"),  # type: ignore[arg-type] # of the choices above
            returning_when=returning_when.replace("-", "_"),  # type: ignore[arg-type] # as above
            brackets=brackets_of(periods),
            minimum=minimum,
            value=value,
        )
        return retention_like(like, options, keep)

    answer_question(ask, **shared)
