"""Merges the runs of ids, and makes damaged ones anew, so that repeats are noticed for ever and at little cost.

The child writes new runs; one commit of the folder's owner makes them count, and then the old ones go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from footfall import storage
from footfall.disk import SystemDisk
from footfall.maintenance.context import JobContext, Progress
from footfall.storage.ids.merging import damaged_runs, due_merges, merge_due_runs, rebuild_run
from footfall.storage.journal import Changes, IdRun, RunSwap

__all__ = ["merge_ids", "write"]

Write = Callable[[JobContext, dict[str, object]], object]


class _Request(msgspec.Struct, frozen=True):
    """Write what is due of these runs of the folder `data`."""

    data: str
    runs: list[IdRun]
    is_thorough: bool


def _write_in_child(context: JobContext, request: dict[str, object]) -> object:
    return context.child("footfall.maintenance.merge_ids:write", request)


def merge_ids(context: JobContext, *, is_thorough: bool = False, write: Write = _write_in_child) -> int:
    """Have fewer runs, and whole ones, answer for the ids of stored messages; returns how many new ones do.

    `is_thorough` has all of them read whole, for damage that opening them does not show. `write` does what `write` of
    this module does. Raises JobError, JobStoppedError and JournalError.
    """
    journal = context.store.journal
    with journal.snapshot() as snapshot:
        runs = snapshot.state().id_runs
    folder = context.data / "ids"
    if not runs or not (is_thorough or due_merges(runs) or damaged_runs(SystemDisk(), folder, runs)):
        return 0
    request = {"data": str(context.data), "runs": [list(run) for run in runs], "is_thorough": is_thorough}
    answer = write(context, request)
    swaps = msgspec.convert(answer, list[RunSwap])
    if swaps:
        journal.commit(Changes((), {}, swaps=swaps))
    return len(swaps)


def write(arguments: Mapping[str, Any], progress: Progress) -> list[RunSwap]:
    """Write the runs that are due, and those that are damaged from their rows, for `JobContext.child`."""
    request, disk = msgspec.convert(arguments, _Request), SystemDisk()
    folder = Path(request.data) / "ids"
    swaps, damaged = merge_due_runs(disk, folder, request.runs, is_thorough=request.is_thorough)
    if damaged:
        with storage.open(request.data, "read") as store, store.snapshot() as snapshot:
            for run in damaged:
                progress(f"making {run.name} anew")
                rows = snapshot.scan("stored", after=run.first - 1, until=run.last)
                swaps.append(rebuild_run(disk, folder, run, rows))
    return swaps
