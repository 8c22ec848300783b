"""`footfall plan simulate`: tries a new plan on the messages that a collector keeps."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.data_option import data_option, environment_option
from footfall.cli.output import echo, echo_json, printable
from footfall.cli.plan.findings_output import FOUND
from footfall.cli.plan.message_input import time_in
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.cli.time_param import TimeParam
from footfall.clock import SystemClock
from footfall.timestamps import local_time

__all__ = ["command"]


@click.command("simulate")
@click.argument("new", metavar="NEW", type=PLAN_PATH)
@data_option
@click.option("--current", type=PLAN_PATH, help="The plan to compare with.  [default: the latest plan of the folder]")
@click.option("--since", type=TimeParam(), help="Use only messages that occurred since (2026-11-01, 7d, 12h).")
@click.option("--until", type=TimeParam(), help="Use only messages that occurred before this time.  [default: now]")
@environment_option
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    new: Path,
    data: Path,
    current: Path | None,
    since: str | None,
    until: str | None,
    environment: str,
    form: str,
) -> None:
    """Try the plan NEW on the stored and quarantined messages of a collector, even while it runs. Nothing is changed.

    The report says how many messages would be quarantined and why, how many would leave the quarantine, and how each
    KPI and journey would change, as if every sender had NEW and sent the same.

    Exit code 0: all stored messages would be stored again. 1: some would not, or the plan has faults. 2: there is no
    plan.
    """
    # Loaded late: --help works also where the collector and the query engine are not installed.
    from footfall.reporting.simulation import SHOW
    from footfall.simulation import simulate

    plan = require_reading(ctx, new).require()
    running = None if current is None else require_reading(ctx, current).require()
    now = local_time(SystemClock().now_us())
    bounds = [None if text is None else time_in(plan.timezone, text, now) for text in (since, until)]
    trial = simulate(
        data, plan, current=running, since=bounds[0], until=bounds[1], now=now, environment=environment
    )  # fmt: skip
    if form == "json":
        echo_json(trial)
    else:
        echo("\n".join(map(printable, SHOW[form](trial, str(new), str(data)))))
    ctx.exit(FOUND if trial.lost else 0)
