"""Backup: one more generation of a data folder, made while a collector writes to the original.

It appears by one rename when all of it is on the disk, so one that was cut short is none. Files that never change are
shared by the generations, and never with the original: what befalls the original does not befall its backups.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from footfall import storage
from footfall.clock import Clock, SystemClock
from footfall.directory import SystemDirectory
from footfall.disk import Disk, SystemDisk
from footfall.errors import DataFolderError, JobError
from footfall.maintenance.context import JobContext, Progress
from footfall.maintenance.folder_copy import DirectoryOf, FolderCopy
from footfall.maintenance.generations import Generations
from footfall.printable import counted
from footfall.storage.folder import DataFolder
from footfall.storage.journal import IdRun, SealMark

__all__ = ["KEEP", "Backup", "backup", "in_child", "run"]

KEEP = 7
"""How many backups stay."""

# A file that the copy of the journal names may be replaced before it is copied; then the journal has moved on.
_ROUNDS = 5


class Backup(msgspec.Struct, frozen=True):
    """A backup that was made: its folder, and how many stored messages are in it.

    Of its sealed `files` so many were `copied`; the others it shares with the backup before. The files in `missing`
    are damaged in the original and in the backup before. `removed` are the backups that had to go.
    """

    path: str
    messages: int
    files: int
    copied: int
    missing: tuple[str, ...]
    removed: tuple[str, ...]


def backup(
    data: Path,
    target: Path,
    *,
    keep: int = KEEP,
    clock: Clock | None = None,
    disk: Disk | None = None,
    directory_of: DirectoryOf = SystemDirectory,
) -> Backup:
    """Add a backup of the folder `data` to those in `target`, of which the newest `keep` stay.

    Where a sealed file is damaged the backup has all the rest, and no older one goes. Raises DataFolderError where a
    folder cannot be used, JournalError where the journal cannot be copied: then `target` is as it was.
    """
    disk = disk or SystemDisk()
    folder = DataFolder.read(data, disk=disk)
    inner, outer = target.resolve(), data.resolve()
    if outer == inner or outer in inner.parents:
        raise DataFolderError(target, f"is in the data folder {data}; name a folder outside of it")
    generations = Generations(target, disk=disk, directory=directory_of(target))
    with generations.taken():
        try:
            copy = _copied(folder, generations, disk, directory_of)
        except BaseException:
            with suppress(OSError):
                generations.discard()
            raise
        path = generations.publish((clock or SystemClock()).now_us())
        removed = generations.prune(keep) if not copy.missing else []
        return Backup(
            str(path), copy.messages, len(copy.files), copy.copied, tuple(copy.missing), tuple(map(str, removed))
        )


def run(context: JobContext) -> str:
    """The job: a backup to the folder that the settings name. Raises JobError where it is not whole."""
    arguments = {"data": str(context.data), "target": str(context.settings.backup)}
    result = msgspec.convert(context.child("footfall.maintenance.backup:in_child", arguments), Backup)
    if result.missing:
        raise JobError(f"{result.path} is without {', '.join(result.missing)}, which is damaged: see footfall verify")
    return f"{result.path}: {counted(result.messages, 'message')}"


def in_child(arguments: Mapping[str, str], _: Progress) -> Backup:
    """What the job does in a process at low priority."""
    return backup(Path(arguments["data"]), Path(arguments["target"]))


def _copied(folder: DataFolder, generations: Generations, disk: Disk, directory_of: DirectoryOf) -> FolderCopy:
    earlier = next(reversed(generations.all()), None)
    for _ in range(_ROUNDS):
        generations.discard()
        copy = FolderCopy(folder, generations.draft, disk=disk, directory_of=directory_of, earlier=earlier)
        copy.write()
        if not copy.missing or _named_by(folder) == (copy.mark, copy.runs):
            break
    return copy


def _named_by(folder: DataFolder) -> tuple[SealMark, list[IdRun]]:
    """Which files the journal names now."""
    with storage.open(folder.path, "read") as store, store.journal.snapshot() as snapshot:
        return snapshot.state().seal, snapshot.state().id_runs
