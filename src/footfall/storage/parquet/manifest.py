"""The manifest: a file of JSON lines that is only appended to, each a step of the warehouse with its checksum.

A line that lies after those that count is as if it had never been: the next step takes its place.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from footfall.disk import Disk, read_whole
from footfall.errors import WarehouseError
from footfall.storage.warehouse import ManifestStep, SealedFile

__all__ = ["LARGEST_MANIFEST", "REPLACED", "Manifest", "open_file"]

REPLACED = "replaced"
"""The folder beside the warehouse for files that are not live any more, and still read."""

LARGEST_MANIFEST = 1 << 30
"""Bytes of a manifest that is read; a million files have less."""
_REMEDY = "restore it from a backup; `footfall verify` says which files are there"


class _Line(msgspec.Struct):
    """`crc` is the CRC-32 of the bytes of `step`, in hex."""

    crc: str
    step: msgspec.Raw


_read_line = msgspec.json.Decoder(_Line).decode
_read_step = msgspec.json.Decoder(ManifestStep).decode


class Manifest:
    """The manifest at a path. A missing file has no step."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk

    def append(self, step: ManifestStep, steps: int) -> int:
        """See Warehouse."""
        try:
            start = len(b"\n".join([*self._lines(steps), b""]))
            if not self._exists():
                with self._disk.replacing(self._path, private=True):
                    pass  # its name is on the disk before its first line is
            with self._disk.open(self._path, "update") as file:
                file.seek(start)
                file.truncate()
                file.write(_line(step))
                self._disk.sync(file)
        except OSError as error:
            raise self._unusable("written", error) from error
        return steps + 1

    def steps(self, number: int, damaged: Callable[[int, str], None] | None = None) -> list[ManifestStep]:
        """See Warehouse. A step is a line."""
        try:
            lines = self._lines(number)
        except OSError as error:
            raise self._unusable("read", error) from error
        steps = []
        for position, line in enumerate(lines, 1):
            try:
                steps.append(_checked(line))
            except ValueError as error:  # msgspec's own errors are ValueErrors
                if damaged is None:
                    raise WarehouseError(f"{self._path}:{position}: {error}; {_REMEDY}") from error
                damaged(position, str(error))
        return steps

    def _exists(self) -> bool:
        return self._path in self._disk.list(self._path.parent)

    def _lines(self, number: int) -> list[bytes]:
        """The first `number` lines, without their ends. Raises OSError, and WarehouseError where there are fewer."""
        try:
            with self._disk.open(self._path, "read") as file:
                lines = read_whole(file, self._path, most=LARGEST_MANIFEST).split(b"\n")[:-1]
        except FileNotFoundError:
            lines = []
        if len(lines) < number:
            raise WarehouseError(f"{self._path}: has {len(lines)} of {number} lines; {_REMEDY}")
        return lines[:number]

    def _unusable(self, what: str, error: OSError) -> WarehouseError:
        return WarehouseError(f"{self._path}: cannot be {what} ({error.strerror or error})")


def _line(step: ManifestStep) -> bytes:
    text = msgspec.json.encode(step)
    return msgspec.json.encode(_Line(_checksum(text), msgspec.Raw(text))) + b"\n"


def _checked(line: bytes) -> ManifestStep:
    """The step of a line. Raises ValueError."""
    entry = _read_line(line)
    if entry.crc != _checksum(bytes(entry.step)):
        raise ValueError("the line was changed after it was written")
    return _read_step(entry.step)


def _checksum(text: bytes) -> str:
    return f"{zlib.crc32(text):08x}"


def open_file(folder: Path, disk: Disk, file: SealedFile) -> IO[bytes]:
    """A file that is open; a reader may have begun before it was replaced. Raises OSError."""
    try:
        return disk.open(folder / file.name, "read")
    except FileNotFoundError:
        return disk.open(folder.with_name(REPLACED) / file.name, "read")
