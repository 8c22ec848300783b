"""`footfall plan check`: lists everything that is wrong with a tracking plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.lock_file import lock_findings
from footfall.cli.plan.read import PLAN_PATH, refuse_no_plan
from footfall.errors import Problem
from footfall.plan import bundle_hash, read
from footfall.planning.fixtures import check_fixtures
from footfall.reporting.plan.contents import counts_of, describe
from footfall.reporting.plan.findings import tally

__all__ = ["command"]


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@output_options
@click.pass_context
def command(ctx: click.Context, path: Path, options: OutputOptions) -> None:
    """List everything that is wrong with PLAN: a folder, a YAML file or a bundle.

    The command also checks the payloads in the folder's fixtures/EVENT/valid and fixtures/EVENT/invalid, and the lock
    beside the plan (see `footfall plan lock`), if there is one, and makes each question of the plan's boards.

    Exit code 0: nothing is wrong. 1: something is wrong. 2: there is no readable plan at that path. 3: a fixture, the
    lock or the baseline is broken.
    """
    reading = read(path)
    plan, problems = reading.plan, reading.problems
    facts = {
        "path": str(path),
        "plan": None if plan is None else plan.id,
        "bundle": None if plan is None else bundle_hash(plan),
        "counts": None if plan is None else counts_of(plan),
    }
    refuse_no_plan(ctx, path, problems, options=options, facts=facts)
    if plan is not None:
        problems = [*check_fixtures(path, plan)[0], *lock_findings(path, plan, reading.source_map)]
        if plan.boards:
            # Loaded late: the commands that have the questions load what answers them.
            from footfall.cli.boards import board_findings

            problems += board_findings(plan, reading.source_map)

    def summary(remaining: Sequence[Problem]) -> str:
        if remaining or plan is None:
            return tally(str(path), remaining)
        return f"{path}: the plan {plan.id!r} is clean: {describe(plan)}"

    ctx.exit(report_findings(problems, options=options, summary=summary, facts=facts))
