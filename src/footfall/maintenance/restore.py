"""Restore: a new data folder from a backup, with everything checked before it counts.

The copy is made and read back in a folder inside of the new one, then moves out of it, its marker last. So a restore
that was cut short leaves a folder that no collector takes, and another restore begins it anew.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from footfall.directory import SystemDirectory
from footfall.disk import Disk, SystemDisk
from footfall.errors import DataFolderError, StorageError
from footfall.maintenance.folder_copy import DirectoryOf, FolderCopy
from footfall.maintenance.generations import Generations, unwritable
from footfall.maintenance.verify import Verification, verify
from footfall.storage.folder import DataFolder
from footfall.storage.marker import MARKER
from footfall.storage.sqlite.database import keep_a_log

__all__ = ["Restoration", "restore"]

_DRAFT = ".restoring"
# What a restore that was cut short may have moved out of its draft.
_BEGUN = {_DRAFT, "control.db", "ids", "journal.db", "warehouse"}


class Restoration(msgspec.Struct, frozen=True):
    """A data folder that was restored from `backup`, and what its check says."""

    backup: str
    verification: Verification


def restore(
    backup: Path, data: Path, *, disk: Disk | None = None, directory_of: DirectoryOf = SystemDirectory
) -> Restoration:
    """Make the folder `data` from a backup, or from the newest one in a folder of backups.

    `data` is missing or empty, else DataFolderError is raised, as it is where `backup` is none or `data` cannot be
    written. Raises JournalError where the backup's journal is damaged. A damaged sealed file is left out.
    """
    disk = disk or SystemDisk()
    source = _source(disk, backup)
    begun = _take(disk, data)
    try:
        target = directory_of(data)
        target.remove_folder(_DRAFT)
        for path in begun:
            target.remove_folder(path.name) if path.is_dir() else target.remove([path.name])
        draft = data / _DRAFT
        try:
            FolderCopy(source, draft, disk=disk, directory_of=directory_of).write()
            verification = verify(draft, disk=disk)
            keep_a_log(DataFolder(draft).journal_path)
        except (OSError, StorageError):
            with suppress(OSError):  # so that a disk without room has it again
                target.remove_folder(_DRAFT)
            raise
        for path in sorted(disk.list(draft), key=lambda path: path.name == MARKER):
            target.move(f"{_DRAFT}/{path.name}", path.name)
        target.remove_folder(_DRAFT)
    except OSError as error:
        raise unwritable(data, error) from error
    return Restoration(str(source.path), verification)


def _source(disk: Disk, backup: Path) -> DataFolder:
    """The backup itself, or the newest one in a folder of them. Raises DataFolderError."""
    newest = next(reversed(Generations(backup, disk=disk).all()), None)
    if newest is None and not _is_marked(disk, backup):
        raise DataFolderError(backup, "is no backup and has none; name a backup, or the folder of your backups")
    return DataFolder.read(newest or backup, disk=disk)


def _is_marked(disk: Disk, path: Path) -> bool:
    with suppress(OSError):
        return any(entry.name == MARKER for entry in disk.list(path))
    return False


def _take(disk: Disk, data: Path) -> list[Path]:
    """Make the new folder; returns what a restore that was cut short left in it. Raises DataFolderError."""
    try:
        disk.make_folder(data, private=True)
        paths = disk.list(data)
    except (FileExistsError, NotADirectoryError):
        raise DataFolderError(data, "is a file; name a folder that does not exist yet") from None
    except OSError as error:
        raise unwritable(data, error) from error
    names = {path.name for path in paths}
    if names and not _DRAFT in names <= _BEGUN:
        raise DataFolderError(data, "is not empty, and a restore overwrites nothing; name a folder that is new")
    return [path for path in paths if path.name != _DRAFT]
