"""`footfall attribution`: to which campaigns and origins conversions are credited, by six models."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.attribution import attribution, attribution_options
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("attribution")
@click.argument("conversion", metavar="CONVERSION")
@click.option("--sum", "value", metavar="PROPERTY", help="Share out this number of the conversions too.")
@click.option(
    "--by", type=click.Choice(["campaign", "origin", "source", "medium"]), default="campaign", show_default=True,
    help="What is credited.",
)  # fmt: skip
@click.option(
    "--model",
    type=click.Choice(["first", "last", "last-non-direct", "linear", "position", "time-decay", "all"]),
    default="last-non-direct", show_default=True, help="Which touches get how much; all: six models side by side.",
)  # fmt: skip
@click.option(
    "--within",
    default="30d",
    show_default=True,
    metavar="DURATION",
    help="How long before it a touch may be.",
)
@click.option(
    "--half-life", default="7d", show_default=True, metavar="DURATION",
    help="In time-decay: in what time a touch loses half of its weight.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(1), default=50, show_default=True, help="So many rows, and all others.")
@question_options
def command(
    *, conversion: str, value: str | None, by: Any, model: str, within: str, half_life: str, top: int, **shared: Any
) -> None:
    """Show what campaigns bring: each CONVERSION is credited to the visits of the same person before it.

    CONVERSION is an event of the plan, with conditions where you like: 'order_completed {total: {gte: 100}}'. The
    campaigns are those of the plan (`campaigns:`), else what links say by utm_campaign. In each model the credits add
    up to all conversions; those without a visit before are (none).
    """
    answer_question(
        lambda plan: attribution(
            attribution_options(
                conversion, plan, value=value, by=by, model=model, within=within, half_life=half_life, top=top
            )
        ),
        **shared,
    )
