"""`footfall stats`: the books of a data folder, by source and event, and whether they balance."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from footfall import storage
from footfall.cli.data_option import data_option
from footfall.cli.output import console, echo, echo_json, printable
from footfall.storage.books import INTAKE, Books, Counts, imbalances, in_quarantine, kept, total
from footfall.storage.store import FailedSync

__all__ = ["command"]

_NOT_SYNCED = (
    "A SYNC FAILED at {since} ({reason}): nothing is acknowledged before the journal was copied to a new file;"
    " make room on the disk, and keep a collector running"
)


@click.command("stats")
@data_option()
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, data: Path, format_: str) -> None:
    """Show how many messages came in, and what became of them. Works while a collector runs.

    A line counts messages under the name with which they came in. `kept` are stored now, `in quarantine` lie there now.
    After a failed sync of the disk a first line says so, until the collector has copied the journal to a new file.
    """
    with storage.open(data, "read") as store:
        failure = store.failed_sync()
        if failure is not None and format_ == "text":
            echo(_NOT_SYNCED.format(since=printable(failure.since), reason=printable(failure.reason)))
        with store.journal.snapshot() as snapshot:
            books = snapshot.books()
            wrong = imbalances(books, watermark=snapshot.watermark(), quarantine=snapshot.in_quarantine())
    if format_ == "json":
        echo_json({**_as_json(books, wrong), "failed_sync": _failed_sync(failure)})
    else:
        _print(books, wrong, data)


def _failed_sync(failure: FailedSync | None) -> Mapping[str, str] | None:
    return None if failure is None else {"since": failure.since, "reason": failure.reason}


def _as_json(books: Books, wrong: Sequence[str]) -> Mapping[str, object]:
    lines = [{"source": source, "event": event, **_numbers(counts)} for (source, event), counts in books.items()]
    return {"books": lines, "total": _numbers(total(books)), "balanced": not wrong, "imbalances": wrong}


def _numbers(counts: Counts) -> Counts:
    return {**counts, "kept": kept(counts), "in_quarantine": in_quarantine(counts)}


def _print(books: Books, wrong: Sequence[str], data: Path) -> None:
    everything = total(books)
    columns = (*INTAKE, "kept", "in_quarantine")
    table = Table(box=None, header_style="bold")
    table.add_column("source", overflow="fold")
    table.add_column("event", overflow="fold")
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right", no_wrap=True)
    for (source, event), counts in books.items():
        numbers = _numbers(counts)
        table.add_row(escape(printable(source)), escape(printable(event)), *(f"{numbers[name]:,}" for name in columns))
    numbers = _numbers(everything)
    table.add_row("total", "", *(f"{numbers[name]:,}" for name in columns), style="bold")
    console().print(table)
    echo("THE BOOKS DO NOT BALANCE:" if wrong else "the books balance:")
    for line in (*_sums(everything), *wrong):
        echo(f"  {line}")
    if numbers["misdated"]:
        echo(f"  {numbers['misdated']:,} stored are misdated: over 30 days before receipt, or over a day after it")
    if numbers["in_quarantine"]:
        echo(f"why messages are in quarantine: footfall quarantine list --data {shlex.quote(str(data))}")


def _sums(counts: Counts) -> list[str]:
    """The three sums of the books, with every number of theirs."""
    intake = " + ".join(f"{counts[name]:,} {name}" for name in INTAKE[1:])
    out = _listed(counts, ("released", "superseded", "quarantine_erased", "quarantine_expired"))
    return [
        f"{counts['received']:,} received = {intake}",
        f"{kept(counts):,} kept = {counts['stored']:,} stored + {_listed(counts, ('released', 'erased', 'expired'))}",
        f"{in_quarantine(counts):,} in quarantine = {counts['quarantined']:,} quarantined - {out}",
    ]


def _listed(counts: Counts, names: Sequence[str]) -> str:
    return " - ".join(f"{counts[name]:,} {name.removeprefix('quarantine_')}" for name in names)
