"""`footfall upgrade`: bring a data folder of an earlier footfall to today's format, or undo that."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from footfall.cli.data_option import data_option
from footfall.cli.output import echo
from footfall.maintenance.upgrade import BEFORE, FolderUpgrade
from footfall.storage.marker import Upgraded
from footfall.versions import DATA_FOLDER

__all__ = ["command", "upgraded_line"]


@click.command("upgrade")
@data_option
@click.option("--undo", "is_undo", is_flag=True, help="Bring back the folder as it was before its upgrade.")
def command(*, data: Path, is_undo: bool) -> None:
    """Bring a data folder of an earlier footfall to the format of this one.

    `footfall serve` does so by itself. New files are written beside the old ones, which needs room for both, and are
    compared with them; then they change places. It may be killed at any moment: run it again, and it goes on. No
    collector may run meanwhile.

    The old files are kept in before-upgrade until the first start of a collector after the upgrade. Until then --undo
    brings them back, byte for byte, for the footfall that wrote them. It refuses where messages or counts of hits
    came in since, which would be lost.
    """
    upgrade = FolderUpgrade(data)
    if is_undo:
        format_ = upgrade.undo()
        echo(f"{data}: it is as it was before its upgrade, in format {format_}; start the footfall that wrote it")
        return
    upgraded = upgrade.upgrade()
    echo(f"{data}: it has format {DATA_FOLDER} already" if upgraded is None else upgraded_line(data, upgraded))


def upgraded_line(data: Path, upgraded: Upgraded) -> str:
    """What was done to a folder, and how it is undone."""
    undo = f"footfall upgrade --undo --data {shlex.quote(str(data))}"
    return (
        f"{data}: upgraded from format {upgraded.before} to {DATA_FOLDER}; until the next start the old files are in"
        f" {BEFORE}, and `{undo}` brings them back"
    )
