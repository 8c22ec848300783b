"""FileTransport: appends messages to a file as JSON lines, and is done when they are on the disk."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import IO

from footfall.disk import Disk, SystemDisk
from footfall.errors import UnreachableError, UsageError
from footfall.events import Answer, Batch

__all__ = ["FileTransport"]


class FileTransport:
    """Writes one message a line, with one fsync a batch; `sentAt` is not written, as nothing was sent yet.

    The file is made, for its owner alone, if it is missing; its folder is not: a slip in a path must not scatter
    events. A batch that could not be written whole is taken back, so that a full disk leaves no torn line. How many
    hits of a web integration were not counted is not written.

    Raises UsageError when the folder is not there.
    """

    def __init__(self, path: str | Path, *, disk: Disk | None = None) -> None:
        self._path = Path(path)
        self._disk = disk or SystemDisk()
        folder = self._path.parent
        try:
            self._disk.list(folder)
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(f"{self._path}: there is no folder {folder}; make it first, or mend the path") from None
        except OSError:
            pass  # one that may be written to but not listed

    def send(self, batch: Batch) -> Answer:
        lines = b"".join(b"%b\n" % message for message in batch.messages)
        try:
            torn = self._ends_torn()
            with self._disk.open(self._path, "append") as file:
                self._append(file, b"\n" + lines if torn else lines)
        except OSError as error:
            raise UnreachableError(f"{self._path}: cannot be written: {error.strerror or error}") from error
        return Answer(len(batch.messages))

    def close(self) -> None:
        """The file is closed after each batch."""

    async def send_async(self, batch: Batch) -> Answer:
        # An fsync would stop the loop.
        return await asyncio.to_thread(self.send, batch)

    async def close_async(self) -> None:
        """The file is closed after each batch."""

    def _append(self, file: IO[bytes], lines: bytes) -> None:
        start = file.seek(0, os.SEEK_END)
        try:
            file.write(lines)
            self._disk.sync(file)
        except OSError:
            file.truncate(start)
            raise

    def _ends_torn(self) -> bool:
        """Whether the last line was never finished: the process, or the power, ended inside of it."""
        try:
            with self._disk.open(self._path, "read") as file:
                size = file.seek(0, os.SEEK_END)
                if size == 0:
                    return False
                file.seek(size - 1)
                return file.read(1) != b"\n"
        except FileNotFoundError:
            return False
