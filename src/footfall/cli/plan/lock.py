"""`footfall plan lock`: writes or checks the versions of a plan's events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.lock_file import lock_path, place_findings, read_lock, write_lock
from footfall.cli.plan.read import PLAN_PATH, refuse_no_plan
from footfall.errors import Problem, UsageError
from footfall.plan import read
from footfall.planning.lock import PlanLock, lock_plan, stale
from footfall.printable import counted
from footfall.reporting.plan.findings import tally

__all__ = ["command"]


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.option("--check", is_flag=True, help="Write nothing; report a lock that is not up to date.")
@click.option("--reuse", multiple=True, metavar="NAME", help="A removed name that may get a new meaning.")
@output_options
@click.pass_context
def command(ctx: click.Context, path: Path, check: bool, reuse: tuple[str, ...], options: OutputOptions) -> None:
    """Write plan.lock.json beside PLAN: the version of each event, and the names that were removed.

    Versions are computed. A change that can make valid events faulty raises the major number, any other the minor one.

    Exit code 0: the lock is written, or with --check up to date. 1: the plan has faults, or a removed name came back
    with another meaning; no file is written. 2: there is no plan. 3: the lock cannot be read.
    """
    reading = read(path)
    plan, faults = reading.plan, reading.problems
    refuse_no_plan(ctx, path, faults, options=options)
    if path.is_file() and path.suffix == ".json":
        raise UsageError(f"{path}: a bundle is made from a plan; lock the plan that it was made from")
    file = lock_path(path)
    if plan is None:
        ctx.exit(report_findings(faults, options=options, summary=lambda remaining: tally(str(path), remaining)))
    before = read_lock(file)
    now, problems = lock_plan(plan, before, reuse=reuse)
    if check:
        if before is None:
            problems = [Problem("lock_missing", "there is no lock", remedy="run footfall plan lock", where="")]
        else:
            problems += stale(before, now)
    placed = place_findings(problems, path, reading.source_map)

    def summary(remaining: Sequence[Problem]) -> str:
        return tally(str(file), remaining) if remaining else f"{file}: {_count(now)}"

    if check or placed:
        ctx.exit(report_findings(placed, options=options, summary=summary))
    changed = write_lock(file, now)
    moves = _moves(before, now)
    for line in moves:
        echo(line)
    echo(f"{file}: {_count(now)}{'' if changed else ', unchanged'}")


def _count(lock: PlanLock) -> str:
    gone = len(lock.removed.names) + len(lock.removed.properties)
    return f"{counted(len(lock.events), 'event')}, {counted(gone, 'removed name')}"


def _moves(before: PlanLock | None, now: PlanLock) -> list[str]:
    """What a lock says that the one before did not."""
    if before is None:
        return []
    lines = []
    for name, event in now.events.items():
        before_event = before.events.get(name)
        if before_event is None:
            lines.append(f"{name}: {event.version}, new in the lock")
        elif before_event.version != event.version:
            lines.append(f"{name}: {before_event.version} → {event.version}")
    lines += [f"{name}: gone" for name in before.events if name not in now.events]
    return lines
