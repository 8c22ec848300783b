"""`footfall plan infer`: the draft of a plan from real messages."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec

from footfall.cli.output import echo
from footfall.cli.plan.message_input import MessageInput, message_options, since_us
from footfall.cli.plan.output_files import write_file
from footfall.disk import SystemDisk
from footfall.errors import UsageError
from footfall.planning.fmt import in_form
from footfall.planning.profiling import DataProfile, InferredPlan, infer_plan
from footfall.printable import counted

__all__ = ["command"]

_NOT_A_WORD = re.compile(r"[^\w.-]+")


@click.command("infer")
@message_options
@click.option("--name", help="The plan's id.  [default: the name of the file or folder]")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder to write.  [default: print it]")
def command(
    *,
    events: Path | None,
    data: Path | None,
    since: str | None,
    environment: str,
    name: str | None,
    output: Path | None,
) -> None:
    """Draft a plan from real messages: those in EVENTS, a file, or in a collector's data folder (--data).

    Each line of EVENTS is a message, a batch, or a line of `footfall export`. The draft has types, null, required
    properties, enums and formats, each with a comment that gives the evidence. `footfall plan check` accepts it.
    """
    source = MessageInput(events, data, since=since_us(since, "UTC"), environment=environment)
    profile = DataProfile(source.messages())
    draft = infer_plan(profile, name=name or _name(source.name), seen_in=source.name)
    draft = msgspec.structs.replace(draft, files={file: in_form(text, file) for file, text in draft.files.items()})
    source.report_broken()
    for reason in draft.left_out:
        echo(f"left out: {reason}", err=True)
    if output is None:
        echo(draft.text(), end="")
        return
    _write(output, draft)
    echo(
        f"{output}: {counted(len(profile.events), 'event')} drafted from {counted(profile.count, 'message')}; "
        f"next: footfall plan check {output}"
    )


def _name(path: str) -> str:
    return _NOT_A_WORD.sub("_", Path(path).stem).strip("_.-") or "draft"


def _write(folder: Path, draft: InferredPlan) -> None:
    try:
        present = {path.name for path in SystemDisk().list(folder)} & set(draft.files) if folder.exists() else set()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}; choose another -o") from None
    if present:
        raise UsageError(f"{folder}: holds {', '.join(sorted(present))} already; name a new folder by -o")
    for file, text in draft.files.items():
        write_file(folder / file, text.encode(), make_folder=True, remedy="choose another -o")
