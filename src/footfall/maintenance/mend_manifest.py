"""A damaged manifest is made anew from the sealed files, which say themselves which messages they have.

The journal's mark says how many messages count: only where the files have exactly these is it made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec

from footfall.errors import WarehouseError
from footfall.maintenance.context import JobContext
from footfall.printable import counted
from footfall.storage.journal import SealMark
from footfall.storage.warehouse import ManifestStep, SealedFile
from footfall.timestamps import format_us

__all__ = ["live_among", "mend_manifest"]

FindFiles = Callable[[JobContext], object]


def _find_in_child(context: JobContext) -> object:
    return context.child("footfall.storage.parquet.recovery:recover_files", {"data": str(context.data)})


def mend_manifest(context: JobContext, mark: SealMark, *, find: FindFiles = _find_in_child) -> None:
    """Make the manifest anew if it cannot be read. Raises WarehouseError where the files do not add up."""
    warehouse = context.store.warehouse
    try:
        warehouse.steps(mark.steps)
    except WarehouseError:
        files = live_among(msgspec.convert(find(context), list[SealedFile]), mark)
        if files is None:
            raise
        at = format_us(context.clock.now_us())
        # As many steps as count: all files in the first of them.
        for number in range(mark.steps):
            warehouse.append(ManifestStep("sealed", at, tuple(files) if number == 0 else ()), number)
        context.progress(f"the list of sealed files is made anew from {counted(len(files), 'file')}")


def live_among(files: Sequence[SealedFile], mark: SealMark) -> list[SealedFile] | None:
    """The files that count; None where they do not add up to the mark, or two of them may have the same messages."""
    sealed = sorted((file for file in files if file.last <= mark.seq), key=lambda file: (file.day, file.first))
    is_twice = any(file.day == after.day and after.first <= file.last for file, after in pairwise(sealed))
    return None if is_twice or sum(file.messages for file in sealed) != mark.messages else sealed
