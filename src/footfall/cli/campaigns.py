"""`footfall campaigns`: the visits of the plan's campaigns, and the marks of links that are of none of them."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.campaigns import CampaignsOptions, campaigns
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("campaigns")
@click.option("--top", type=click.IntRange(1), default=50, show_default=True, help="So many marks of no campaign.")
@question_options
def command(*, top: int, **shared: Any) -> None:
    """Show the visits of each campaign of the plan, and the utm values in the data that no campaign has.

    Visits outside of a campaign's days, and by origins that it does not name, are counted beside it, with its costs and
    its budget. A value that is of no campaign has the nearest one of a campaign beside it: a misspelt link.
    """
    answer_question(lambda _: campaigns(CampaignsOptions(top=top)), **shared)
