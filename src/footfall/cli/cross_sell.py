"""`footfall cross-sell`: what people get together with what, or after it."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.cross_sell import cross_sell, cross_sell_options
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("cross-sell")
@click.argument("of", metavar="EVENT.PROPERTY")
@click.option(
    "--basket", type=click.Choice(["person", "message"]), default="person", show_default=True,
    help="Items go together that one person got, or that are in one message.",
)  # fmt: skip
@click.option("--ordered", is_flag=True, help="Pairs of an item and another one that the person got later.")
@click.option(
    "--floor", type=click.IntRange(1), default=10, show_default=True, help="A pair is in so many baskets at least."
)
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="So many pairs are shown.")
@click.option(
    "--k", type=click.IntRange(1), default=3, show_default=True,
    help="So many recommendations are tried on the last fifth of the time.",
)  # fmt: skip
@question_options
def command(*, of: str, basket: Any, ordered: bool, floor: int, top: int, k: int, **shared: Any) -> None:
    """Show which items people get together, or one after another, with support, confidence and lift.

    EVENT.PROPERTY names an item, such as product_viewed.sku, or each item of an array: 'order_completed.lines[].sku'.
    It takes conditions as in a plan: 'order_completed.lines[].sku {currency: EUR}'.

    Pairs are shown where they recommend better than what is most popular does, tried on the last fifth of the time.
    Else there are none, and the answer says how often each of the two was right; the exit code is 0.
    """
    answer_question(
        lambda plan: cross_sell(
            cross_sell_options(plan, of, basket=basket, ordered=ordered, floor=floor, top=top, k=k)
        ),
        **shared,
    )
