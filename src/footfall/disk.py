"""Disk: the only place that footfall's own files are opened, synced, renamed and locked.

SQLite, DuckDB and Parquet do their own reading and writing; a fault test reaches SQLite's through apsw's VFS.
"""

from __future__ import annotations

import errno
import os
import select
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
    "DEEPEST",
    "LARGEST_FILE",
    "Disk",
    "FileLock",
    "Mode",
    "SystemDisk",
    "read_file",
    "read_text_file",
    "read_whole",
    "replace_file",
]

Mode = Literal["read", "write", "append", "update"]

BOM = b"\xef\xbb\xbf"
"""The byte order mark in UTF-8, which some editors put before a text."""

LARGEST_FILE = 64 << 20
"""Bytes of a file that is read as a whole: more is no plan, and a device has no end."""

DEEPEST = 64
"""How many folders in one another are looked into: more are nobody's plan or code, and each call has its price."""

_MODES: dict[Mode, Literal["rb", "wb", "ab"]] = {"read": "rb", "write": "wb", "append": "ab"}
_FLAGS: dict[Mode, int] = {
    "read": os.O_RDONLY,
    "write": os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    "append": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
}
# To open a pipe whose other end nobody has would wait for ever. Windows has no such pipes.
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_LINKS = 40  # in a row, as many as Linux follows
_FIRST_BYTE_MS = 1000  # that a program has to open a pipe that we read, and to begin to write into it


class FileLock(Protocol):
    """A lock that this process has. Closing it, or the end of the process, releases it."""

    def close(self) -> None: ...


class Disk(Protocol):
    """Files and folders. Every method raises OSError as the operating system does."""

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        """Open a file; `write` starts it anew, `append` makes it, for its owner alone, if it is missing.

        `update` reads and writes in place what is there. It makes a missing file for its owner alone, whatever the
        umask, and follows no link. A pipe that nobody writes into has no content, and one that nobody reads raises
        OSError.
        """
        ...

    def sync(self, file: IO[bytes]) -> None:
        """Return once what was written to `file` is on the disk (fsync)."""
        ...

    def uncache(self, file: IO[bytes]) -> None:
        """Have what is read next of a synced file come from the disk and not from memory, where the system can."""
        ...

    def replacing(self, path: Path, *, private: bool = False) -> AbstractContextManager[IO[bytes]]:
        """A new content for `path`: a reader, or a power cut, sees the old file or the new one and nothing between.

        A link is followed, and the file that it names is replaced; but a link that another user put into a folder where
        everybody may write, as /tmp is, raises PermissionError. A file keeps its mode and owner; but a `private` one is
        always its owner's alone. A pipe, a device, and a file with several names are written in place. An error inside
        the block leaves the old file as it was.
        """
        ...

    def lock(self, path: Path, holder: str) -> FileLock:
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
        """Make a folder and its parents, on the disk as this returns; an existing one is no error.

        A `private` one is its owner's alone.
        """
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
        if mode == "update":
            return _open_private(path)
        return _opened(path, mode, 0o600 if mode == "append" else 0o666)

    def sync(self, file: IO[bytes]) -> None:
        file.flush()
        os.fsync(file.fileno())

    def uncache(self, file: IO[bytes]) -> None:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        _refuse_foreign_links(path)
        before = _status(path)
        if before is not None and (not stat.S_ISREG(before.st_mode) or before.st_nlink > 1):
            with _opened(path, "write", 0o600) as stream:
                if private and stat.S_ISREG(before.st_mode):
                    os.fchmod(stream.fileno(), 0o600)
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
                    keep_owner_and_mode(descriptor, before, private=private)
                self.sync(file)
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)

    def lock(self, path: Path, holder: str) -> FileLock:
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
        new = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
        for folder in new:
            sync_folder(folder.parent)


def read_file(disk: Disk, path: Path, *, most: int = LARGEST_FILE) -> bytes:
    """The bytes of a whole file. Raises OSError, also for one of more than `most` bytes."""
    with disk.open(path, "read") as file:
        return read_whole(file, path, most=most)


def read_whole(file: IO[bytes], path: Path, *, most: int = LARGEST_FILE) -> bytes:
    """The rest of an open file, as `read_file` gives it."""
    content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most:,} bytes", str(path))
    return content


def read_text_file(disk: Disk, path: Path) -> bytes:
    """The bytes of a file of text, JSON or YAML, without a byte order mark. Raises OSError as `read_file` does."""
    return read_file(disk, path).removeprefix(BOM)


def replace_file(disk: Disk, path: Path, content: bytes) -> None:
    """Write a whole file so that a reader, or a power cut, sees the old one or the new one and nothing between."""
    with disk.replacing(path) as file:
        file.write(content)


def _opened(path: Path, mode: Mode, access: int) -> IO[bytes]:
    def without_waiting(name: str, _: int) -> int:
        flags = _FLAGS[mode] | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(name, flags | _NO_WAIT, access)
        if _NO_WAIT:
            if mode == "read" and stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                _wait_for_content(descriptor)
            os.set_blocking(descriptor, True)
        return descriptor

    return open(path, _MODES[mode], opener=without_waiting)


def _wait_for_content(pipe: int) -> None:
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    poll.poll(_FIRST_BYTE_MS)


def _refuse_foreign_links(path: Path) -> None:
    """Follow no link that another user put where everybody may write: it would choose the file that we replace.

    The kernel refuses to open through such a link (fs.protected_symlinks); we resolve it without opening it.
    """
    if not hasattr(os, "geteuid"):
        return  # Windows
    for _ in range(_LINKS):
        try:
            link, folder = path.lstat(), path.parent.stat()
        except OSError:
            return  # what is wrong with it is said where it is opened
        if not stat.S_ISLNK(link.st_mode):
            return
        is_shared = folder.st_mode & stat.S_ISVTX and folder.st_mode & stat.S_IWOTH
        if is_shared and link.st_uid not in (os.geteuid(), folder.st_uid):
            raise PermissionError(errno.EACCES, "it is another user's link in a folder that all share", str(path))
        path = path.parent / path.readlink()


def _open_private(path: Path) -> IO[bytes]:
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        descriptor = os.open(path, flags)
    else:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)  # a umask may have taken more
    return os.fdopen(descriptor, "r+b")


def _has_an_end(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return True  # opening it says why it cannot be read
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _status(path: Path) -> os.stat_result | None:
    """What a path leads to, through links; None where nothing is there yet."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def keep_owner_and_mode(descriptor: int, before: os.stat_result, *, private: bool) -> None:
    if not hasattr(os, "fchown"):
        return  # Windows has neither
    with suppress(PermissionError):  # only root may give a file away
        os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, 0o600 if private else stat.S_IMODE(before.st_mode))


def sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # a folder is no file there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
