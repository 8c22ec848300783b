"""`footfall lifecycle`: who is new, returns, comes back after a gap or stays away, period by period."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.lifecycle import LifecycleOptions, lifecycle
from footfall.cli.question import answer_question, by_option, per_option, question_options
from footfall.plan.reading.event_filters import read_event_filter

__all__ = ["command"]


@click.command("lifecycle")
@click.argument("event", metavar="EVENT")
@by_option
@per_option
@question_options
def command(*, event: str, by: Any, per: Any, **shared: Any) -> None:
    """Show how the number of active persons changes, day by day, week by week or month by month.

    New ones were never active before, returning ones in the period just before too, resurrected ones only earlier.
    Dormant ones were active in the period before and are not in this one; they are shown with a minus.

    EVENT is an event of the plan, or * for any message, with conditions where you like, as in a plan:
    'order_completed {total: {gte: 100}}'.

    Who was active before the window is not new in it. An asterisk marks a period that is not over.
    """
    answer_question(
        lambda plan: lifecycle(LifecycleOptions(event=read_event_filter(event, plan, "EVENT"), by=by, per=per)),
        **shared,
    )
