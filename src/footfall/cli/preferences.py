"""`footfall preferences`: what people have most often, by which channel and at which hour of the day."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.preferences import preferences, preferences_options
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("preferences")
@click.argument("person", metavar="[PERSON]", required=False)
@click.option(
    "--of", multiple=True, metavar="EVENT.PROPERTY",
    help="What else: a category or product, such as product_viewed.category. It may be repeated.",
)  # fmt: skip
@click.option(
    "--floor", type=click.IntRange(1), default=5, show_default=True,
    help="Who has fewer messages with a value has no preference.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(1), default=10, show_default=True,
    help="So many of the most frequent values of each; the others together.",
)  # fmt: skip
@question_options
def command(*, person: str | None, of: tuple[str, ...], floor: int, top: int, **shared: Any) -> None:
    """Show which channel of contact, hour of the day, and values of events PERSON has most often, or all persons have.

    PERSON is a user_id, an anonymous_id or a person_id. EVENT.PROPERTY may be of each item of an array, and may have
    conditions, as in a plan: 'order_completed.lines[].sku {currency: EUR}'.

    Each value has its messages, their share, how many persons have it, and how many prefer it to all others.
    """
    answer_question(lambda plan: preferences(preferences_options(plan, person, of=of, floor=floor, top=top)), **shared)
