"""`footfall plan import`: makes a plan from another tool's files, and lists what is lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from footfall.cli.plan.exchange_files import losses_as_problems, read_documents, write_files
from footfall.cli.plan.findings_output import OutputOptions, output_options, report_findings
from footfall.errors import UsageError
from footfall.planning.fmt import in_form
from footfall.planning.interop import FORMATS, import_plan
from footfall.planning.interop.names import plan_id
from footfall.planning.interop.yaml_text import yaml_text
from footfall.printable import counted
from footfall.reporting.plan.contents import describe

__all__ = ["command"]

# Section -> its file; all others are in the first.
_FIRST = "plan.yaml"
_FILES: Mapping[str, str] = {"types": "types.yaml", "traits": "traits.yaml", "events": "events.yaml"}


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--from", "other", type=click.Choice(sorted(FORMATS)), required=True, help="The format of the files.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The folder to write.  [default: only list the losses]"
)
@click.option("--name", help="The plan's id.  [default: the name in the files]")
@click.option("--force", is_flag=True, help="Overwrite files.")
@output_options
@click.pass_context
def command(  # each option of the command line is one parameter
    ctx: click.Context,
    path: Path,
    other: str,
    output: Path | None,
    name: str | None,
    force: bool,
    options: OutputOptions,
) -> None:
    """Make a plan from the files of another tool: PATH is a file, or a folder at any depth.

    `plan check` accepts the plan. What a plan cannot express is kept under x_json_schema, where nothing checks it.
    Files that cannot be read are skipped. Both are listed as warnings.

    Exit code 0: the plan is made. 1: something is lost and --fail-on is warning. 2: PATH has no such files. 3: nothing
    in PATH can be read.
    """
    files, skipped = read_documents(path)
    imported = import_plan(files, other, name=path.resolve().name)
    if not (imported.plan.events or imported.plan.traits or "types" in imported.document):
        raise UsageError(f"{path}: holds nothing of {FORMATS[other].title}; check the path, or choose another --from")
    document = dict(imported.document)
    if name is not None:
        document["plan"] = plan_id(name)
    if output is not None:
        texts = {file: in_form(yaml_text(part), file).encode() for file, part in _files(document).items()}
        write_files(output, texts, force=force)
    losses = (*skipped, *imported.losses)
    plan = msgspec.structs.replace(imported.plan, id=document["plan"])
    where = f"written to {output}" if output is not None else "not written"
    note = f"{counted(len(losses), 'thing')} to know" if losses else "nothing is lost"
    summary = f"{path}: the plan {plan.id!r} with {describe(plan)}, {where}; {note}"
    ctx.exit(report_findings(losses_as_problems(losses), options=options, summary=summary))


def _files(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    files: dict[str, dict[str, Any]] = {_FIRST: {}}
    for key, value in document.items():
        if value not in ({}, []):
            files.setdefault(_FILES.get(key, _FIRST), {})[key] = value
    return files
