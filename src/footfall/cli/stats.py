"""`footfall stats`: the books of a data folder, by source and event, and whether they balance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from footfall.cli.output import console, echo, echo_json, printable
from footfall.storage import DataFolder, SqliteJournal

__all__ = ["command"]

_COUNTS = ("received", "stored", "duplicate", "quarantined", "rejected")

Books = Mapping[tuple[str, str], Mapping[str, int]]


@click.command("stats")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The data folder of a collector.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, data: Path, format_: str) -> None:
    """Show how many messages came in, and what became of them. Works while a collector runs."""
    journal = SqliteJournal(DataFolder.read(data).journal_path, readonly=True)
    try:
        books = journal.books()
        kept = journal.watermark()
    finally:
        journal.close()
    total = {name: sum(line[name] for line in books.values()) for name in _COUNTS}
    if format_ == "json":
        echo_json(_as_json(books, total, _balance(total, kept)))
    else:
        _print(books, total, _balance(total, kept))


def _balance(total: Mapping[str, int], kept: int) -> bool:
    """Whether every message that came in became exactly one thing, and every one that was kept has its own number."""
    ended = sum(total[name] for name in _COUNTS[1:])
    return total["received"] == ended and kept == total["stored"] + total["quarantined"]


def _as_json(books: Books, total: Mapping[str, int], balanced: bool) -> Mapping[str, object]:
    lines = [{"source": source, "event": event, **counts} for (source, event), counts in books.items()]
    return {"books": lines, "total": total, "balanced": balanced}


def _print(books: Books, total: Mapping[str, int], balanced: bool) -> None:
    table = Table(box=None, header_style="bold")
    table.add_column("source", overflow="fold")
    table.add_column("event", overflow="fold")
    for name in _COUNTS:
        table.add_column(name, justify="right", no_wrap=True)
    for (source, event), counts in books.items():
        table.add_row(escape(printable(source)), escape(printable(event)), *(f"{counts[name]:,}" for name in _COUNTS))
    table.add_row("total", "", *(f"{total[name]:,}" for name in _COUNTS), style="bold")
    console().print(table)
    sums = " + ".join(f"{total[name]:,} {name}" for name in _COUNTS[1:])
    verdict = "the books balance" if balanced else "THE BOOKS DO NOT BALANCE"
    echo(f"{verdict}: {total['received']:,} received = {sums}")
