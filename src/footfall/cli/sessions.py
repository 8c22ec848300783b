"""`footfall sessions`: how many sessions there were, how long they took, and where they began and ended."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.sessions import SessionsOptions, sessions
from footfall.cli.question import answer_question, per_option, question_options

__all__ = ["command"]


@click.command("sessions")
@per_option
@click.option("--by", type=click.Choice(["entry", "exit"]), help="Also by the first, or the last, event or page.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="So many entries or exits; the others together.",
)
@question_options
def command(*, per: Any, by: Any, top: int, **shared: Any) -> None:
    """Show the sessions of persons: how many, how long, how many messages, and how many bounced.

    A session is of a person on one device, without a gap of over 30 minutes; a reset ends it. It counts where it
    begins: one that began before --since does not, and one that goes on after --until counts whole. A bounce is a
    session of one page view and nothing else.

    An asterisk marks a period that is not whole in the window.
    """
    answer_question(lambda _: sessions(SessionsOptions(per=per, by=by, top=top)), **shared)
