"""Generations: the backups in one folder, each a data folder that is complete, from the oldest to the newest.

A generation is named by its number and its time, `000012-2026-11-30T02-00-00Z`: the number keeps the order also where
the clock does not. One that is being written is `.draft`, so a backup that was cut short is none.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from footfall.directory import Directory, SystemDirectory
from footfall.disk import Disk
from footfall.errors import DataFolderError, DataFolderHeldError
from footfall.storage.marker import BACKUPS_MARKER
from footfall.timestamps import format_us

__all__ = ["Generations", "unwritable"]

_LOCK = "footfall.lock"
_DRAFT = ".draft"
_NAME = re.compile(r"(\d{6,})-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")
# What a first backup that was cut short leaves behind.
_BEGUN = {_LOCK, f".{BACKUPS_MARKER}.draft"}
_MAKE_WRITABLE, _MAKE_ROOM = "make it writable for this user, or ", "make room there, or "
_REMEDIES = {
    errno.EACCES: _MAKE_WRITABLE, errno.EPERM: _MAKE_WRITABLE, errno.EROFS: _MAKE_WRITABLE,
    errno.ENOSPC: _MAKE_ROOM, errno.EDQUOT: _MAKE_ROOM,
}  # fmt: skip


class Generations:
    """The generations in a folder. `directory` is the folder as its names are changed."""

    def __init__(self, path: Path, *, disk: Disk, directory: Directory | None = None) -> None:
        self.path = path
        self._disk = disk
        self._directory = directory or SystemDirectory(path)

    @property
    def draft(self) -> Path:
        """Where the next generation is written."""
        return self.path / _DRAFT

    def all(self) -> list[Path]:
        """The generations, the newest last; none where the folder is missing or has none. Raises DataFolderError."""
        try:
            names = {path.name for path in self._disk.list(self.path)}
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise DataFolderError(
                self.path, f"cannot be read ({error.strerror}); make it readable for this user"
            ) from error
        return [self.path / name for name in sorted(filter(_NAME.fullmatch, names), key=_number)]

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Make the folder, or take the one that is there, and keep other backups out of it.

        Raises DataFolderError where it is not ours or cannot be written, DataFolderHeldError where another backup runs.
        """
        try:
            self._disk.make_folder(self.path, private=True)
            names = {path.name for path in self._disk.list(self.path)}
            if BACKUPS_MARKER not in names and names - _BEGUN:
                raise DataFolderError(self.path, "is not empty and has no backups; name a new or an empty folder")
            lock = self._disk.lock(self.path / _LOCK, "footfall backup")
        except (FileExistsError, NotADirectoryError):
            raise DataFolderError(self.path, "is a file; name a folder, or one that does not exist yet") from None
        except DataFolderHeldError as error:
            raise DataFolderHeldError(self.path, error.pid, error.holder, remedy="wait for it") from None
        except OSError as error:
            raise unwritable(self.path, error) from error
        try:
            if BACKUPS_MARKER not in names:
                with self._disk.replacing(self.path / BACKUPS_MARKER, private=True) as file:
                    file.write(b'{"footfall_backups": 1}\n')
            self._directory.remove_folder(_DRAFT)
            yield
        except OSError as error:
            raise unwritable(self.path, error) from error
        finally:
            lock.close()

    def publish(self, at: int) -> Path:
        """Make the draft the newest generation, as of the time `at`. Raises OSError."""
        last = max((_number(path.name) for path in self.all()), default=0)
        time = format_us(at).partition(".")[0].replace(":", "-")
        name = f"{last + 1:06d}-{time}Z"
        self._directory.move(_DRAFT, name)
        return self.path / name

    def discard(self) -> None:
        """Remove the draft. Raises OSError."""
        self._directory.remove_folder(_DRAFT)

    def prune(self, keep: int) -> list[Path]:
        """Remove all but the newest `keep` generations; returns those removed. Raises OSError."""
        old = self.all()[:-keep]
        for path in old:
            # Cut short, a removal leaves a draft, and never half a generation.
            self._directory.move(path.name, _DRAFT)
            self._directory.remove_folder(_DRAFT)
        return old


def _number(name: str) -> int:
    return int(name.partition("-")[0])


def unwritable(path: Path, error: OSError) -> DataFolderError:
    """What to say of a folder that an error kept from being written, with the remedy for that error."""
    file = f": {error.filename}" if error.filename and str(error.filename) != str(path) else ""
    remedy = _REMEDIES.get(error.errno or 0, "")
    return DataFolderError(path, f"cannot be written ({error.strerror}{file}); {remedy}name another folder")
