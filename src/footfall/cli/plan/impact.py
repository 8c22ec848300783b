"""`footfall plan impact`: who and what would notice a change of an event or of a property."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.output import echo, echo_json
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.planning.impact import impact_of
from footfall.reporting.plan.impact import impact_facts, impact_markdown, impact_text

__all__ = ["command"]


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.argument("name", metavar="EVENT[.PROPERTY]|GROUP")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, path: Path, name: str, form: str) -> None:
    """List who and what would notice a change of EVENT, of one PROPERTY of it, or of a property GROUP.

    EVENT may also be an alias or the name on the wire. The list has KPIs, goals, journeys (with the step, branch or
    guard), rules, identity keys, purposes and sources, each with its owner, and how to reach the teams.

    Exit code 2: there is no plan, or no such event, property or group.
    """
    reading = require_reading(ctx, path)
    impact = impact_of(reading.require(), name, groups=reading.source_map.groups())
    if form == "json":
        echo_json(impact_facts(impact))
    else:
        echo(impact_text(impact) if form == "text" else impact_markdown(impact))
