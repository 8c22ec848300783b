"""`footfall segment`: how many persons are in a segment, in another one too, and how it grew."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.segment import segment, segment_options
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("segment")
@click.argument("rule", metavar="SEGMENT")
@click.option("--with", "other", metavar="SEGMENT", help="Show how many are in this one too, and in neither.")
@click.option(
    "--per", type=click.Choice(["day", "week", "month"]),
    help="Show the segment as each such period ended, and who came in and went out.",
)  # fmt: skip
@question_options
def command(*, rule: str, other: str | None, per: Any, since: str | None, **shared: Any) -> None:
    """Show how many persons are in SEGMENT, and what share of all persons that is, as of --until or now.

    SEGMENT is a segment or a cohort of the plan, one that every plan has (login_often, time_spent_long, engagement_high
    and others), or a rule as a plan has it: '{did: order_completed, at_least: 3, within: 180d}'.

    --since is where the growth of --per begins. `footfall persons --segment` lists the persons.
    """
    if since is not None and per is None:
        raise click.UsageError("--since is where the growth of --per begins: add --per week, or leave it out")
    answer_question(lambda plan: segment(segment_options(rule, plan, other=other, per=per)), since=since, **shared)
