"""Messages in a file: one a line, on the disk when they are acknowledged, and never a torn one."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

import pytest

from footfall.delivery import FileTransport
from footfall.disk import Mode, SystemDisk
from footfall.errors import UnreachableError, UsageError
from footfall.events import Answer, Batch

BATCH = Batch((b'{"event":"a"}', b'{"event":"b"}'), "2026-03-01T10:00:00.000000Z")
LINES = b'{"event":"a"}\n{"event":"b"}\n'


class FailingDisk(SystemDisk):
    """A disk that is full: it takes `room` bytes of a batch, or does not sync."""

    def __init__(self, room: int | None) -> None:
        self.room = room
        self.synced = 0

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        file = super().open(path, mode)
        if mode == "append" and self.room is not None:
            raw = file.detach()  # type: ignore[attr-defined]  # a buffered file
            return Narrow(raw, self.room)
        return file

    def sync(self, file: IO[bytes]) -> None:
        if self.room is not None:
            raise OSError(28, "No space left on device")
        self.synced += 1
        super().sync(file)


class Narrow(io.BufferedWriter):
    def __init__(self, raw: io.RawIOBase, room: int) -> None:
        super().__init__(raw)
        self.room = room

    def write(self, data: bytes) -> int:  # type: ignore[override]  # only bytes come here
        super().write(data[: self.room])
        self.flush()
        raise OSError(28, "No space left on device")


def test_each_message_is_a_line_and_each_batch_one_sync(tmp_path: Path) -> None:
    disk = FailingDisk(None)
    transport = FileTransport(tmp_path / "events.jsonl", disk=disk)

    assert transport.send(BATCH) == Answer(2)
    assert transport.send(BATCH) == Answer(2)

    assert (tmp_path / "events.jsonl").read_bytes() == LINES * 2
    assert disk.synced == 2


def test_a_line_that_an_earlier_process_left_unfinished_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event":"torn')

    FileTransport(path).send(BATCH)

    assert path.read_bytes() == b'{"event":"torn\n' + LINES


def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(LINES)
    disk = FailingDisk(room=5)

    with pytest.raises(UnreachableError, match="No space left"):
        FileTransport(path, disk=disk).send(BATCH)

    assert path.read_bytes() == LINES


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="cannot be written"):
        FileTransport(tmp_path).send(BATCH)


def test_a_folder_that_is_not_there_is_told_at_once_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        FileTransport(tmp_path / "new" / "events.jsonl")
    assert list(tmp_path.iterdir()) == []

    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="there is no folder"):
        FileTransport(tmp_path / "file" / "events.jsonl")


def test_a_folder_that_goes_away_later_costs_nothing_but_a_wait(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    transport = FileTransport(folder / "events.jsonl")
    folder.rmdir()

    with pytest.raises(UnreachableError, match="cannot be written"):
        transport.send(BATCH)
