"""`footfall plan export`: writes the plan in another tool's format, and lists what is lost."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.plan.exchange_files import document_text, losses_as_problems, write_files
from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.planning.interop import FORMATS, export_plan
from footfall.printable import counted

__all__ = ["command"]


@click.command("export")
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.option("--to", "other", type=click.Choice(sorted(FORMATS)), required=True, help="The format to write.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The folder to write.  [default: only list the losses]"
)
@click.option("--force", is_flag=True, help="Overwrite files.")
@output_options
@click.pass_context
def command(
    ctx: click.Context, path: Path, other: str, output: Path | None, force: bool, options: OutputOptions
) -> None:  # each option of the command line is one parameter
    """Write PLAN in the format of another tool, and list what that format cannot express.

    The files are read back and compared with the plan, so the list is complete.

    Exit code 0: the plan is exported. 1: the plan has faults, or something is lost and --fail-on is warning. 2: there
    is no plan, or the files cannot be written.
    """
    plan = require_reading(ctx, path, options=options).require()
    exported = export_plan(plan, other)
    if output is not None:
        texts = {name: document_text(name, document) for name, document in exported.files.items()}
        write_files(output, texts, force=force)
    files, losses = len(exported.files), len(exported.losses)
    where = counted(files, "file") + (f" in {output}" if output is not None else ", not written")
    note = f"{counted(losses, 'thing')} that it cannot say" if losses else "nothing is lost"
    summary = f"{path}: {FORMATS[other].title}: {where}; {note}"
    ctx.exit(report_findings(losses_as_problems(exported.losses), options=options, summary=summary))
