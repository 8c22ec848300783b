"""`footfall report`: every goal, KPI, journey and expected volume of a plan, each with its definition."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from footfall import plan as plans
from footfall.analytics import Dataset, report
from footfall.cli.data_option import data_option, plan_option
from footfall.cli.output import console, echo_json
from footfall.cli.time_param import TimeParam, as_of_option, moment
from footfall.clock import SystemClock
from footfall.reporting.text import show
from footfall.timestamps import local_time

__all__ = ["command"]


@click.command("report")
@data_option
@plan_option("The plan that says what to compute.")
@click.option(
    "--since", type=TimeParam(), help="Count what occurred from this time on, instead of each KPI's own window."
)
@click.option("--until", type=TimeParam(), help="Count what occurred before this time.  [default: now]")
@as_of_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    data: Path,
    plan: Path | None,
    since: str | None,
    until: str | None,
    as_of: int | datetime | None,
    form: str,
) -> None:
    """Show goals, KPIs, journeys and volumes, each number with its definition. Works while a collector runs.

    The head says how many messages are stored, in quarantine, rejected and late. Without a plan the report shows
    messages, persons, events and sources over time.

    Each KPI looks back from now as far as its window says. --since and --until replace that window. A time is a date
    (2026-11-01), a date and time (2026-11-01T09:30), or how long ago (7d, 12h).

    With --as-of the report is the one that this moment had: messages, persons and plan are as they were, and KPIs look
    back from it. The head says which moment it is, and what is missing because it was purged since.
    """
    chosen = plans.read(plan).require() if plan is not None else None
    with Dataset.open(data, chosen, as_of=as_of) as dataset:
        now = local_time(SystemClock().now_us() if dataset.as_of is None else dataset.as_of.at)
        bounds = [None if text is None else moment(text, now) for text in (since, until)]
        answers = report(dataset, dataset.plan, since=bounds[0], until=bounds[1], now=now)
    if form == "json":
        echo_json(answers.as_json())
    else:
        show(answers, console(), str(data))
