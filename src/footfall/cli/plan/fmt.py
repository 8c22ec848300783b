"""`footfall plan fmt`: formats the files of a plan, and keeps their comments."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.output_files import write_file
from footfall.cli.plan.read import PLAN_PATH, refuse_no_plan
from footfall.disk import SystemDisk, read_file
from footfall.errors import Problem, UsageError
from footfall.plan.reading.plan_files import plan_files
from footfall.planning.fmt import format_file

__all__ = ["command"]


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.option("--check", is_flag=True, help="Write nothing; list the files that are not in form.")
@output_options
@click.pass_context
def command(ctx: click.Context, path: Path, check: bool, options: OutputOptions) -> None:
    """Format PLAN, a folder or a YAML file: the order of keys, the spacing.

    The plan means the same afterwards, and every comment stays where it belongs.

    Exit code 0: all files are in form. 1: a file is not in form (with --check), or cannot be formatted and stays as it
    is. 2: there is no plan.
    """
    if path.suffix == ".json":
        raise UsageError(f"{path}: a bundle is not written by hand; name the YAML that it was made from")
    files, problems = plan_files(path)
    changed = []
    for file in files:
        before = _read(file)
        after = format_file(before, str(file))
        if isinstance(after, list):
            problems += after
        elif after != before:
            changed.append(file)
            if check:
                problems.append(
                    Problem("unformatted", "is not in form", file=str(file), remedy=f"run `footfall plan fmt {path}`")
                )
            else:
                write_file(file, after, remedy="check its permissions")
    refuse_no_plan(ctx, path, problems, options=options)
    same = len(files) - len(changed)
    done = f"{len(changed)} {'to change' if check else 'changed'}, {same} {'were' if same != 1 else 'was'} in form"
    ctx.exit(
        report_findings(problems, options=options, summary=f"{path}: {done if changed else 'every file is in form'}")
    )


def _read(file: Path) -> bytes:
    try:
        return read_file(SystemDisk(), file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}") from None
