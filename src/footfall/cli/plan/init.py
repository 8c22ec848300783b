"""`footfall plan init`: writes a small plan to start from."""

from __future__ import annotations

from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.output_files import write_file
from footfall.cli.plan.read import PLAN_PATH
from footfall.disk import SystemDisk
from footfall.errors import UsageError
from footfall.planning.starter import starter_files

__all__ = ["command"]


@click.command()
@click.argument("folder", type=PLAN_PATH, default="tracking_plans", metavar="[DIR]")
@click.option(
    "--id", "plan_id", default="my_shop", show_default=True, help="The plan's id. It should never change afterwards."
)
def command(folder: Path, plan_id: str) -> None:
    """Write a small plan with comments and fixtures into DIR, by default tracking_plans. Nothing is overwritten."""
    try:
        files = starter_files(plan_id)
    except ValueError as error:
        raise UsageError(f"--id: {error}") from None
    try:
        present = SystemDisk().list(folder)
    except FileNotFoundError:
        present = []
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}; choose another folder") from None
    if present:
        raise UsageError(f"{folder}: is not empty, and nothing is overwritten; choose another folder")
    for name, text in files.items():
        write_file(folder / name, text.encode(), make_folder=True, remedy="choose another folder")
        echo(f"{folder / name}")
    echo(f"Next: footfall plan check {folder}")
