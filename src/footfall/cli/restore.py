"""`footfall restore`: a new data folder from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.data_option import data_option
from footfall.cli.output import echo, echo_json
from footfall.maintenance.restore import restore
from footfall.reporting.maintenance import restoration_lines, verification_json

__all__ = ["command"]


@click.command("restore")
@click.argument("backup", type=click.Path(path_type=Path, readable=False))
@data_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(context: click.Context, *, backup: Path, data: Path, format_: str) -> None:
    """Make the data folder anew from BACKUP: one backup, or a folder of them, of which the newest is taken.

    The folder must be missing or empty: nothing is ever overwritten. Everything is read back before it counts. What
    was acknowledged after the backup is not in it; clients that still have it send it again, and what is in it already
    counts once. A sealed file that is damaged in the backup is left out and named, and the exit code is 1.
    """
    result = restore(backup, data)
    if format_ == "json":
        echo_json({"backup": result.backup, **verification_json(result.verification)})
    else:
        for line in restoration_lines(result, data):
            echo(line)
    context.exit(0 if result.verification.is_whole else 1)
