"""`footfall experiment`: what persons who saw each variant did, and whether that decides the experiment."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics.questions.experiment import experiment, experiment_options
from footfall.cli.question import answer_question, question_options

__all__ = ["command"]


@click.command("experiment")
@click.argument("name")
@question_options
def command(*, name: str, **shared: Any) -> None:
    """Read the experiment NAME of the plan: its variants side by side, and what its stop rule says.

    Look as often as you like: the intervals are right at every look, and the experiment may be stopped at any that
    decides it. Persons whose outcome window is not over count as open. Shares of persons that chance does not explain
    block the reading.
    """
    answer_question(lambda plan: experiment(experiment_options(name, plan)), **shared)
