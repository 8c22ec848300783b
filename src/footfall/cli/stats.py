"""`footfall stats`: the books of a data folder, by source and event, and whether they balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from footfall import storage
from footfall.cli.data_option import data_option
from footfall.cli.output import console, echo, echo_json, printable
from footfall.errors import JournalError
from footfall.maintenance.dispatch import failing_jobs
from footfall.reporting.jobs import failing_as_json, failing_lines
from footfall.reporting.stats import (
    NARROWEST,
    as_json,
    book_lines,
    books_table,
    loss_lines,
    losses_as_json,
    sum_lines,
    uncounted_as_json,
    uncounted_lines,
)
from footfall.storage.books import imbalances
from footfall.storage.control import Control, JobRun
from footfall.storage.store import FailedSync, Store
from footfall.storage.store_snapshot import SealedLoss

__all__ = ["command"]

_NOT_SYNCED = (
    "A SYNC FAILED at {since} ({reason}): nothing is acknowledged before the journal was copied to a new file;"
    " make room on the disk, and keep a collector running"
)


@click.command("stats")
@data_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, data: Path, format_: str) -> None:
    """Show how many messages came in, and what became of them. Works while a collector runs.

    Messages count under the name with which they came in. `kept` are stored now, `in quarantine` are there now. Below
    are the hits that web integrations and imports of access logs left out, by reason; they were never messages. After a
    failed sync of the disk the first line says so, until the collector has copied the journal to a new file. The last
    lines name sealed files that are missing or have another size (`footfall verify` reads them too), and the jobs that
    failed twice in a row.
    """
    with storage.open(data, "read") as store:
        failure = store.failed_sync()
        runs = _failing_jobs(data, store.control)
        if failure is not None and format_ == "text":
            echo(_NOT_SYNCED.format(since=printable(failure.since), reason=printable(failure.reason)))
        with store.snapshot() as snapshot:
            books = snapshot.books()
            uncounted = snapshot.history().uncounted()
            mistakes = imbalances(books, watermark=snapshot.watermark(), quarantine=snapshot.in_quarantine())
        losses = _damaged(store)
    if format_ == "json":
        echo_json({
            **as_json(books, mistakes), "uncounted": uncounted_as_json(uncounted), "damaged": losses_as_json(losses),
            "failed_sync": _failed_sync(failure), "failing_jobs": failing_as_json(runs),
        })  # fmt: skip
        return
    out = console()
    if out.width < NARROWEST:
        for line in book_lines(books):
            echo(line)
    else:
        out.print(books_table(books))
    lines = (*sum_lines(books, mistakes, data), *uncounted_lines(uncounted))
    for line in (*lines, *loss_lines(losses, data), *failing_lines(runs, data)):
        echo(line)


def _damaged(store: Store) -> Sequence[SealedLoss]:
    while True:
        with store.snapshot() as snapshot:
            snapshot.check_sizes()
            steps = snapshot.state().seal.steps
        with store.snapshot() as latest:
            # A purge may have removed files after the first snapshot was taken.
            if not snapshot.losses or latest.state().seal.steps == steps:
                return snapshot.losses


def _failing_jobs(data: Path, control: Control) -> list[JobRun]:
    try:
        return failing_jobs(data, control)
    except JournalError as error:  # the books are in another file
        echo(str(error), err=True)
        return []


def _failed_sync(failure: FailedSync | None) -> Mapping[str, str] | None:
    return None if failure is None else {"since": failure.since, "reason": failure.reason}
