"""The part of a compaction that is heavy, for a process at low priority: some files become one.

It writes nothing that counts: whoever owns the folder makes it count, or it is removed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from footfall import storage
from footfall.maintenance.compact import Merged
from footfall.maintenance.context import Progress
from footfall.storage.columns import ENTRY_COLUMNS
from footfall.storage.control import latest_plan
from footfall.storage.warehouse import SealedFile, Warehouse

__all__ = ["Merged", "merge", "write"]


def write(arguments: Mapping[str, Any], progress: Progress) -> Merged:  # noqa: ARG001 - the owner says how far it is
    """Merge `files` of the folder `data`, for `JobContext.child`."""
    with storage.open(arguments["data"], "read") as store:
        plan = latest_plan(store.control)
        return merge(store.warehouse, msgspec.convert(arguments["files"], list[SealedFile]), plan)


def merge(warehouse: Warehouse, files: Sequence[SealedFile], plan: Any) -> Merged:
    """Write the messages of these files, of one day and environment, anew as one. A damaged file is left out.

    Nothing is merged where that leaves one file, or gives no fewer.

    Raises WarehouseError.
    """
    whole = [file for file in files if not warehouse.check(file)]
    if len(whole) < 2:
        return Merged((), ())
    written = warehouse.write(_batches(warehouse, whole), plan)
    if len(written) >= len(whole):  # their messages are too long for fewer
        return Merged((), ())
    return Merged(tuple(file.name for file in whole), tuple(written))


def _batches(warehouse: Warehouse, files: Sequence[SealedFile]) -> Iterator[Any]:
    for file in files:
        yield from warehouse.part(file).read(ENTRY_COLUMNS).to_batches()
