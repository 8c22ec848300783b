"""`footfall channels`: by which channels of contact people meet the team."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.channels import ChannelsOptions, channels
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("channels")
@click.option(
    "--top", type=click.IntRange(1), default=10, show_default=True,
    help="So many combinations of channels; the others together.",
)  # fmt: skip
@question_options
def command(*, top: int, **shared: Any) -> None:
    """Show messages, persons and sessions by channel of contact, and how many persons use several.

    The channel is that of the event in the plan, else that of the source: web, shop, app, chat, email, social, device,
    phone or store. How visitors came to a page is no channel but an origin; see `footfall web`.
    """
    answer_question(lambda _: channels(ChannelsOptions(top=top)), **shared)
