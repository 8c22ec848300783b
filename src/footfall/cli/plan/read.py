"""Reads the plan that a command is about, and tells a path with no plan (a usage error) from a plan with faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from footfall.cli.output import echo
from footfall.cli.plan.findings_output import FOUND, OutputOptions, report_findings
from footfall.errors import Problem, UsageError
from footfall.plan import Plan, Reading, read
from footfall.reporting.plan.findings import finding_line, tally

__all__ = ["PLAN_PATH", "counts_of", "describe", "is_no_plan", "refuse_no_plan", "require_reading"]

_USAGE = 2

PLAN_PATH = click.Path(path_type=Path)

# Nothing at the path could be read as a plan: not a plan with faults, but no plan.
_NO_PLAN = frozenset(
    ("bad_bundle", "empty_file", "missing_file", "no_plan_files", "not_utf8", "not_yaml", "unreadable_file")
)


def is_no_plan(path: Path, problems: Sequence[Problem]) -> bool:
    """Whether these findings say that there is no plan at `path` at all."""
    return len(problems) == 1 and problems[0].code in _NO_PLAN and problems[0].file == str(path)


def refuse_no_plan(
    ctx: click.Context,
    path: Path,
    problems: Sequence[Problem],
    *,
    options: OutputOptions | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """End the command with exit code 2 when these findings say that there is no plan at `path` at all.

    In a form for programs, which read standard output, it is told there, with `facts` in JSON as for
    `report_findings`. For people it is one line: raises UsageError.
    """
    if not is_no_plan(path, problems):
        return
    if options is None or options.form == "text":
        raise UsageError(str(problems[0]))
    _tell(path, problems, options, facts)
    ctx.exit(_USAGE)


def require_reading(ctx: click.Context, path: Path, *, options: OutputOptions | None = None) -> Reading:
    """The plan at `path`, read, for a command that cannot work with a faulty one.

    With faults, they are printed and the command ends with exit code 1: in the form that `options` ask for, or on
    standard error for a command that has none. No plan at all is as in `refuse_no_plan`.
    """
    reading = read(path)
    refuse_no_plan(ctx, path, reading.problems, options=options)
    if reading.problems:
        if options is not None:
            _tell(path, reading.problems, options)
        else:
            echo("\n".join([*map(finding_line, reading.problems), tally(str(path), reading.problems)]), err=True)
        ctx.exit(FOUND)
    return reading


def _tell(
    path: Path, problems: Sequence[Problem], options: OutputOptions, facts: Mapping[str, Any] | None = None
) -> None:
    # A baseline is of what the command finds, and it has found nothing yet: these are neither left out nor written.
    shown = OutputOptions(form=options.form)
    report_findings(problems, options=shown, summary=tally(str(path), problems), facts=facts)


def counts_of(plan: Plan) -> dict[str, int]:
    """How many events, properties, goals, KPIs and journeys a plan has."""
    return {
        "events": len(plan.events),
        "properties": sum(len(event.properties) for event in plan.events.values()),
        "goals": len(plan.goals),
        "kpis": len(plan.kpis),
        "journeys": len(plan.journeys),
    }


_WORDS = {
    "events": ("event", "events"),
    "properties": ("property", "properties"),
    "goals": ("goal", "goals"),
    "kpis": ("KPI", "KPIs"),
    "journeys": ("journey", "journeys"),
}


def describe(plan: Plan) -> str:
    """What a plan holds, in words: `15 events, 68 properties, 3 goals, …`."""
    return ", ".join(f"{number:,} {_WORDS[what][number != 1]}" for what, number in counts_of(plan).items())
