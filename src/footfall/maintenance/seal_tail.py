"""The part of sealing that is heavy, for a process at low priority: rows of the journal become files.

It writes nothing that counts: whoever owns the folder makes it count, or it is removed again.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pyarrow

from footfall import storage
from footfall.disk import Disk
from footfall.errors import WarehouseError
from footfall.maintenance.context import Progress
from footfall.maintenance.seal import TailPart
from footfall.maintenance.tail_reader import last_of, read_rows
from footfall.plan.model import Plan
from footfall.storage.control import latest_plan
from footfall.storage.folder import DataFolder
from footfall.storage.warehouse import Warehouse

__all__ = ["TailPart", "TailRequest", "write", "write_parts"]

# Parts that are written at a time: pyarrow reads, sorts and compresses without the interpreter's lock.
_AT_ONCE = 2


class TailRequest(msgspec.Struct, frozen=True):
    """Write the stored rows of the folder `data` with `after < seq <= until` to files.

    A part has at most `rows` rows, and two parts are in memory at a time; at most `parts` parts are written.
    """

    data: str
    after: int
    until: int
    rows: int
    parts: int


def write(arguments: Mapping[str, Any], progress: Progress) -> list[TailPart]:  # noqa: ARG001 - the owner says how far it is
    """Carry out a TailRequest, for `JobContext.child`."""
    # Its own pool gives memory back to the system and takes it again all the time: a quarter of the processor's time.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    return write_parts(msgspec.convert(arguments, TailRequest))


def write_parts(request: TailRequest, *, disk: Disk | None = None) -> list[TailPart]:
    """Carry out a request, in order of `seq`. Raises JournalError and WarehouseError; files may be there then."""
    journal = DataFolder.read(request.data, disk=disk).journal_path
    with storage.open(request.data, "read", disk=disk) as store, ThreadPoolExecutor(_AT_ONCE) as writers:
        plan, warehouse = latest_plan(store.control), store.warehouse
        stretches = itertools.islice(_stretches(journal, request), request.parts)
        lock = threading.Lock()

        def write_some(_: int) -> list[TailPart]:
            parts: list[TailPart] = []
            while True:
                with lock:
                    stretch = next(stretches, None)
                if stretch is None:
                    return parts
                parts.append(_written(warehouse, journal, *stretch, plan))

        written = itertools.chain.from_iterable(writers.map(write_some, range(_AT_ONCE)))
        return sorted(written, key=lambda part: part.until)


def _stretches(journal: Path, request: TailRequest) -> Iterator[tuple[int, int]]:
    """The number after which each part begins, and up to which it goes."""
    after = request.after
    while (last := last_of(journal, after, request.until, request.rows)) is not None:
        yield after, last
        after = last


def _written(warehouse: Warehouse, journal: Path, after: int, until: int, plan: Plan | None) -> TailPart:
    rows = 0

    def batches() -> Iterator[Any]:
        nonlocal rows
        for batch in read_rows(journal, after, until):
            rows += len(batch)
            yield batch

    files = warehouse.write(batches(), plan)
    messages = sum(file.messages for file in files)
    if rows != messages:
        raise WarehouseError(f"{journal.parent}: {rows:,} rows were read, and {messages:,} written")
    return TailPart(until, tuple(files))
