"""`footfall verify`: reads a data folder back, and names what is damaged, what it affects, and the remedy."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.data_option import backup_beside_data, data_option
from footfall.cli.output import echo, echo_json
from footfall.disk import SystemDisk
from footfall.errors import DataFolderError
from footfall.maintenance.generations import Generations
from footfall.maintenance.verify import verify
from footfall.reporting.maintenance import verification_json, verification_lines

__all__ = ["command"]


@click.command("verify")
@data_option
@click.option(
    "--backups", type=click.Path(path_type=Path, readable=False),
    help="The folder of your backups: say which has what is damaged, and read the sealed files of the newest, too."
    "  [default: `backup` in footfall.toml]",
)  # fmt: skip
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(context: click.Context, *, data: Path, backups: Path | None, format_: str) -> None:
    """Read everything back, and say what is damaged. Works while a collector runs, and for a backup.

    The journal is checked by SQLite and by its books, each sealed file by its size and its SHA-256 in the manifest and
    by building every message again as it was received, the ids by their checksums and against the sealed messages.
    What is damaged is named with its day, how many messages of which source and event are affected, what still works,
    and the remedy. The exit code is 1 then. It changes nothing.
    """
    if backups is None:
        backups = backup_beside_data()
    elif not Generations(backups, disk=SystemDisk()).all():
        raise DataFolderError(backups, "has no backups; name the folder that `footfall backup` adds to")
    verification = verify(data, backups=backups)
    if format_ == "json":
        echo_json(verification_json(verification))
    else:
        for line in verification_lines(verification):
            echo(line)
    context.exit(0 if verification.is_whole else 1)
