"""`footfall plan docs`: writes the plan as web pages."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from footfall.cli.output import echo
from footfall.cli.plan.event_history import git_history
from footfall.cli.plan.lock_file import lock_path, read_lock
from footfall.cli.plan.read import PLAN_PATH, require_reading
from footfall.disk import SystemDisk, read_file
from footfall.errors import UsageError
from footfall.planning.docs.site import site
from footfall.printable import counted

__all__ = ["command"]


@click.command()
@click.argument("path", metavar="PLAN", type=PLAN_PATH)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder for the pages.")
@click.option("--history/--no-history", default=True, help="Whether to show the commits that changed each event.")
@click.pass_context
def command(ctx: click.Context, path: Path, output: Path, history: bool) -> None:
    """Write PLAN as web pages: index.html, and one page for each event, KPI and journey.

    The pages need no script and no server. The history of an event comes from git and from the plan.
    """
    reading = require_reading(ctx, path)
    plan = reading.require()
    lock = read_lock(lock_path(path))
    versions = {} if lock is None else {name: event.version for name, event in lock.events.items()}
    pages = site(plan, history=git_history(plan, reading.source_map) if history else {}, versions=versions)
    disk = SystemDisk()
    for name, text in pages.items():
        file = output / name
        try:
            disk.make_folder(file.parent)
            with disk.open(file, "write") as page:  # made again at any time: not worth a sync each
                page.write(text.encode())
        except OSError as error:
            message = f"{file}: cannot be written: {error.strerror or error}; choose another --output"
            raise UsageError(message) from None
    old = [file for file in _made_before(output) if str(file.relative_to(output)) not in pages]
    for file in old:
        disk.remove(file)
    echo(f"{output / 'index.html'}: {counted(len(pages), 'page')}")


def _made_before(output: Path) -> list[Path]:
    """The pages of events, KPIs and journeys, of which some may be gone from the plan."""
    pages = []
    for folder in ("events", "kpis", "journeys"):
        with suppress(OSError):  # never made
            pages += [file for file in SystemDisk().list(output / folder) if file.suffix == ".html" and _is_ours(file)]
    return pages


def _is_ours(file: Path) -> bool:
    return b"Made by footfall plan docs" in read_file(SystemDisk(), file)
