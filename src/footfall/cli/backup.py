"""`footfall backup`: one more copy of a data folder, made while a collector runs."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.data_option import data_option
from footfall.cli.output import echo, echo_json
from footfall.maintenance.backup import KEEP, backup
from footfall.reporting.maintenance import backup_lines

__all__ = ["command"]


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, readable=False))
@data_option
@click.option("--keep", type=click.IntRange(1), default=KEEP, show_default=True, help="How many backups stay.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(context: click.Context, *, target: Path, data: Path, keep: int, format_: str) -> None:
    """Add a backup to the folder TARGET, which is made if it is missing. Works while a collector runs.

    A backup is a data folder, TARGET/000012-2026-11-30T02-00-00Z: every command that reads opens it as it is. It has
    all that was acknowledged before it began. Its sealed files are those of the backup before, under one more name, and
    only what is new is copied. A backup that is cut short is none, and the one before it stays.

    Where a sealed file is damaged in the data folder, the backup has all the rest, older backups stay, and the exit
    code is 1.
    """
    result = backup(data, target, keep=keep)
    if format_ == "json":
        echo_json(result)
    else:
        for line in backup_lines(result):
            echo(line)
    context.exit(1 if result.missing else 0)
