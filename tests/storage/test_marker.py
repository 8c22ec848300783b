"""What the marker of a data folder says, and what an older footfall reads in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.errors import DataFolderError
from footfall.storage.marker import (
    MARKER,
    FolderMarker,
    FolderSwitch,
    Upgraded,
    encode_marker,
    read_marker,
    write_marker,
)
from footfall.testing.disk import MemoryDisk

FOLDER = Path("/data")
SWITCH = FolderSwitch("old", ("b", "a"), {"z": "new/z", "a": "new/a"}, is_upgrade=False)


def disk_with(content: bytes) -> MemoryDisk:
    disk = MemoryDisk()
    disk.make_folder(FOLDER)
    with disk.open(FOLDER / MARKER, "write") as file:
        file.write(content)
    return disk


@pytest.mark.parametrize(
    "marker",
    [
        FolderMarker(1),
        FolderMarker(2, "2026-01-01T00:00:00Z", Upgraded(1, "2026-01-02T00:00:00Z", ("journal.db",), {"received": 3})),
        FolderMarker(2, switch=SWITCH),
    ],
)
def test_a_marker_is_read_as_it_was_written(marker: FolderMarker) -> None:
    disk = disk_with(b"")

    write_marker(disk, FOLDER, marker)
    assert read_marker(disk, FOLDER) == marker


def test_files_come_in_the_order_in_which_the_switch_has_them() -> None:
    switch = read_marker(disk_with(encode_marker(FolderMarker(2, switch=SWITCH))), FOLDER).switch

    assert switch is not None
    assert list(switch.into) == ["z", "a"]


def test_a_folder_at_rest_has_the_format_and_its_beginning_alone() -> None:
    assert (
        encode_marker(FolderMarker(2, "2026-01-01T00:00:00Z"))
        == b'{"footfall":2,"created_at":"2026-01-01T00:00:00Z"}\n'
    )


def test_what_a_newer_footfall_says_is_passed_over() -> None:
    assert read_marker(disk_with(b'{"footfall":99,"moon":[1]}'), FOLDER).footfall == 99


@pytest.mark.parametrize("content", [b"", b"[]", b'{"footfall":"2"}', b'{"created_at":""}', b'{"footfall":0}', b"\xff"])
def test_another_file_of_that_name_is_refused(content: bytes) -> None:
    with pytest.raises(DataFolderError, match=r"has a footfall\.json that is not footfall's; name another folder"):
        read_marker(disk_with(content), FOLDER)
