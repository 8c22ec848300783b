"""`footfall quarantine`: what was put aside, and why."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from footfall.cli.output import console, echo, echo_json, printable
from footfall.quarantine import Quarantined, list_quarantined
from footfall.storage import DataFolder, SqliteJournal

__all__ = ["command"]


@click.group("quarantine")
def command() -> None:
    """Messages that were put aside."""


@command.command("list")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The data folder of a collector.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(1), help="How many at most; all by default.")
def list_command(*, data: Path, format_: str, limit: int | None) -> None:
    """List what was put aside, each with its faults, in order of receipt. Works while a collector runs."""
    journal = SqliteJournal(DataFolder.read(data).journal_path, readonly=True)
    try:
        found = list(list_quarantined(journal, limit=limit))
    finally:
        journal.close()
    if format_ == "json":
        echo_json(found)
        return
    if not found:
        echo("nothing is in quarantine")
        return
    page = console(soft_wrap=True)
    for item in found:
        _print(page, item)


def _print(page: Console, item: Quarantined) -> None:
    event, message_id, source = map(
        _shown, (item.event or f"({item.type or 'unreadable'})", item.message_id, item.source)
    )
    page.print(f"{item.received_at}  {source}  [bold]{event}[/bold]  {message_id}  {item.body_bytes} bytes")
    for fault in item.faults:
        page.print(f"    {_shown(str(fault))}")


def _shown(text: str) -> str:
    return escape(printable(text))
