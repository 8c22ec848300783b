"""Seal: the stored rows of the journal move to files of the warehouse, and each message counts exactly once.

Files are written first, then a step of the manifest names them, then one transaction of the journal makes the step
count and its rows count no more; only then are the rows removed. A process may end anywhere between: what was written
before that transaction is as if it had never been, and the next run removes it; what comes after it goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import msgspec

from footfall.errors import FootfallError, WarehouseError
from footfall.maintenance.context import JobContext
from footfall.maintenance.mend_manifest import mend_manifest
from footfall.maintenance.merge_ids import merge_ids
from footfall.printable import counted
from footfall.storage.books import kept, total
from footfall.storage.journal import Changes, Journal, SealMark
from footfall.storage.warehouse import ManifestStep, SealedFile, Warehouse, live_files
from footfall.timestamps import format_us

__all__ = ["FORGET_ROWS", "run", "seal"]

FORGET_ROWS = 500
"""Rows that are removed in one transaction, for which intake waits."""

# Seconds between two of these transactions, for the commits of intake.
_FORGET_PAUSE = 0.02
# Parts that are written by one process before they count: to start one takes as long as to write half a part.
_PARTS = 4

Write = Callable[[JobContext, dict[str, object]], object]


def run(context: JobContext) -> str:
    """Seal what is stored now; see `seal`. Then put the runs of ids in order."""
    line = seal(context)
    merge_ids(context)
    return line


def _write_in_child(context: JobContext, request: dict[str, object]) -> object:
    return context.child("footfall.maintenance.seal_tail:write", request)


def seal(context: JobContext, *, write: Write = _write_in_child) -> str:
    """Seal every row that was stored when this began; returns in a line what was done.

    `write` carries out a `seal_tail.TailRequest`. Raises JobError, JobStoppedError, JournalError and WarehouseError; a
    second run goes on where this one ended.
    """
    journal, warehouse = context.store.journal, context.store.warehouse
    with journal.snapshot() as snapshot:
        begin, until = snapshot.seal(), snapshot.watermark()
        waiting = kept(total(snapshot.books())) - begin.messages
    mend_manifest(context, begin)
    _refuse_older_journal(context, begin, until)
    _clear(warehouse, begin)
    mark, files = begin, 0
    try:
        while waiting and mark.seq < until:
            request: dict[str, object] = {
                "data": str(context.data), "after": mark.seq, "until": until, "parts": _PARTS,
                "rows": context.rows or context.settings.seal_rows,
            }  # fmt: skip
            parts = msgspec.convert(write(context, request), list[_Part])
            for part in parts:
                context.check_stop()
                mark = _count(context, part, mark)
                files += len(part.files)
            if not parts:
                break
            context.progress(f"{mark.messages - begin.messages:,} of {counted(waiting, 'message')} sealed")
    except FootfallError:
        with suppress(WarehouseError):  # what failed first is what counts
            _clear(warehouse, mark)
        raise
    _forget(context, journal)
    if mark == begin:
        return "nothing to seal"
    return f"{counted(mark.messages - begin.messages, 'message')} sealed in {counted(files, 'file')}"


class _Part(msgspec.Struct, frozen=True):
    """See `seal_tail.TailPart`, whose module loads what an owner of the folder must not load."""

    until: int
    files: tuple[SealedFile, ...]


def _refuse_older_journal(context: JobContext, mark: SealMark, watermark: int) -> None:
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


def _clear(warehouse: Warehouse, mark: SealMark) -> None:
    """Remove the files that were written and never counted."""
    warehouse.remove(live_files(warehouse.steps(mark.steps)).values())


def _count(context: JobContext, part: _Part, mark: SealMark) -> SealMark:
    """Make the files of a part count in place of its rows; returns the new mark."""
    step = ManifestStep("sealed", format_us(context.clock.now_us()), part.files)
    steps = context.store.warehouse.append(step, mark.steps)
    moved = SealMark(part.until, mark.messages + sum(file.messages for file in part.files), steps)
    context.store.journal.commit(Changes((), {}, seal=moved))
    return moved


def _forget(context: JobContext, journal: Journal) -> None:
    while journal.forget(FORGET_ROWS):
        context.check_stop()
        context.clock.sleep(_FORGET_PAUSE)
