"""`footfall plan diff`: what a change of the plan breaks, and for whom."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from footfall.cli.output import echo
from footfall.cli.plan.base_plan import read_base
from footfall.cli.plan.findings_output import (
    FOUND,
    OutputOptions,
    after_baseline,
    output_options,
    show_findings,
    write_findings,
)  # fmt: skip
from footfall.cli.plan.lint import today_of
from footfall.cli.plan.no_collection import no_collection
from footfall.cli.plan.read import PLAN_PATH, refuse_no_plan
from footfall.clock import SystemClock
from footfall.plan import Plan, read
from footfall.planning.diff import diff
from footfall.planning.diff.report import DiffReport, findings_of, is_comparable, located
from footfall.reporting.plan.diff import diff_facts, diff_markdown, diff_summary, diff_text
from footfall.reporting.plan.findings import FindingsReport
from footfall.timestamps import local_time

if TYPE_CHECKING:
    from footfall.simulation import Simulation

__all__ = ["command"]

_LAST_WEEK = timedelta(days=7)


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.option(
    "--base", required=True, metavar="REF|PATH",
    help="The earlier plan: a git ref (origin/main, or origin/main... for the commit where this branch began), a ref "
    "with a path in the repository (main:old/plan), a folder, a file or a bundle.",
)  # fmt: skip
@click.option(
    "--data", type=click.Path(path_type=Path),
    help="A collector's data folder. Try the new plan on its last week of messages too, as `plan simulate` does.",
)  # fmt: skip
@output_options
@click.pass_context
def command(ctx: click.Context, path: Path, base: str, data: Path | None, options: OutputOptions) -> None:
    """Compare PLAN with an earlier one (--base), and say whom each change hurts.

    A change can hurt senders, generated code, storage, or the meaning of KPIs and journeys. The report names them with
    their owners.

    Exit code 0: no change is an error. 1: a change is, or the plan has faults, or a stored message of --data would no
    longer be stored. 2: there is no plan. 3: --base cannot be read.
    """
    with no_collection():
        reading = read(path)
        plan, faults = reading.draft, reading.problems
        refuse_no_plan(ctx, path, faults, options=options)
        report = DiffReport(path=str(path), base=base, findings=faults, is_comparable=is_comparable(faults))
        if plan is not None and report.is_comparable:
            before = read_base(path, base, plan.id)
            where = [fault.where for fault in faults]
            raw = diff(before.plan or _empty(plan), plan, faulty=where, today=today_of(plan, SystemClock()))
            changes = located(raw, base=before.source_map, new=reading.source_map)
            report = msgspec.structs.replace(
                report, changes=changes, findings=[*findings_of(changes), *faults], base_note=before.note
            )
    trial = _simulate(plan, data) if plan is not None and data is not None and not faults else None
    code = _show(report, trial, options)
    if trial is not None:
        # Loaded late: it needs the collector and the query engine.
        from footfall.reporting.simulation import SHOW

        if options.form in SHOW:
            echo("\n".join(["", *SHOW[options.form](trial, str(path), str(data))]))
        code = code or (FOUND if trial.lost else 0)
    ctx.exit(code)


def _simulate(plan: Plan, data: Path) -> Simulation:
    """The new plan tried on the last week of a collector's messages."""
    from footfall.simulation import simulate  # loaded late, as above

    now = local_time(SystemClock().now_us())
    return simulate(data, plan, current=None, since=now - _LAST_WEEK, until=None, now=now)


def _show(report: DiffReport, trial: Simulation | None, options: OutputOptions) -> int:
    if options.write_baseline:
        return write_findings(report.problems, options)
    facts = diff_facts(report)
    if trial is not None:
        facts["simulation"] = msgspec.to_builtins(trial)
    remaining, note = after_baseline(report.findings, options)
    report = msgspec.structs.replace(report, findings=remaining, baseline_note=note)
    shown = FindingsReport(
        problems=report.problems,
        summary=diff_text(report) if options.form == "text" else diff_summary(report),
        note=note,
        facts=facts,
        markdown=diff_markdown(report) if options.form == "markdown" else None,
    )
    return show_findings(shown, options)


def _empty(plan: Plan) -> Plan:
    """The plan before there was one: its header, and nothing defined."""
    sections = (
        "traits",
        "events",
        "goals",
        "kpis",
        "experiments",
        "boards",
        "journeys",
        "campaigns",
        "segments",
        "cohorts",
    )
    return msgspec.structs.replace(plan, **{section: {} for section in sections})
