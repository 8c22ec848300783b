"""MemoryDisk: files in memory, and what is left of them after a power cut."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from footfall.disk import FileLock, Mode
from footfall.errors import DataFolderHeldError

__all__ = ["MemoryDisk"]


class MemoryDisk:
    """A Disk that keeps everything in memory.

    What was written is there for every reader at once, as in an operating system's cache. `power_cut()` leaves what was
    synced, and what was renamed, and takes the rest, and every lock.
    """

    def __init__(self) -> None:
        self._folders: set[Path] = {Path("/")}
        self._files: dict[Path, bytes] = {}
        self._synced: dict[Path, bytes] = {}
        self._locks: dict[Path, str] = {}

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        if path in self._folders:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if mode == "read":
            return io.BytesIO(self._content(path))
        if path.parent not in self._folders:
            raise _missing(path.parent)
        if mode == "write":
            self._files[path] = b""
        return _Writing(self, path, self._files.setdefault(path, b""), at_start=mode == "update")

    def sync(self, file: IO[bytes]) -> None:
        if not isinstance(file, _Writing):
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        file.flush()
        self._synced[file.path] = self._files[file.path]

    def uncache(self, file: IO[bytes]) -> None:
        """See Disk. There is no other place to read from."""

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:  # noqa: ARG002 - as below
        if path in self._folders:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if path.parent not in self._folders:
            raise _missing(path.parent)
        draft = io.BytesIO()
        yield draft
        self._files[path] = self._synced[path] = draft.getvalue()

    def lock(self, path: Path, holder: str) -> FileLock:
        """See Disk. Everybody is one process here, so a second lock on a path is always refused."""
        if path.parent not in self._folders:
            raise _missing(path.parent)
        if path in self._locks:
            raise DataFolderHeldError(path.parent, os.getpid(), self._locks[path])
        self._locks[path] = holder
        self._files.setdefault(path, b"")
        return _Held(self._locks, path)

    def list(self, folder: Path) -> list[Path]:
        if folder in self._files:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        if folder not in self._folders:
            raise _missing(folder)
        inside = {path for path in (*self._files, *self._folders) if path.parent == folder and path != folder}
        return sorted(inside)

    def remove(self, path: Path) -> None:
        self._files.pop(path, None)
        self._synced.pop(path, None)

    def make_folder(self, path: Path, *, private: bool = False) -> None:  # noqa: ARG002 - nobody else is here
        if path in self._files:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        self._folders.update((path, *path.parents))

    def power_cut(self) -> None:
        """Lose what was not synced, and every lock."""
        self._files = dict(self._synced)
        self._locks.clear()

    def _content(self, path: Path) -> bytes:
        if path not in self._files:
            raise _missing(path)
        return self._files[path]

    def keep(self, path: Path, content: bytes) -> None:
        """Take what an open file was flushed with."""
        self._files[path] = content


class _Writing(io.BytesIO):
    """An open file: what is flushed, or closed, is there for readers."""

    def __init__(self, disk: MemoryDisk, path: Path, content: bytes, *, at_start: bool = False) -> None:
        super().__init__()
        self.path = path
        self._disk = disk
        self.write(content)
        if at_start:
            self.seek(0)

    def flush(self) -> None:
        self._disk.keep(self.path, self.getvalue())

    def close(self) -> None:
        if not self.closed:
            self.flush()
        super().close()


class _Held:
    def __init__(self, locks: dict[Path, str], path: Path) -> None:
        self._locks = locks
        self._path: Path | None = path

    def close(self) -> None:
        if self._path is not None:
            self._locks.pop(self._path, None)
            self._path = None


def _missing(path: Path) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
