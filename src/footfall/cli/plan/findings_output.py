"""Prints the findings of a plan command, for people and for programs, and decides its exit code.

`--format github` writes workflow commands
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions), `junit` the XML that CI systems show
as test results, `markdown` a comment for a pull request, `sarif` what code scanning reads.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import click
import msgspec

from footfall.cli.output import echo, echo_json
from footfall.cli.plan.baseline import read_baseline, write_baseline
from footfall.errors import Problem, UsageError
from footfall.printable import counted
from footfall.reporting.plan.findings import as_github, as_junit, as_markdown, as_text, finding_line

__all__ = ["FOUND", "OutputOptions", "finding_line", "output_options", "report_findings", "tally"]

FOUND = 1

Summary = str | Callable[[Sequence[Problem]], str]
_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")


class OutputOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How findings are told: in which form, which of them fail the command, and which are known already."""

    form: Literal["text", "json", "github", "junit", "markdown", "sarif"] = "text"
    fail_on: Literal["error", "warning"] = "error"
    baseline: Path | None = None
    write_baseline: bool = False


def output_options(run: Callable[_Params, _Result]) -> Callable[..., _Result]:
    """Add `--format`, `--fail-on`, `--baseline` and `--write-baseline` to a command, handed to it as `options`."""

    @click.option(
        "--format", "form", type=click.Choice(["text", "json", "github", "junit", "markdown", "sarif"]),
        default="text", show_default=True, help="How findings are told.",
    )  # fmt: skip
    @click.option(
        "--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True,
        help="The mildest level that makes the exit code 1.",
    )  # fmt: skip
    @click.option("--baseline", type=click.Path(path_type=Path), help="A file of findings that are known and left out.")
    @click.option("--write-baseline", is_flag=True, help="Write what is found to the --baseline file, and succeed.")
    @functools.wraps(run)
    def with_options(*arguments: Any, **given: Any) -> _Result:
        names = OutputOptions.__struct_fields__
        options = OutputOptions(**{name: given.pop(name) for name in names})
        if options.write_baseline and options.baseline is None:
            raise UsageError("--write-baseline needs to know the file: add --baseline FILE")
        return run(*arguments, options=options, **given)  # type: ignore[arg-type]  # click hands over what run takes

    return with_options


def report_findings(
    problems: Sequence[Problem],
    *,
    options: OutputOptions,
    summary: Summary,
    facts: Mapping[str, Any] | None = None,
    markdown: Callable[[Sequence[Problem], str], str] | None = None,
) -> int:
    """Print what was found in the form that was asked for, and answer the exit code: 0 clean, 1 findings.

    `summary` is the last line, or a function from the findings that remain after the baseline to that line. `facts`
    are further keys of the JSON form. `markdown` writes that form in the command's own way, from the findings that
    remain and a note about the baseline. Raises BrokenInputError when the baseline cannot be read or written.
    """
    if options.write_baseline and options.baseline is not None:
        write_baseline(options.baseline, problems)
        echo(f"{options.baseline}: {counted(len(problems), 'finding')} written, and left out from now on")
        return 0
    left, note = list(problems), ""
    if options.baseline is not None:
        left, gone = read_baseline(options.baseline).subtract(problems)
        note = _about_baseline(options.baseline, len(problems) - len(left), gone)
    last = summary if isinstance(summary, str) else summary(left)
    failing = [problem for problem in left if problem.level == "error" or options.fail_on == "warning"]
    if options.form == "json":
        echo_json(_as_json(left, last, facts))
    elif options.form == "sarif":
        # Loaded late: it looks up every code of every command.
        from footfall.reporting.plan.sarif import as_sarif

        echo_json(as_sarif(left, folder=Path.cwd()))
    elif options.form == "junit":
        echo(as_junit(left, failing, last))
    elif options.form == "markdown":
        echo(as_markdown(left, last, note) if markdown is None else markdown(left, note))
    else:
        lines = as_github(left) if options.form == "github" else as_text(left)
        echo("\n".join([*lines, last, *([note] if note else [])]))
    return FOUND if failing else 0


def _about_baseline(path: Path, hidden: int, gone: int) -> str:
    known = f"{counted(hidden, 'known finding')} left out by {path}" if hidden else ""
    stale = f"{gone} of {path} no longer found: write it anew with --write-baseline" if gone else ""
    return "; ".join(part for part in (known, stale) if part)


def _as_json(problems: Sequence[Problem], summary: str, facts: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {
        **(facts if facts is not None else {"summary": summary}),
        "clean": not problems,
        "problems": [_fields(problem) for problem in problems],
    }


def _fields(problem: Problem) -> dict[str, Any]:
    # An error is what a finding is unless it says otherwise.
    fields = {name: getattr(problem, name) for name in sorted(Problem.__slots__)}
    return fields if problem.level == "warning" else {name: fields[name] for name in fields if name != "level"}


def tally(subject: str, problems: Sequence[Problem]) -> str:
    """How many findings, in how many files: `tracking_plans: 2 problems in 1 file`; `clean` without any."""
    if not problems:
        return f"{subject}: clean"
    files = len({problem.file for problem in problems if problem.file})
    warnings = sum(problem.level == "warning" for problem in problems)
    errors = len(problems) - warnings
    if warnings:
        tallied = " and ".join(counted(*each) for each in ((errors, "error"), (warnings, "warning")) if each[0])
    else:
        tallied = counted(errors, "problem")
    return f"{subject}: {tallied} in {counted(files, 'file')}" if files else f"{subject}: {tallied}"
