"""Disk: the only place that footfall's own files are opened, synced, renamed and locked.

SQLite, DuckDB and Parquet do their own reading and writing; a fault test reaches SQLite's through apsw's VFS.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Literal, Protocol

from footfall.errors import DataFolderHeldError, PlatformError

try:
    import fcntl
except ImportError:  # Windows; what needs no lock works there too
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "BOM",
    "Disk",
    "Lock",
    "Mode",
    "SystemDisk",
    "is_open_to_others",
    "may_be_written",
    "read_text_file",
    "replace_file",
]

Mode = Literal["read", "write", "append"]

BOM = b"\xef\xbb\xbf"
"""The byte order mark in UTF-8, which some editors put before a text."""

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

    def replacing(self, path: Path, *, private: bool = False) -> AbstractContextManager[IO[bytes]]:
        """A new content for `path`: a reader, or a power cut, sees the old file or the new one and nothing between.

        A link is followed, and the file that it names is replaced. A file keeps its mode and owner; a new `private` one
        is its owner's alone. A pipe, a device, and a file with several names are written in place. An error inside the
        block leaves the old file as it was.
        """
        ...

    def lock(self, path: Path, holder: str) -> Lock:
        """Take an exclusive lock on `path` and write our process id and `holder` into it.

        Raises DataFolderHeldError, with the holder's process id, when another process has it, and PlatformError where
        there are no such locks.
        """
        ...

    def list(self, folder: Path) -> list[Path]:
        """The files and folders in a folder, sorted, links to them and links that lead nowhere too.

        Pipes, sockets and devices are left out: reading one may never end.
        """
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

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        before = _status(path)
        if before is not None and (not stat.S_ISREG(before.st_mode) or before.st_nlink > 1):
            with path.open("wb") as stream:
                yield stream
            return
        target = Path(os.path.realpath(path))
        draft = target.with_name(f".{target.name}.draft")
        draft.unlink(missing_ok=True)
        # Made anew and never through a link: a draft that somebody else put there is not written into.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(draft, flags, 0o600 if private or before is not None else 0o666)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                if before is not None:
                    _keep_owner_and_mode(descriptor, before)
                self.sync(file)
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)

    def lock(self, path: Path, holder: str) -> Lock:
        if fcntl is None:
            raise PlatformError(holder, sys.platform)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
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
        return sorted(child for child in folder.iterdir() if _has_an_end(child))

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def make_folder(self, path: Path, *, private: bool = False) -> None:
        path.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)


def read_text_file(disk: Disk, path: Path) -> bytes:
    """The bytes of a file of text, JSON or YAML, without a byte order mark. Raises OSError."""
    with disk.open(path, "read") as file:
        return file.read().removeprefix(BOM)


def replace_file(disk: Disk, path: Path, content: bytes) -> None:
    """Write a whole file so that a reader, or a power cut, sees the old one or the new one and nothing between."""
    with disk.replacing(path) as file:
        file.write(content)


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


def _has_an_end(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return True  # opening it tells why it cannot be read
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _status(path: Path) -> os.stat_result | None:
    """What a path leads to, through links; None where nothing is there yet."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _keep_owner_and_mode(descriptor: int, before: os.stat_result) -> None:
    if not hasattr(os, "fchown"):
        return  # Windows has neither
    with suppress(PermissionError):  # only root may give a file away
        os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # a folder is no file there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
