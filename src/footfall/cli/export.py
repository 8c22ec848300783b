"""`footfall export`: every stored message with its person, for tools that are not footfall."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, cast

import click

from footfall import plan as plans
from footfall.analytics import Dataset
from footfall.analytics.exports import FORMATS
from footfall.cli.output import echo
from footfall.disk import SystemDisk
from footfall.errors import UsageError
from footfall.printable import counted

__all__ = ["command"]


@click.command("export")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The collector's data folder.")
@click.option("--plan", type=click.Path(path_type=Path), help="The plan; without it, the latest that the folder knows.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="jsonl", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of to standard output.")
def command(*, data: Path, plan: Path | None, form: str, output: Path | None) -> None:
    """Write out every stored message in order of receipt, with its person_id, and why it is theirs.

    Works while a collector runs, as of the moment when it starts. In CSV a NUL character stands as ␀ and a cell that a
    spreadsheet would run begins with an apostrophe; JSON lines and Parquet are exact.

    The reason is explicit (it names the user), sole_owner (the only user ever identified on its device), same_session
    (the user of its session, on a device of several), contested (nobody was identified in that session), anonymous
    (nobody ever was on that device), blocked (no usable id: it stands alone, and counts as no person) or device (a
    connected product's, never a person's). All but the persons of blocked and device messages count as persons.
    """
    if output is None and form == "parquet" and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for a terminal: name a file by -o, or send it on.")
    chosen = plans.load(plan) if plan is not None else None
    with Dataset.open(data, chosen) as dataset:
        if output is None:
            with click.open_file("-", "wb") as out:
                FORMATS[form](dataset, cast("IO[bytes]", out))
            return
        _write(output, dataset, form)
        count = dataset.contents().messages
    echo(f"{counted(count, 'message')} written to {output}", err=True)


def _write(path: Path, dataset: Dataset, form: str) -> None:
    """Write a whole file or none, for its owner alone: an export that breaks off leaves the old file as it was."""
    try:
        with SystemDisk().replacing(path, private=True) as file:
            FORMATS[form](dataset, file)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another file by -o") from error
