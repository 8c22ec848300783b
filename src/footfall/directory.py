"""Directory: names in a folder that change in one step, and who may read or write there; beside the plain disk."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from footfall.disk import keep_owner_and_mode, sync_folder

__all__ = ["Directory", "SystemDirectory", "give_owner", "give_owner_and_mode", "is_open_to_others", "may_be_written"]


class Directory(Protocol):
    """The names in one folder, and in folders in it (`folder/file`).

    A change is on the disk when its call returns. Every method raises OSError.
    """

    def free(self) -> int:
        """How many bytes there is room for."""
        ...

    def target(self, name: str) -> str | None:
        """What `name` is a link to; None where it is no link, or nothing."""
        ...

    def point(self, name: str, to: str) -> None:
        """Make `name` a link to `to`, in one step, whatever it was."""
        ...

    def move(self, name: str, to: str) -> None:
        """Give a file another name, in one step, whatever had that name."""
        ...

    def link(self, name: str, file: Path) -> None:
        """Make `name` one more name of a file of the same file system; it is on the disk after `sync`."""
        ...

    def remove(self, names: Sequence[str]) -> None:
        """Remove files; missing ones are no error."""
        ...

    def remove_folder(self, name: str) -> None:
        """Remove a folder and all in it; a missing one is no error. A link in it goes, what it leads to stays."""
        ...

    def sync(self, name: str = "") -> None:
        """Return once the names of all files in it, or in the folder `name` in it, are on the disk."""
        ...


class SystemDirectory:
    """A folder of the machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def free(self) -> int:
        status = os.statvfs(self._path)
        return status.f_bavail * status.f_frsize

    def target(self, name: str) -> str | None:
        path = self._path / name
        return str(path.readlink()) if path.is_symlink() else None

    def point(self, name: str, to: str) -> None:
        draft = self._path / f".{name}.draft"
        draft.unlink(missing_ok=True)
        draft.symlink_to(to)
        draft.replace(self._path / name)
        sync_folder(self._path)

    def move(self, name: str, to: str) -> None:
        source, target = self._path / name, self._path / to
        source.replace(target)
        for folder in {target.parent, source.parent}:
            sync_folder(folder)

    def link(self, name: str, file: Path) -> None:
        (self._path / name).hardlink_to(file)

    def remove(self, names: Sequence[str]) -> None:
        for name in names:
            (self._path / name).unlink(missing_ok=True)
        sync_folder(self._path)

    def remove_folder(self, name: str) -> None:
        with suppress(FileNotFoundError):
            shutil.rmtree(self._path / name)
        sync_folder(self._path)

    def sync(self, name: str = "") -> None:
        sync_folder(self._path / name)


def is_open_to_others(file: IO[bytes]) -> bool:
    """Whether other users of the machine may read a file that is open; False where it is no file of the system."""
    try:
        mode = os.fstat(file.fileno()).st_mode
    except OSError:
        return False
    return os.name == "posix" and stat.S_ISREG(mode) and bool(mode & (stat.S_IRGRP | stat.S_IROTH))


def may_be_written(folder: Path) -> bool:
    """Whether this process may make files in a folder or, where it is missing, make the folder."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def give_owner_and_mode(file: IO[bytes], like: Path) -> None:
    """Give an open file the owner, where we may, and the mode of the file at `like`. Raises OSError."""
    keep_owner_and_mode(file.fileno(), like.stat(), private=False)


def give_owner(path: Path, like: Path) -> None:
    """Give a file or folder the owner of another, where we may. Raises OSError."""
    if hasattr(os, "chown"):
        owner = like.stat()
        with suppress(PermissionError):  # only root may give a file away
            os.chown(path, owner.st_uid, owner.st_gid)
