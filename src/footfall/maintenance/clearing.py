"""Which files of a warehouse may go: those that never counted, and those that were replaced some time ago."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from footfall.errors import JobError, StorageError, WarehouseError
from footfall.maintenance.context import JobContext
from footfall.maintenance.mend_manifest import mend_manifest
from footfall.storage.books import kept, total
from footfall.storage.journal import Changes, SealMark
from footfall.storage.warehouse import ManifestStep, live_files, resting_files
from footfall.timestamps import format_us

__all__ = ["Begin", "begin", "clear", "clearing", "mark_of", "refuse_older_journal"]

_REST_US = 3_600_000_000  # longer than any reader takes that began before its files were replaced


class Begin(NamedTuple):
    """Where a job begins: the mark, the journal's watermark, and how many stored messages are not sealed."""

    mark: SealMark
    watermark: int
    waiting: int


def begin(context: JobContext) -> Begin:
    """What the journal says for certain, after what earlier runs left was removed.

    Raises JournalError, and WarehouseError as `clear` and `refuse_older_journal` do.
    """
    journal = context.store.journal
    # After a failed sync nobody knows whether the last commit, and a mark in it, is there after the next start. This
    # one is refused then, or has the journal copied first: a file is only removed where it counts for certain no more.
    journal.commit(Changes((), {}))
    with journal.snapshot() as snapshot:
        mark, watermark = snapshot.state().seal, snapshot.watermark()
        waiting = kept(total(snapshot.books())) - mark.messages
    mend_manifest(context, mark)
    refuse_older_journal(context, mark, watermark)
    clear(context, mark)
    return Begin(mark, watermark, waiting)


def clear(context: JobContext, mark: SealMark) -> list[str]:
    """Remove the files that do not count at this mark; returns their names. Raises WarehouseError.

    The mark must be certain: after a commit that failed it is not, before the next `begin`.
    """
    warehouse = context.store.warehouse
    steps = warehouse.steps(mark.steps)
    since = format_us(context.clock.now_us() - _REST_US)
    return warehouse.remove(live_files(steps).values(), resting_files(steps, since))


@contextmanager
def clearing(context: JobContext) -> Iterator[None]:
    """Where the block raises JobError or WarehouseError, remove the files that it wrote and did not make count."""
    try:
        yield
    except (JobError, WarehouseError):
        with suppress(StorageError):  # what failed first is what counts
            clear(context, mark_of(context))
        raise


def mark_of(context: JobContext) -> SealMark:
    """The mark as the journal has it now. Raises JournalError."""
    with context.store.journal.snapshot() as snapshot:
        return snapshot.state().seal


def refuse_older_journal(context: JobContext, mark: SealMark, watermark: int) -> None:
    """Raise WarehouseError where the manifest has steps that are not of this journal, whose files must not go.

    A run that was cut short leaves one step that does not count, of rows that the journal still has.
    """
    later: list[ManifestStep] = []
    for number in (1, 2):
        with suppress(WarehouseError):  # there are fewer
            later = context.store.warehouse.steps(mark.steps + number)[mark.steps :]
    if len(later) > 1 or any(file.last > watermark for step in later for file in step.added):
        raise WarehouseError(
            f"{context.data}: its warehouse has messages that its journal never had, as after an older journal.db was"
            " put there; restore both from one backup"
        )
