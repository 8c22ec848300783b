"""Disk: the only place that footfall's own files are opened, synced, renamed and locked.

SQLite, DuckDB and Parquet do their own reading and writing; a fault test reaches SQLite's through apsw's VFS.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Literal, Protocol

from footfall.errors import DataFolderHeldError

__all__ = ["Disk", "Lock", "Mode", "SystemDisk", "replace_file"]

Mode = Literal["read", "write", "append"]

_MODES: dict[Mode, Literal["rb", "wb", "ab"]] = {"read": "rb", "write": "wb", "append": "ab"}


class Lock(Protocol):
    """A held lock. Closing it, or the end of the process, lets it go."""

    def close(self) -> None: ...


class Disk(Protocol):
    """Files and folders. Every method raises OSError as the operating system does."""

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        """Open a file; `write` starts it anew, `append` makes it if it is missing."""
        ...

    def sync(self, file: IO[bytes]) -> None:
        """Return once what was written to `file` is on the disk (fsync)."""
        ...

    def rename(self, source: Path, target: Path) -> None:
        """Put `source` in the place of `target` in one step that survives a power cut."""
        ...

    def lock(self, path: Path, holder: str) -> Lock:
        """Take an exclusive lock on `path` and write our process id and `holder` into it.

        Raises DataFolderHeldError, with the holder's process id, when another process has it.
        """
        ...

    def list(self, folder: Path) -> list[Path]:
        """What stands in a folder, sorted."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file; a missing one is no error."""
        ...

    def make_folder(self, path: Path, *, private: bool = False) -> None:
        """Make a folder and its parents; an existing one is no error. A `private` one is its owner's alone."""
        ...


class _FileLock:
    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class SystemDisk:
    """The machine's file system."""

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        return path.open(_MODES[mode])

    def sync(self, file: IO[bytes]) -> None:
        file.flush()
        os.fsync(file.fileno())

    def rename(self, source: Path, target: Path) -> None:
        source.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def lock(self, path: Path, holder: str) -> Lock:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, _, name = os.read(descriptor, 4096).decode("utf-8", "replace").partition(" ")
            os.close(descriptor)
            raise DataFolderHeldError(path.parent, int(pid) if pid.isdigit() else None, name.strip()) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {holder}\n".encode(), 0)
        return _FileLock(descriptor)

    def list(self, folder: Path) -> list[Path]:
        return sorted(folder.iterdir())

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path, *, private: bool = False) -> None:
        path.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)


def replace_file(disk: Disk, path: Path, content: bytes) -> None:
    """Write a whole file so that a reader, or a power cut, sees the old one or the new one and nothing between."""
    draft = path.with_name(f".{path.name}.draft")
    with disk.open(draft, "write") as file:
        file.write(content)
        disk.sync(file)
    disk.rename(draft, path)
