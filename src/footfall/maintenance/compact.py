"""Compact: small files of one day become one. Readers that began before go on with the old ones for an hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from footfall.errors import WarehouseError
from footfall.maintenance.clearing import begin, clear, clearing
from footfall.maintenance.context import JobContext
from footfall.maintenance.merge_ids import merge_ids
from footfall.printable import counted
from footfall.storage.journal import Changes
from footfall.storage.warehouse import ManifestStep, SealedFile, live_files
from footfall.timestamps import format_us

__all__ = ["MOST", "compact", "groups", "run"]

MOST = 250_000
"""Messages of a file that is no longer small, and at most of one that is merged."""

Merge = Callable[[JobContext, dict[str, object]], object]


class Merged(msgspec.Struct, frozen=True):
    """The messages of the files that are named are in `files` too.

    It is here and not with what makes it, whose module loads what an owner of the folder must not load.
    """

    names: tuple[str, ...]
    files: tuple[SealedFile, ...]


def run(context: JobContext) -> str:
    """Compact what is sealed now; see `compact`. Once a day is often enough to read all files of ids whole, too."""
    done = compact(context)
    merge_ids(context, is_thorough=True)
    return done


def _merge_in_child(context: JobContext, request: dict[str, object]) -> object:
    return context.child("footfall.maintenance.merge_files:write", request)


def groups(files: Iterable[SealedFile], most: int = MOST) -> Iterator[Sequence[SealedFile]]:
    """The files that are to become one: of one day and environment, together at most `most` messages, in order."""
    group: list[SealedFile] = []
    for file in sorted(files, key=lambda file: (*_kind(file), file.first)):
        total = sum(other.messages for other in group) + file.messages
        if group and (_kind(group[0]) != _kind(file) or total > most):
            if len(group) > 1:
                yield group
            group = []
        group.append(file)
    if len(group) > 1:
        yield group


def _kind(file: SealedFile) -> tuple[str, str]:
    return file.day, file.environment or ""


def compact(context: JobContext, *, merge: Merge = _merge_in_child) -> str:
    """Merge the small files of each day; returns in a line what was done.

    `merge` does what `merge_files.write` does. Raises JobError, JobStoppedError, JournalError and WarehouseError; a
    second run goes on where this one ended.
    """
    journal, warehouse = context.store.journal, context.store.warehouse
    mark = begin(context).mark
    before = after = 0
    with clearing(context):
        for group in groups(live_files(warehouse.steps(mark.steps)).values()):
            request: dict[str, object] = {"data": str(context.data), "files": msgspec.to_builtins(group)}
            merged = msgspec.convert(merge(context, request), Merged)
            if not merged.names:
                continue
            _require_all(merged, group)
            step = ManifestStep("compacted", format_us(context.clock.now_us()), merged.files, merged.names)
            moved = mark._replace(steps=warehouse.append(step, mark.steps))
            journal.commit(Changes((), {}, seal=moved))
            mark = moved
            before, after = before + len(merged.names), after + len(merged.files)
            context.check_stop()
    clear(context, mark)
    return f"{counted(before, 'file')} merged to {after:,}" if before else "nothing to compact"


def _require_all(merged: Merged, group: Sequence[SealedFile]) -> None:
    messages = sum(file.messages for file in group if file.name in merged.names)
    if (written := sum(file.messages for file in merged.files)) != messages:
        raise WarehouseError(f"{merged.names[0]}: {written:,} of {counted(messages, 'message')} were written")
