"""Reads the plan of a command: a path with no plan is a usage error, a plan with faults has findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from footfall.cli.output import echo
from footfall.cli.plan.findings_output import FOUND, OutputOptions, report_findings
from footfall.errors import Problem, UsageError
from footfall.plan import Reading, read
from footfall.reporting.plan.findings import finding_line, tally

__all__ = ["PLAN_PATH", "is_no_plan", "refuse_no_plan", "require_reading"]

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

    A form for programs has the finding on standard output, with `facts` in JSON as for `report_findings`. For people it
    is one line: raises UsageError.
    """
    if not is_no_plan(path, problems):
        return
    if options is None or options.form == "text":
        raise UsageError(str(problems[0]))
    _report_faults(path, problems, options, facts)
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
            _report_faults(path, reading.problems, options)
        else:
            echo("\n".join([*map(finding_line, reading.problems), tally(str(path), reading.problems)]), err=True)
        ctx.exit(FOUND)
    return reading


def _report_faults(
    path: Path, problems: Sequence[Problem], options: OutputOptions, facts: Mapping[str, Any] | None = None
) -> None:
    # A baseline is for the findings of the command itself: faults are neither left out nor written.
    shown = OutputOptions(form=options.form)
    report_findings(problems, options=shown, summary=tally(str(path), problems), facts=facts)
