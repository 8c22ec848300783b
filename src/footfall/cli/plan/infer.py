"""`footfall plan infer`: the draft of a plan from what was really seen."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec

from footfall.cli.output import echo
from footfall.cli.plan.message_input import MessageInput, message_options, since_us
from footfall.disk import SystemDisk, replace_file
from footfall.errors import UsageError
from footfall.planning.fmt import in_form
from footfall.planning.profiling import DataProfile, InferredPlan, infer_plan
from footfall.printable import counted

__all__ = ["command"]

_NOT_A_WORD = re.compile(r"[^\w.-]+")


@click.command("infer")
@message_options
@click.option("--name", help="The plan's id.  [default: the name of what is looked at]")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder to write, instead of the terminal.")
def command(
    *, events: Path | None, data: Path | None, since: str | None, name: str | None, output: Path | None
) -> None:
    """Draft a plan from EVENTS, a file of messages, or from the messages that a collector keeps (--data).

    EVENTS has a message, a batch, or a line of `footfall export` on each line. The draft says types, nullability, what
    is required, choices and formats, each with its evidence beside it, and `footfall plan check` finds it clean.
    """
    looked = MessageInput(events, data, since=since_us(since, "UTC"))
    profile = DataProfile(looked.messages())
    drafted = infer_plan(profile, name=name or _name(looked.place), seen_in=looked.place)
    made = msgspec.structs.replace(drafted, files={file: in_form(text, file) for file, text in drafted.files.items()})
    looked.tell_broken()
    for what in made.left_out:
        echo(f"left out: {what}", err=True)
    if output is None:
        echo(made.text(), end="")
        return
    _write(output, made)
    echo(
        f"{output}: {counted(len(profile.events), 'event')} drafted from {counted(profile.count, 'message')}; "
        f"next: footfall plan check {output}"
    )


def _name(place: str) -> str:
    return _NOT_A_WORD.sub("_", Path(place).stem).strip("_.-") or "draft"


def _write(folder: Path, made: InferredPlan) -> None:
    disk = SystemDisk()
    try:
        disk.make_folder(folder)
        held = {path.name for path in disk.list(folder)} & set(made.files)
        if held:
            raise UsageError(f"{folder}: holds {', '.join(sorted(held))} already; name a new folder by -o")
        for file, text in made.files.items():
            replace_file(disk, folder / file, text.encode())
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}; choose another -o") from None
