"""`footfall sql`: one SELECT over the data, and nothing that could change it or reach anything else."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import click

from footfall import query
from footfall.cli.data_option import data_option, environment_option, plan_option
from footfall.cli.output import console, echo, writing
from footfall.cli.time_param import as_of_option
from footfall.disk import SystemDisk
from footfall.printable import counted
from footfall.query.database import AnswerStream
from footfall.query.result import python_rows
from footfall.query.writers import WRITERS
from footfall.reporting.query import answer_table, views_table

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["command"]

_SHOWN = 1_000
_PIPE_WIDTH = 100_000  # no value is broken in two for a program
_DAMAGED = 1
_COMMENT = re.compile(r"--[^\s=]*\s")


class _SqlCommand(click.Command):
    """A command whose argument may begin with a comment of SQL: no name of an option has white space in it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        comments = [arg for arg in args if _COMMENT.match(arg)]
        if comments and "--" not in args:
            args = [*(arg for arg in args if not _COMMENT.match(arg)), "--", *comments]
        return super().parse_args(ctx, args)


@click.command("sql", cls=_SqlCommand)
@click.argument("select", required=False)
@data_option
@plan_option("The plan that names the events and says who the persons are.")
@as_of_option
@environment_option
@click.option("--format", "form", type=click.Choice(["table", *WRITERS]), default="table", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here; - is standard output.")
def command(
    *,
    select: str | None,
    data: Path,
    plan: Path | None,
    as_of: int | datetime | None,
    environment: str,
    form: str,
    output: Path | None,
) -> None:
    """Answer one SELECT, in DuckDB's SQL. Works while a collector runs.

    Without SELECT it shows the views and their columns; - reads it from standard input. The views are messages,
    persons, devices, sessions, and one for each event of the plan with a column for each of its properties. An object
    is the columns of its properties ("address.city"); an array, a map and an object without properties are JSON text. A
    value that is not of the plan's type is NULL, counted on standard error, and in the column properties as it was
    sent.

    The query can read these views and nothing else: no file, no network, no setting. The table has the first 1,000
    rows, the other formats all. In CSV a cell that a spreadsheet would run begins with an apostrophe. Times are on the
    clock of the plan's timezone.

    The exit code is 1 when files of the data are damaged, so that their messages are not in the answer.
    """
    output = None if str(output) == "-" else output
    if form == "table" and output is not None:
        raise click.UsageError(f"-o is for --format {', '.join(WRITERS)}.")
    if output is None and form in ("parquet", "arrow") and sys.stdout.isatty():
        raise click.UsageError(f"{form} is not for a terminal: name a file by -o, or send it on.")
    with query.open(data, plan, as_of=as_of, environment=environment) as database:
        if select is None:
            _wide_console().print(views_table(database.views.values()))
            return
        with database.answer(sys.stdin.read() if select == "-" else select) as answer:
            _write(answer, form, output)
            for note in answer.notes:
                echo(note, err=True)
        if database.losses:
            raise click.exceptions.Exit(_DAMAGED)


def _write(answer: AnswerStream, form: str, output: Path | None) -> None:
    if form == "table":
        _show(answer)
    elif output is None:
        with click.open_file("-", "wb") as out:
            WRITERS[form](answer, cast("IO[bytes]", out))
            out.flush()  # an output that cannot be written ends here, with nothing more to say
    else:
        with writing(output), SystemDisk().replacing(output, private=True) as file:
            count = WRITERS[form](answer, file)
        echo(f"{counted(count, 'row')} written to {output}", err=True)


def _show(answer: AnswerStream) -> None:
    rows: list[tuple[Any, ...]] = []
    for batch in answer:
        rows += python_rows(batch)
        if len(rows) > _SHOWN:
            break
    _print(answer.schema.names, rows[:_SHOWN])
    more = len(rows) > _SHOWN
    echo(f"(the first {_SHOWN:,} rows; --format csv has all)" if more else f"({counted(len(rows), 'row')})", err=True)


def _print(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    out = _wide_console()
    for table in answer_table(names, rows, out.width):
        out.print(table)


def _wide_console() -> Console:
    out = console()
    if not out.is_terminal:
        out.width = _PIPE_WIDTH
    return out
