"""`footfall plan init`: a commented plan to start from."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.read import PLAN_PATH
from footfall.disk import SystemDisk, replace_file
from footfall.errors import UsageError
from footfall.planning.starter import starter_files

__all__ = ["command"]


@click.command()
@click.argument("folder", type=PLAN_PATH, default="tracking_plans", metavar="[DIR]")
@click.option(
    "--id", "plan_id", default="my_shop", show_default=True, help="The plan's id; it never changes afterwards."
)
def command(folder: Path, plan_id: str) -> None:
    """Write a small, commented plan into DIR (by default tracking_plans), with fixtures. Nothing is overwritten."""
    try:
        files = starter_files(plan_id)
    except ValueError as error:
        raise UsageError(f"--id: {error}") from None
    disk = SystemDisk()
    try:
        held = disk.list(folder)
    except FileNotFoundError:
        held = []
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}; choose another folder") from None
    if held:
        raise UsageError(f"{folder}: is not empty, and nothing is overwritten; choose another folder")
    for name, text in files.items():
        file = folder / name
        try:
            disk.make_folder(file.parent)
            replace_file(disk, file, text.encode())
        except OSError as error:
            raise UsageError(f"{file}: cannot be written: {error.strerror or error}; choose another folder") from None
        echo(f"{file}")
    echo(f"Next: footfall plan check {folder}")
