"""`footfall plan lint`: checks a plan against named rules, footfall's and a team's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.read import PLAN_PATH, refuse_no_plan
from footfall.clock import Clock, SystemClock
from footfall.errors import Problem
from footfall.plan import Plan, read
from footfall.planning.installed_rules import installed_rules
from footfall.planning.lint import lint
from footfall.reporting.plan.contents import describe
from footfall.reporting.plan.findings import tally
from footfall.timestamps import EPOCH

__all__ = ["command", "today_of"]


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@output_options
@click.pass_context
def command(ctx: click.Context, path: Path, options: OutputOptions) -> None:
    """Check PLAN against rules about names, metadata, meaning, use, values and privacy.

    `footfall plan explain RULE` explains a rule. A plan sets the level of a rule under `lint:`, and exempts one part
    with `no_lint`. If the plan has faults, only they are listed, as by `plan check`.

    Exit code 0: no errors. 1: errors, or faults of the plan. 2: there is no plan.
    """
    reading = read(path)
    plan, problems = reading.plan, reading.problems
    refuse_no_plan(ctx, path, problems, options=options)
    if plan is not None:
        today = today_of(plan, SystemClock())
        problems = lint(plan, source_map=reading.source_map, today=today, rules=installed_rules())

    def summary(remaining: Sequence[Problem]) -> str:
        if plan is None:
            return f"{tally(str(path), remaining)}; a plan is judged by its rules once it has no faults"
        if remaining:
            return tally(str(path), remaining)
        return f"{path}: nothing new" if problems else f"{path}: nothing to object to in {describe(plan)}"

    ctx.exit(report_findings(problems, options=options, summary=summary))


def today_of(plan: Plan, clock: Clock) -> date:
    """The day that it is by a clock, in the plan's timezone."""
    now: datetime = EPOCH.fromtimestamp(clock.now_us() / 1_000_000, tz=ZoneInfo(plan.timezone))
    return now.date()
