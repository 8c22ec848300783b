"""`footfall journey`: where everybody is in a journey, how far they keep to it, and what comes before giving up."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.journey import journey, journey_options
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("journey")
@click.argument("name", metavar="NAME")
@click.option("--persons", is_flag=True, help="List who entered: where they are, since when, what is next, until when.")
@click.option("--stage", metavar="STEP", help="List those alone who are at this step.")
@click.option("--late", is_flag=True, help="List those alone who are late.")
@click.option(
    "--between", nargs=2, metavar="STEP STEP",
    help="What those did who gave up between these steps, and what comes before it more often than by chance.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(1), default=10, show_default=True,
    help="So many rows of what they did; the others together.",
)  # fmt: skip
@click.option(
    "--floor", type=click.IntRange(1), default=30, show_default=True,
    help="What fewer had than so many is not judged as an obstacle.",
)  # fmt: skip
@question_options
def command(
    *, name: str, persons: bool, stage: str | None, late: bool, between: tuple[str, str] | None, top: int, floor: int,
    **shared: Any,
) -> None:  # fmt: skip
    """Show where everybody is who entered the journey NAME of the plan, and how far their ways keep to it.

    A STEP is the id of one of its steps. Everybody is at the furthest step that they reached, on the main path or by a
    branch: done, open, or late where the time that the plan gives has passed. The window is that of the report.

    With --between the answer has what those did first who gave up, beside those who went on, and the obstacles: events,
    pages, statuses of pages and faults after which people go on less often, with what makes it more than chance.

    The rows of CSV are the persons where they are asked for, else what came between the steps, else the stages.
    """
    answer_question(
        lambda plan: journey(
            journey_options(
                plan, name, persons=persons, stage=stage, late=late, between=between or None, top=top, floor=floor
            )
        ),
        **shared,
    )
