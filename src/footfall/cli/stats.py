"""`footfall stats`: the books of a data folder, by source and event, and whether they balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import click

from footfall import storage
from footfall.cli.data_option import data_option
from footfall.cli.output import console, echo, echo_json, echo_json_line, printable
from footfall.cli.time_param import SecondsParam
from footfall.clock import SystemClock
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
    news_text,
    sum_lines,
    uncounted_as_json,
    uncounted_lines,
)
from footfall.storage.books import Books, imbalances
from footfall.storage.control import Control, JobRun
from footfall.storage.store import FailedSync, Store
from footfall.storage.store_snapshot import SealedLoss
from footfall.storage.uncounted import UncountedCount
from footfall.timestamps import local_time

__all__ = ["command"]

_NOT_SYNCED = (
    "A SYNC FAILED at {since} ({reason}): nothing is acknowledged before the journal was copied to a new file;"
    " make room on the disk, and keep a collector running"
)


@click.command("stats")
@data_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--watch", type=SecondsParam(0.1, 86_400), is_flag=False, flag_value=2.0, metavar="[SECONDS]",
    help="Show it again each so many seconds (2, where no number follows) until Ctrl-C; JSON is a line each time.",
)  # fmt: skip
def command(*, data: Path, format_: str, watch: float | None) -> None:
    """Show how many messages came in, and what became of them. Works while a collector runs.

    Messages count under the name with which they came in. `kept` are stored now, `in quarantine` are there now. Below
    are the hits that web integrations and imports of access logs left out, by reason; they were never messages. After a
    failed sync of the disk the first line says so, until the collector has copied the journal to a new file. The last
    lines name sealed files that are missing or have another size (`footfall verify` reads them too), and the jobs that
    failed twice in a row.
    """
    if watch is None:
        _show(data, format_, _read(data))
        return
    with suppress(KeyboardInterrupt):
        _watch(data, format_, watch)


class _Stats(NamedTuple):
    """What a data folder has, as of one moment."""

    books: Books
    mistakes: Sequence[str]
    uncounted: Sequence[UncountedCount]
    losses: Sequence[SealedLoss]
    failure: FailedSync | None
    runs: Sequence[JobRun]


def _read(data: Path) -> _Stats:
    with storage.open(data, "read") as store:
        failure, runs = store.failed_sync(), _failing_jobs(data, store.control)
        with store.snapshot() as snapshot:
            books = snapshot.books()
            uncounted = snapshot.history().uncounted()
            mistakes = imbalances(books, watermark=snapshot.watermark(), quarantine=snapshot.in_quarantine())
        return _Stats(books, mistakes, uncounted, _damaged(store), failure, runs)


def _watch(data: Path, format_: str, seconds: float) -> None:
    """Show the books until a Ctrl-C, each time with what came in since the time before."""
    clock = SystemClock()
    before: Books | None = None
    while True:
        stats, time = _read(data), local_time(clock.now_us())
        if format_ == "json":
            echo_json_line({"at": time, **_as_json(stats)})
        else:
            if (out := console()).is_terminal:
                out.clear()
            _show(data, format_, stats)
            news = "" if before is None else f", since the time before {news_text(before, stats.books)}"
            echo(f"at {time.isoformat(sep=' ', timespec='seconds')}{news}; again each {seconds:g} s, until Ctrl-C")
        before = stats.books
        clock.sleep(seconds)


def _as_json(stats: _Stats) -> Mapping[str, object]:
    return {
        **as_json(stats.books, stats.mistakes),
        "uncounted": uncounted_as_json(stats.uncounted),
        "damaged": losses_as_json(stats.losses),
        "failed_sync": _failed_sync(stats.failure),
        "failing_jobs": failing_as_json(stats.runs),
    }


def _show(data: Path, format_: str, stats: _Stats) -> None:
    if format_ == "json":
        echo_json(_as_json(stats))
        return
    if stats.failure is not None:
        since, reason = printable(stats.failure.since), printable(stats.failure.reason)
        echo(_NOT_SYNCED.format(since=since, reason=reason))
    out = console()
    if out.width < NARROWEST:
        for line in book_lines(stats.books):
            echo(line)
    else:
        out.print(books_table(stats.books))
    lines = (*sum_lines(stats.books, stats.mistakes, data), *uncounted_lines(stats.uncounted))
    for line in (*lines, *loss_lines(stats.losses, data), *failing_lines(stats.runs, data)):
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
