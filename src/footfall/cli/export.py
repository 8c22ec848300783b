"""`footfall export`: every stored message with its person, for tools that are not footfall."""

from __future__ import annotations

import shlex
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

import click

from footfall import plan as plans
from footfall.analytics import Dataset
from footfall.analytics.exports import COLUMNS, FORMATS, write_excel_csv
from footfall.cli.data_option import data_option, plan_option
from footfall.cli.output import echo
from footfall.disk import SystemDisk
from footfall.errors import UsageError
from footfall.printable import counted

__all__ = ["command"]


# Paragraphs with \b keep their lines.
_COLUMNS_HELP = "\b\nColumns:\n" + "\n".join(
    textwrap.fill(f"{column:<20} {about}", 78, subsequent_indent=" " * 21) for column, about in COLUMNS.items()
)


@click.command("export", epilog=_COLUMNS_HELP)
@data_option
@plan_option("The plan that says who the persons are.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="jsonl", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here; - is standard output.")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, so that Excel reads it as UTF-8.")
def command(*, data: Path, plan: Path | None, form: str, output: Path | None, bom: bool) -> None:
    """Write out every stored message in order of receipt, with its person_id, and why it is theirs.

    Works while a collector runs, as of the moment when it starts. All formats have the same columns; what is absent is
    null in Parquet and empty elsewhere. In CSV a control character shows as its picture (␀, ␛), what overrides the
    direction of text as U+FFFD, and a cell that a spreadsheet would run begins with an apostrophe. A few lines of JSON
    lines and CSV come before their turn, so that readers that guess a column's type from the first lines guess right;
    `seq` has the order.

    The reason is explicit (it names the user), sole_owner (the only user ever identified on its device), same_session
    (the user of its session, on a device of several), contested (nobody was identified in that session), anonymous
    (nobody ever was on that device), blocked (no usable id: it is alone, and counts as no person) or device (a
    connected product's, never a person's). All but the persons of blocked and device messages count as persons.
    """
    if str(output) == "-":
        output = None
    if output is None and form == "parquet" and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for a terminal: name a file by -o, or send it on.")
    if bom and form != "csv":
        raise click.UsageError("--bom is for --format csv.")
    write = write_excel_csv if bom else FORMATS[form]
    chosen = plans.read(plan).require() if plan is not None else None
    with Dataset.open(data, chosen) as dataset:
        contents = dataset.contents()
        if output is None:
            with click.open_file("-", "wb") as out:
                write(dataset, cast("IO[bytes]", out))
                out.flush()  # an output that cannot be written ends here, with nothing more to say
        else:
            _write(output, dataset, write)
            echo(f"{counted(contents.messages, 'message')} written to {output}", err=True)
    if contents.quarantined:
        left_out = f"{counted(contents.quarantined, 'message')} in quarantine left out"
        echo(f"{left_out}: footfall quarantine list --data {shlex.quote(str(data))}", err=True)


def _write(path: Path, dataset: Dataset, write: Callable[[Dataset, IO[bytes]], None]) -> None:
    """Write a whole file or none, for its owner alone: an export that breaks off leaves the old file as it was."""
    try:
        with SystemDisk().replacing(path, private=True) as file:
            write(dataset, file)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another file by -o") from error
