"""The data folder: the one directory that a collector owns, with a marker that says so and a lock that says who."""

from __future__ import annotations

import errno
import os
import shlex
from contextlib import suppress
from pathlib import Path

from footfall.clock import Clock, SystemClock
from footfall.directory import may_be_written
from footfall.disk import Disk, FileLock, SystemDisk
from footfall.errors import DataFolderError, DataFolderHeldError
from footfall.storage.marker import BACKUPS_MARKER, MARKER, FolderMarker, read_marker, write_marker
from footfall.timestamps import format_us
from footfall.versions import DATA_FOLDER

__all__ = ["CONTROL", "JOURNAL", "DataFolder"]

_LOCK = "footfall.lock"
JOURNAL = "journal.db"
CONTROL = "control.db"
# What a collector makes only where it has a journal.
_BESIDE_A_JOURNAL = {"ids", "warehouse"}
# What a first start that was cut short may leave behind: not yet ours, and nobody else's.
_BEGUN = {_LOCK, f".{MARKER}.draft"}


class DataFolder:
    """A data folder that may be used: ours, of a format that we know and, when it was opened to write, locked by us.

    `is_current` is False where it must be upgraded first.
    """

    def __init__(self, path: Path, lock: FileLock | None = None) -> None:
        self._lock = lock
        self.path = path
        self.is_current = True

    @property
    def journal_path(self) -> Path:
        """The journal's database."""
        return self.path / JOURNAL

    @property
    def control_path(self) -> Path:
        """The database of what the collector remembers besides messages: plans and keys."""
        return self.path / CONTROL

    @classmethod
    def open(cls, path: str | Path, *, disk: Disk | None = None, clock: Clock | None = None) -> DataFolder:
        """Take a folder to write into it: make it if it is missing, lock it, mark it as ours.

        Raises DataFolderError when it is not ours, not writable or of a newer format, and DataFolderHeldError, which
        names the process, when another one has it.
        """
        path, disk, clock = Path(path), disk or SystemDisk(), clock or SystemClock()
        try:
            disk.make_folder(path, private=True)
        except FileExistsError:
            raise _no_folder(path) from None
        except OSError as error:
            raise _unusable(path, error) from error
        names = _names_to_take(disk, path)
        try:
            lock = disk.lock(path / _LOCK, "footfall collector")
        except OSError as error:
            raise _unusable(path, error) from error
        if MARKER in names:
            # Somebody may have begun to change the folder before it was locked.
            try:
                _check_marker(disk, path)
            except DataFolderError:
                lock.close()
                raise
        else:
            try:
                write_marker(disk, path, FolderMarker(DATA_FOLDER, format_us(clock.now_us())))
            except OSError as error:
                lock.close()
                raise _unusable(path, error) from error
        return cls(path, lock)

    @classmethod
    def check(cls, path: str | Path, *, disk: Disk | None = None) -> DataFolder:
        """Raise what `open` would raise after an upgrade, and change nothing. The folder may be missing."""
        path, disk = Path(path), disk or SystemDisk()
        try:
            names = _names_to_take(disk, path, is_upgrade=True)
        except FileNotFoundError:
            names = set()
        if _LOCK in names:
            try:
                disk.lock(path / _LOCK, "footfall serve --check").close()
            except OSError as error:
                raise _unusable(path, error) from error
        if not may_be_written(path):
            raise _unusable(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
        folder = cls(path)
        if MARKER in names:
            marker = read_marker(disk, path)
            folder.is_current = marker.footfall == DATA_FOLDER and marker.switch is None
        return folder

    @classmethod
    def read(cls, path: str | Path, *, disk: Disk | None = None) -> DataFolder:
        """Use a folder to read from it, also while a collector has it. Raises DataFolderError."""
        path, disk = Path(path), disk or SystemDisk()
        names = _names_in_ours(disk, path)
        _refuse_lost_journal(path, names)
        if JOURNAL not in names:
            raise DataFolderError(path, "has no journal yet; start `footfall serve --data` with it first")
        return cls(path)

    @classmethod
    def beside(
        cls, path: str | Path, *, make: bool = False, disk: Disk | None = None, clock: Clock | None = None
    ) -> DataFolder:
        """Use the control store of a folder, which needs no lock: also while a collector has the folder.

        With `make` the folder is made if it is missing. Raises DataFolderError.
        """
        path, disk = Path(path), disk or SystemDisk()
        try:
            _names_in_ours(disk, path)
        except DataFolderError:
            if not make:
                raise
            with suppress(DataFolderHeldError):  # whoever has it is making it
                cls.open(path, disk=disk, clock=clock).close()
        return cls(path)

    @classmethod
    def change(cls, path: str | Path, command: str, *, remedy: str, disk: Disk | None = None) -> DataFolder:
        """Take an existing folder to change what is in it, as `command` (its name is shown to whoever wants it next).

        Raises DataFolderError, and DataFolderHeldError with `remedy` when a collector or another command has it.
        """
        path, disk = Path(path), disk or SystemDisk()
        cls.read(path, disk=disk)
        try:
            return cls(path, disk.lock(path / _LOCK, command))
        except DataFolderHeldError as error:
            raise DataFolderHeldError(path, error.pid, error.holder, remedy=remedy) from None
        except OSError as error:
            raise _unusable(path, error) from error

    @classmethod
    def upgrade(cls, path: str | Path, command: str, *, disk: Disk | None = None) -> DataFolder:
        """Take an existing folder of this or an earlier format to upgrade it, as `command`.

        Raises DataFolderError, and DataFolderHeldError.
        """
        path, disk = Path(path), disk or SystemDisk()
        _names_in_ours(disk, path, is_upgrade=True)
        try:
            return cls(path, disk.lock(path / _LOCK, command))
        except OSError as error:
            raise _unusable(path, error) from error

    def close(self) -> None:
        """Let go of the lock. Closing twice is no error."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _names_to_take(disk: Disk, path: Path, *, is_upgrade: bool = False) -> set[str]:
    """The names in a folder that is footfall's, or empty and may become so. A missing one is a FileNotFoundError."""
    try:
        names = {entry.name for entry in disk.list(path)}
    except FileNotFoundError:
        raise
    except NotADirectoryError:
        raise _no_folder(path) from None
    except OSError as error:
        raise _unusable(path, error) from error
    if MARKER in names:
        _check_marker(disk, path, is_upgrade=is_upgrade)
        _refuse_lost_journal(path, names)
    elif names - _BEGUN:
        raise DataFolderError(path, "is not footfall's and not empty; name a new or an empty folder")
    return names


def _refuse_lost_journal(path: Path, names: set[str]) -> None:
    """Raise DataFolderError where a new journal would make what is there count for nothing, and store it again."""
    if JOURNAL not in names and names & _BESIDE_A_JOURNAL:
        raise DataFolderError(
            path, f"lost its {JOURNAL}, without which its other files count for nothing; restore a backup by"
            " `footfall restore BACKUP --data NEW`",
        )  # fmt: skip


def _no_folder(path: Path) -> DataFolderError:
    return DataFolderError(path, "is a file; name a folder, or one that does not exist yet")


def _names_in_ours(disk: Disk, path: Path, *, is_upgrade: bool = False) -> set[str]:
    """The names in a folder that is footfall's."""
    try:
        names = {entry.name for entry in disk.list(path)}
    except FileNotFoundError:
        raise DataFolderError(path, "does not exist; start `footfall serve --data` with it first") from None
    except NotADirectoryError:
        raise DataFolderError(path, "is a file; name the folder that a collector writes") from None
    except OSError as error:
        raise DataFolderError(
            path, f"cannot be read ({error.strerror}); run this command as the user that the collector runs as"
        ) from error  # fmt: skip
    if BACKUPS_MARKER in names:
        raise DataFolderError(path, "is a folder of backups; name one of the folders in it")
    if MARKER not in names:
        raise DataFolderError(path, "is not footfall's (it has no footfall.json); name the folder of a collector")
    _check_marker(disk, path, is_upgrade=is_upgrade)
    return names


def _check_marker(disk: Disk, path: Path, *, is_upgrade: bool = False) -> None:
    """Raise DataFolderError for a newer format and, but for an upgrade, for an older or a half changed one."""
    marker = read_marker(disk, path)
    if marker.footfall > DATA_FOLDER:
        raise DataFolderError(
            path, f"was written by a newer footfall (format {marker.footfall}, this one knows {DATA_FOLDER}); upgrade"
        )
    if is_upgrade:
        return
    command = f"footfall upgrade --data {shlex.quote(str(path))}"
    if marker.switch is not None:
        undo = "" if marker.switch.is_upgrade else " --undo"
        raise DataFolderError(path, f"is half changed; finish that by `{command}{undo}`")
    if marker.footfall < DATA_FOLDER:
        raise DataFolderError(
            path, f"has format {marker.footfall} of an earlier footfall; bring it to {DATA_FOLDER} by `{command}`"
        )


def _unusable(path: Path, error: OSError) -> DataFolderError:
    return DataFolderError(path, f"cannot be written ({error.strerror}); make it writable, or choose another folder")
