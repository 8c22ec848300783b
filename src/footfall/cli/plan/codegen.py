"""`footfall plan codegen`: writes typed Python, JSON Schema or Markdown from a plan, or checks what was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.output_files import same_content, write_file
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.disk import SystemDisk, read_file
from footfall.errors import PlanError, Problem, UsageError
from footfall.plan import Plan
from footfall.planning.codegen.json_schema import event_schema, plan_schema, schema_id, schema_text
from footfall.planning.codegen.markdown import markdown_document
from footfall.planning.codegen.python import python_module
from footfall.printable import counted
from footfall.reporting.plan.findings import tally

__all__ = ["command"]

_JSON, _SCHEMA = ".json", ".schema.json"


def _single(make: Callable[[Plan], str]) -> Callable[[Plan, Path], dict[Path, str]]:
    return lambda plan, output: {output: make(plan)}


def _schemas(plan: Plan, output: Path) -> dict[Path, str]:
    if output.suffix == _JSON:
        return {output: schema_text(plan_schema(plan))}
    events = plan.events.values()
    return {output / f"{event.name}{_SCHEMA}": schema_text(event_schema(event, plan)) for event in events}


# What is made: the files, by path, from the plan and the --output.
_TARGETS: Mapping[str, Callable[[Plan, Path], dict[Path, str]]] = {
    "json-schema": _schemas,
    "markdown": _single(markdown_document),
    "python": _single(python_module),
}


@click.command()
@click.argument("target", type=click.Choice(sorted(_TARGETS)))
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True,
    help="The file to write. For json-schema, a name without the ending .json is a folder, with a file for each event.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; list the files that are not up to date.")
@output_options
@click.pass_context
def command(
    ctx: click.Context, target: str, path: Path, output: Path, check: bool, options: OutputOptions
) -> None:  # each option of the command line is one parameter
    """Write code or documents from PLAN: `python` (a class for each event), `json-schema` or `markdown`.

    Exit code 0: the files are written, or with --check up to date. 1: the plan has faults, or with --check a file is
    missing, out of date, or of an event that was removed. 2: there is no plan, or a file cannot be written.
    """
    plan = require_reading(ctx, path, options=options).require()
    try:
        files = _TARGETS[target](plan, output)
    except PlanError as error:
        ctx.exit(report_findings(error.problems, options=options, summary=tally(str(path), error.problems)))
    if check:
        again = f"run `footfall plan codegen {target} {path} -o {output}`"
        stale = [*_stale(files, again), *_left_over(plan, target, files, output, again)]
        good = f"{output}: as the plan {plan.id!r} would have it"
        ctx.exit(report_findings(stale, options=options, summary=f"{output}: not up to date" if stale else good))
    for file, text in files.items():
        write_file(file, text.encode(), make_folder=True)
    for old in _left_over(plan, target, files, output, ""):
        SystemDisk().remove(Path(old.file))
    echo(f"{output}: {counted(len(plan.events), 'event')}")


def _stale(files: Mapping[Path, str], again: str) -> list[Problem]:
    stale = []
    for file, text in files.items():
        try:
            same = same_content(file, text.encode())
        except FileNotFoundError:
            stale.append(Problem("stale_code", "was not made yet", file=str(file), remedy=again))
            continue
        except OSError as error:
            raise UsageError(f"{file}: cannot be read: {error.strerror or error}; choose another --output") from None
        if not same:
            stale.append(Problem("stale_code", "is not what the plan makes now", file=str(file), remedy=again))
    return stale


def _left_over(plan: Plan, target: str, files: Mapping[Path, str], output: Path, again: str) -> list[Problem]:
    if target != "json-schema" or output.suffix == _JSON:
        return []
    try:
        old = [file for file in SystemDisk().list(output) if file.name.endswith(_SCHEMA) and file not in files]
    except OSError:
        return []  # the folder is not there yet
    message = "is of an event that the plan no longer has"
    return [Problem("stale_code", message, file=str(file), remedy=again) for file in old if _is_ours(file, plan)]


def _is_ours(file: Path, plan: Plan) -> bool:
    """Whether a schema was made from this plan: anybody else's stays."""
    try:
        return schema_id(plan, file.name.removesuffix(_SCHEMA)).encode() in read_file(SystemDisk(), file)
    except OSError:
        return False
