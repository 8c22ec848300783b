"""`footfall plan export`: the plan as the files of another tool, and what those cannot say."""

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
@click.argument("path", type=PLAN_PATH)
@click.option("--to", "other", type=click.Choice(sorted(FORMATS)), required=True, help="The format to write.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder to write.  [default: only report]")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@output_options
@click.pass_context
def command(
    ctx: click.Context, path: Path, other: str, output: Path | None, force: bool, options: OutputOptions
) -> None:  # each option of the command line is one parameter
    """Write the plan at PATH in the format of another tool, and tell all that the format cannot say.

    What is written is read back and compared, so what is not in the report is still there after a round trip. A loss
    is a warning: exit code 1 only with --fail-on warning.
    """
    plan = require_reading(ctx, path, options=options).require()
    exported = export_plan(plan, other)
    if output is not None:
        texts = {name: document_text(name, document) for name, document in exported.files.items()}
        write_files(output, texts, force=force)
    files, losses = len(exported.files), len(exported.losses)
    where = counted(files, "file") + (f" in {output}" if output is not None else ", not written")
    told = f"{counted(losses, 'thing')} that it cannot say" if losses else "nothing is lost"
    summary = f"{path}: {FORMATS[other].title}: {where}; {told}"
    ctx.exit(report_findings(losses_as_problems(exported.losses), options=options, summary=summary))
