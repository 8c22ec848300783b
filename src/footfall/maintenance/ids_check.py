"""Whether the ids of all stored messages are there, so that none is stored twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from footfall.disk import Disk
from footfall.storage.ids.keys import key_of
from footfall.storage.ids.run_file import DamagedRunError, Run
from footfall.storage.ids.stored_ids import StoredIds
from footfall.storage.journal import IdRun
from footfall.storage.warehouse import SealedFile, Warehouse

__all__ = ["run_problems", "unknown_ids"]


def run_problems(disk: Disk, path: Path, run: IdRun) -> list[str]:
    """What is wrong with the file of a run, in words; nothing where all is well."""
    try:
        file = Run(disk, path)
    except DamagedRunError as error:
        return [str(error)]
    try:
        problems = [f"changed bytes in {name}" for section in file.sections for name in section.damage()]
        if file.ids != run.ids:
            problems.append(f"it has {file.ids:,} ids, and the journal says {run.ids:,}")
    except DamagedRunError as error:
        return [str(error)]
    finally:
        file.close()
    return problems


def unknown_ids(
    disk: Disk, folder: Path, runs: Sequence[IdRun], warehouse: Warehouse, files: Iterable[SealedFile]
) -> int:
    """How many messages of sealed files have an id that is in none of the runs that go as far as they do.

    Raises WarehouseError.
    """
    last = max((run.last for run in runs), default=0)
    ids = StoredIds(folder, disk)
    ids.reset(runs)
    unknown = 0
    try:
        for file in files:
            table = warehouse.part(file).read(("seq", "source", "message_id"))
            by_source: dict[str, list[str]] = {}
            for seq, source, message_id in zip(*(column.to_pylist() for column in table.columns), strict=True):
                if seq <= last:
                    by_source.setdefault(source, []).append(message_id)
            for source, message_ids in by_source.items():
                keys = {key_of(message_id) for message_id in message_ids}
                unknown += len(keys) - len(ids.find(source, keys))
    finally:
        ids.close()
    return unknown
