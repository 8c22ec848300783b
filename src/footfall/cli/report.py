"""`footfall report`: every goal, KPI, journey and expected volume of a plan, each with its definition."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.console import Console

from footfall import plan as plans
from footfall.analytics import Dataset, encode, report
from footfall.cli.report_text import show
from footfall.clock import EPOCH, SystemClock
from footfall.errors import UsageError
from footfall.plan.durations import parse_duration

__all__ = ["command"]


class Moment(click.ParamType[str]):
    """A date, a date and time, or a duration back from now; kept as text until the plan's timezone is known."""

    name = "TIME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is no time. Raises click.BadParameter."""
        try:
            moment(value, EPOCH)
        except ValueError:
            self.fail(
                f"{value!r} is no time; write a date (2026-11-01), a date and time (2026-11-01T09:30, with an "
                "offset or in the plan's timezone), or how long ago (7d, 12h)",
                param,
                ctx,
            )
        return value


def moment(text: str, now: datetime) -> datetime:
    """The moment that an option names; without an offset it stands for the plan's timezone. Raises ValueError."""
    try:
        return now - timedelta(seconds=parse_duration(text))
    except ValueError:
        return datetime.fromisoformat(text)


@click.command("report")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The collector's data folder.")
@click.option("--plan", type=click.Path(path_type=Path), help="The plan; without it, the latest that the folder knows.")
@click.option("--since", type=Moment(), help="Look at what occurred from here on, instead of each KPI's own window.")
@click.option("--until", type=Moment(), help="… and before here.  [default: now]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, data: Path, plan: Path | None, since: str | None, until: str | None, form: str) -> None:
    """Show goals, KPIs, journeys and volumes, each number with its definition. Works while a collector runs.

    Each KPI looks back from now as far as its window says. --since and --until override that: dates (2026-11-01), dates
    and times, or how long ago (7d).
    """
    now = EPOCH + timedelta(microseconds=SystemClock().now_us())
    chosen = plans.load(plan) if plan is not None else None
    bounds = [None if text is None else moment(text, now) for text in (since, until)]
    with Dataset.open(data, chosen) as dataset:
        if dataset.plan is None:
            raise UsageError(
                f"{data}: no plan was ever used here, so there is nothing to report on; name one by --plan"
            )
        found = report(dataset, dataset.plan, since=bounds[0], until=bounds[1], now=now)
    if form == "json":
        click.echo(encode(found))
    else:
        show(found, Console(highlight=False), str(data))
