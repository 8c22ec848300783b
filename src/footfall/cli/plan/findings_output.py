"""Prints the findings of a plan command in the form that was asked for, and decides its exit code."""

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
from footfall.reporting.plan.findings import FORMS, FindingsReport, as_json

__all__ = [
    "FOUND", "OutputOptions", "after_baseline", "output_options", "report_findings", "show_findings", "write_findings",
]  # fmt: skip

FOUND = 1

Summary = str | Callable[[Sequence[Problem]], str]
_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")


class OutputOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How findings are printed: the form, the level that fails the command, the baseline that leaves some out."""

    form: Literal["text", "json", "github", "junit", "markdown", "sarif"] = "text"
    fail_on: Literal["error", "warning"] = "error"
    baseline: Path | None = None
    write_baseline: bool = False


def output_options(run: Callable[_Params, _Result]) -> Callable[..., _Result]:
    """Add `--format`, `--fail-on`, `--baseline` and `--write-baseline` to a command, handed to it as `options`."""

    @click.option(
        "--format", "form", type=click.Choice(["text", "json", "github", "junit", "markdown", "sarif"]),
        default="text", show_default=True, help="The form in which findings are printed.",
    )  # fmt: skip
    @click.option(
        "--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True,
        help="The mildest level of findings with exit code 1.",
    )  # fmt: skip
    @click.option("--baseline", type=click.Path(path_type=Path), help="A file of known findings, which are left out.")
    @click.option("--write-baseline", is_flag=True, help="Write the findings to the --baseline file, and succeed.")
    @functools.wraps(run)
    def with_options(*arguments: Any, **given: Any) -> _Result:
        names = OutputOptions.__struct_fields__
        options = OutputOptions(**{name: given.pop(name) for name in names})
        if options.write_baseline and options.baseline is None:
            raise UsageError("--write-baseline needs to know the file: add --baseline FILE")
        return run(*arguments, options=options, **given)  # type: ignore[arg-type]  # click hands over what run takes

    return with_options


def report_findings(
    problems: Sequence[Problem], *, options: OutputOptions, summary: Summary, facts: Mapping[str, Any] | None = None
) -> int:
    """Print the findings in the form that was asked for, and return the exit code: 0 clean, 1 findings.

    `summary` is the last line, or a function from the findings that remain after the baseline to that line. `facts`
    are further keys of the JSON form. Raises BrokenInputError when the baseline cannot be read or written.
    """
    if options.write_baseline:
        return write_findings(problems, options)
    remaining, note = after_baseline(problems, options)
    text = summary if isinstance(summary, str) else summary(remaining)
    return show_findings(FindingsReport(problems=remaining, summary=text, note=note, facts=facts), options)


def write_findings(problems: Sequence[Problem], options: OutputOptions) -> int:
    """Write the findings as the new baseline, and return the exit code 0."""
    assert options.baseline is not None
    write_baseline(options.baseline, problems)
    echo(f"{options.baseline}: {counted(len(problems), 'finding')} written, and left out from now on")
    return 0


def after_baseline(problems: Sequence[Problem], options: OutputOptions) -> tuple[list[Problem], str]:
    """The findings that the baseline does not have, and a note on it, "" if there is nothing to say."""
    if options.baseline is None:
        return list(problems), ""
    path = options.baseline
    remaining, gone = read_baseline(path).subtract(problems)
    hidden = len(problems) - len(remaining)
    notes = (
        f"{counted(hidden, 'known finding')} left out by {path}" if hidden else "",
        f"{gone} of {path} no longer found: write it anew with --write-baseline" if gone else "",
    )
    return remaining, "; ".join(filter(None, notes))


def show_findings(report: FindingsReport, options: OutputOptions) -> int:
    """Print a report in the form that was asked for, and return the exit code."""
    report = msgspec.structs.replace(report, fail_on=options.fail_on)
    if options.form == "json":
        echo_json(as_json(report))
    elif options.form == "sarif":
        # Loaded late: it looks up every code of every command.
        from footfall.reporting.plan.sarif import as_sarif

        echo_json(as_sarif(report.problems, folder=Path.cwd()))
    else:
        echo(FORMS[options.form](report))
    return FOUND if report.failing else 0
