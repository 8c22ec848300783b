"""`footfall persons`: the list of persons, of all or of a segment."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.persons import persons, persons_options
from footfall.cli.question import answer_question, moment_options

__all__ = ["command"]

_SHOWN = 100


@click.command("persons")
@click.option("--segment", metavar="SEGMENT", help="List those who are in this segment or cohort, or meet this rule.")
@click.option("--after", metavar="PERSON_ID", help="Go on after this person, the last one of the list before.")
@click.option(
    "--limit", type=click.IntRange(1),
    help=f"List so many at most.  [default: {_SHOWN} as text, all as JSON and CSV]",
)  # fmt: skip
@moment_options
def command(*, segment: str | None, after: str | None, limit: int | None, form: str, **shared: Any) -> None:
    """List persons in the order of their person_ids, as of --until or now, each with its user_id, times and messages.

    A segment is one of the plan or of every plan, a cohort, or a rule: '{last: order_completed, before: 90d}'.

    `footfall person show` has all of one person.
    """
    most = _SHOWN if limit is None and form == "text" else limit
    answer_question(
        lambda plan: persons(persons_options(plan, segment=segment, after=after, limit=most)), form=form, **shared
    )
