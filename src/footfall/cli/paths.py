"""`footfall paths`: what people did next after a step, before it, or between two."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.paths import paths, paths_options
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("paths")
@click.option("--after", metavar="STEP", help="What people did after this step.")
@click.option("--before", metavar="STEP", help="What people did before this step.")
@click.option("--between", nargs=2, metavar="STEP STEP", help="What people did from one step to another.")
@click.option(
    "--steps", type=click.IntRange(1, 20), default=4, show_default=True,
    help="How many further steps to show.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(1), default=10, show_default=True,
    help="So many of the most frequent steps at each position, and of whole paths; the others together.",
)  # fmt: skip
@click.option(
    "--within", default="session", show_default=True, metavar="session|DURATION",
    help="Paths within one session, or over all sessions of a person for so long: 7d.",
)  # fmt: skip
@click.option("--by", type=click.Choice(["channel"]), help="With the channel of contact of each step: shop:STEP.")
@question_options
def command(
    *, after: str | None, before: str | None, between: tuple[str, str] | None, steps: int, top: int, within: str,
    by: Any, **shared: Any,
) -> None:  # fmt: skip
    """Show the paths that people take: from their first step on, or after, before or between steps.

    A STEP is an event of the plan, or a page or screen by its route (page:/cart), with conditions where you like, as in
    a plan: 'order_completed {total: {gte: 100}}'. Each session, or person, has one path: by its first STEP in the
    window. Steps that repeat the one before are no further step.

    (nothing more) are those that did nothing after that, (other) all steps that are not among the most frequent ones.
    """
    answer_question(
        lambda plan: paths(
            paths_options(
                plan, after=after, before=before, between=between or None, steps=steps, top=top, within=within, by=by
            )
        ),
        **shared,
    )
