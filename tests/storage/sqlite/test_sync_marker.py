"""The marker of a failed sync is good for one boot, and needs no room when the disk is full."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import IO

import pytest

from footfall.disk import Mode, SystemDisk
from footfall.storage.sqlite.sync_marker import SyncMarker, boot_id
from footfall.storage.store import Acknowledged, FailedSync
from footfall.testing import MemoryDisk

JOURNAL = Path("/data/journal.db")
FAILURE = FailedSync("2026-11-29T10:00:00Z", "disk I/O error", acknowledged=Acknowledged(1, 9, 7, 2**32 - 1))


@pytest.fixture
def disk() -> MemoryDisk:
    disk = MemoryDisk()
    disk.make_folder(JOURNAL.parent)
    return disk


@pytest.mark.parametrize(
    ("written", "read", "counts"),
    [("one", "one", True), ("one", "two", False), ("", "two", True), ("one", "", True), ("", "", True)],
)
def test_a_failure_counts_unless_the_machine_was_surely_started_anew(
    disk: MemoryDisk, written: str, read: str, counts: bool
) -> None:
    failure = SyncMarker(JOURNAL, disk=disk, boot=written).write(FAILURE)

    assert SyncMarker(JOURNAL, disk=disk, boot=read).read() == (failure if counts else None)
    assert (failure.boot, failure.acknowledged) == (written, FAILURE.acknowledged)


def test_nothing_counts_before_a_failure_and_after_it_was_cleared(disk: MemoryDisk) -> None:
    marker = SyncMarker(JOURNAL, disk=disk, boot="one")
    states = [marker.read()]
    marker.reserve()
    states.append(marker.read())
    marker.write(FAILURE)
    marker.reserve()
    assert marker.read() is not None
    marker.clear()
    states.append(marker.read())

    assert states == [None, None, None]


def test_the_file_has_one_size_whatever_it_says(tmp_path: Path) -> None:
    marker = SyncMarker(tmp_path / "journal.db", boot="one")
    sizes = []
    for change in (marker.reserve, lambda: marker.write(FAILURE), marker.clear):
        change()
        sizes.append((tmp_path / "journal.sync").stat().st_size)

    assert sizes == [4096] * 3


def test_a_marker_that_cannot_be_read_counts(disk: MemoryDisk) -> None:
    with disk.open(JOURNAL.with_suffix(".sync"), "write") as file:
        file.write(b"\x00 torn")

    failure = SyncMarker(JOURNAL, disk=disk, boot="one").read()

    assert failure is not None
    assert "cannot be read" in failure.reason


class UnreadableDisk(SystemDisk):
    """Opens nothing, with the error of a number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        raise OSError(self.number, os.strerror(self.number), str(path))


@pytest.mark.parametrize(("number", "counts"), [(errno.EIO, True), (errno.ENOENT, False), (errno.EACCES, False)])
def test_a_marker_that_a_failing_disk_does_not_show_counts(number: int, counts: bool) -> None:
    assert (SyncMarker(JOURNAL, disk=UnreadableDisk(number), boot="one").read() is not None) == counts


def test_this_machine_has_a_boot_id_or_none_and_it_stays() -> None:
    assert boot_id(SystemDisk()) == boot_id(SystemDisk())
    assert boot_id(MemoryDisk()) in ("", boot_id(SystemDisk()))
