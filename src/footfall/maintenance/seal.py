"""Seal: the stored rows of the journal move to files of the warehouse, and each message counts exactly once.

Files are written first, then a step of the manifest names them, then one transaction of the journal makes the step
count and its rows count no more; only then are the rows removed. A process may end anywhere between: what was written
before that transaction is as if it had never been, and the next run removes it; what comes after it goes on.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from footfall.maintenance.clearing import begin, clearing
from footfall.maintenance.context import JobContext
from footfall.maintenance.forget import forget_sealed
from footfall.maintenance.merge_ids import merge_ids
from footfall.printable import counted
from footfall.storage.journal import Changes, SealMark
from footfall.storage.warehouse import ManifestStep, SealedFile
from footfall.timestamps import format_us

__all__ = ["run", "seal"]

# Parts that are written by one process before they count: to start one takes as long as to write half a part.
_PARTS = 16

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
    before, until, waiting = begin(context)
    mark, files = before, 0
    with clearing(context):
        while waiting and mark.seq < until:
            request: dict[str, object] = {
                "data": str(context.data), "after": mark.seq, "until": until, "parts": _PARTS,
                "rows": context.rows or context.settings.seal_rows,
            }  # fmt: skip
            parts = msgspec.convert(write(context, request), list[TailPart])
            for part in parts:
                context.check_stop()
                mark = _count(context, part, mark)
                files += len(part.files)
            if not parts:
                break
            context.progress(f"{mark.messages - before.messages:,} of {counted(waiting, 'message')} sealed")
    forget_sealed(context)
    if mark == before:
        return "nothing to seal"
    return f"{counted(mark.messages - before.messages, 'message')} sealed in {counted(files, 'file')}"


class TailPart(msgspec.Struct, frozen=True):
    """All stored rows from the part before up to the number `until` are in these files.

    It is here and not with what makes it, whose module loads what an owner of the folder must not load.
    """

    until: int
    files: tuple[SealedFile, ...]


def _count(context: JobContext, part: TailPart, mark: SealMark) -> SealMark:
    """Make the files of a part count in place of its rows; returns the new mark."""
    step = ManifestStep("sealed", format_us(context.clock.now_us()), part.files)
    steps = context.store.warehouse.append(step, mark.steps)
    moved = SealMark(part.until, mark.messages + sum(file.messages for file in part.files), steps)
    context.store.journal.commit(Changes((), {}, seal=moved))
    return moved
