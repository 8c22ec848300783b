"""Whether the ids of all sealed messages are in a run, so that none is stored twice. For a process that reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.disk import Disk
from footfall.errors import WarehouseError
from footfall.storage.environments import line_source
from footfall.storage.ids.keys import key_of
from footfall.storage.ids.missing import missing_ids
from footfall.storage.ids.run_file import DamagedRunError, Run
from footfall.storage.ids.stored_ids import StoredIds
from footfall.storage.journal import IdRun
from footfall.storage.warehouse import SealedFile, Warehouse

__all__ = ["unknown_ids"]

_AT_ONCE = 2_000_000  # ids that are in memory


def unknown_ids(
    disk: Disk, folder: Path, runs: Sequence[IdRun], warehouse: Warehouse, files: Sequence[SealedFile]
) -> int:
    """How many messages of sealed files have an id that is in none of the runs that go as far as they do.

    Raises WarehouseError, also where a run cannot be read.
    """
    all_ids = StoredIds(folder, disk)
    all_ids.reset(runs)
    unknown = after = 0
    try:
        for run in sorted(runs, key=lambda run: run.last):
            file = Run(disk, folder / run.name)
            try:
                for source, ids in _ids(warehouse, files, after, run.last):
                    # An id may be in another run than its number says; that is rare, so each is looked up.
                    keys = set(map(key_of, missing_ids(file, source, ids)))
                    unknown += len(keys) - len(all_ids.find(source, keys))
            finally:
                file.close()
            after = run.last
    except DamagedRunError as error:
        raise WarehouseError(str(error)) from error
    finally:
        all_ids.close()
    return unknown


def _ids(warehouse: Warehouse, files: Sequence[SealedFile], after: int, until: int) -> Iterator[tuple[str, Any]]:
    """The ids of the sealed messages with `after < seq <= until`, by the source as the books name it.

    So many are in memory at a time as it has room for.
    """
    tables: list[Any] = []
    for file in files:
        if file.first <= until and file.last > after:
            table = warehouse.part(file).read(("seq", "source", "message_id"))
            if file.environment is not None:
                lines = pc.binary_join_element_wise(table.column("source"), line_source("", file.environment), "")
                table = table.set_column(1, "source", lines)
            seq = table.column("seq")
            tables.append(table.filter(pc.and_(pc.greater(seq, after), pc.less_equal(seq, until))))
        if sum(map(len, tables)) >= _AT_ONCE:
            yield from _by_source(tables)
            tables.clear()
    if tables:
        yield from _by_source(tables)


def _by_source(tables: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    table = pyarrow.concat_tables(tables)
    for source in pc.unique(table.column("source")).to_pylist():
        ids = table.filter(pc.equal(table.column("source"), source)).column("message_id")
        yield source, ids.combine_chunks().cast(pyarrow.string())
