"""`footfall report`: every goal, KPI, journey and expected volume of a plan, each with its definition."""

from __future__ import annotations

from pathlib import Path

import click

from footfall import plan as plans
from footfall.analytics import Dataset, report
from footfall.cli.data_option import data_option
from footfall.cli.output import console, echo_json
from footfall.cli.time_param import TimeParam, moment
from footfall.clock import SystemClock
from footfall.reporting.text import show
from footfall.timestamps import local_time

__all__ = ["command"]


@click.command("report")
@data_option()
@click.option("--plan", type=click.Path(path_type=Path), help="The plan; without it, the latest that the folder knows.")
@click.option("--since", type=TimeParam(), help="Look at what occurred from here on, instead of each KPI's own window.")
@click.option("--until", type=TimeParam(), help="… and before here.  [default: now]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, data: Path, plan: Path | None, since: str | None, until: str | None, form: str) -> None:
    """Show goals, KPIs, journeys and volumes, each number with its definition. Works while a collector runs.

    The head counts what is stored, in quarantine, rejected and late. Without a plan the report shows messages, persons,
    events and sources over time.

    Each KPI looks back from now as far as its window says. --since and --until override that: dates (2026-11-01), dates
    and times, or how long ago (7d).
    """
    now = local_time(SystemClock().now_us())
    chosen = plans.read(plan).require() if plan is not None else None
    bounds = [None if text is None else moment(text, now) for text in (since, until)]
    with Dataset.open(data, chosen) as dataset:
        answers = report(dataset, dataset.plan, since=bounds[0], until=bounds[1], now=now)
    if form == "json":
        echo_json(answers.as_json())
    else:
        show(answers, console(), str(data))
