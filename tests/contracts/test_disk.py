"""Every Disk keeps one contract: the machine's, and the one in memory."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from footfall.disk import Disk, SystemDisk, replace_file
from footfall.errors import DataFolderHeldError
from footfall.testing import MemoryDisk


@pytest.fixture(params=["machine", "memory"])
def disk(request: pytest.FixtureRequest) -> Disk:
    disks: dict[str, Disk] = {"machine": SystemDisk(), "memory": MemoryDisk()}
    return disks[request.param]


@pytest.fixture
def folder(disk: Disk, tmp_path: Path) -> Path:
    disk.make_folder(tmp_path / "one" / "two")
    return tmp_path / "one" / "two"


def read(disk: Disk, path: Path) -> bytes:
    with disk.open(path, "read") as file:
        return file.read()


def write(disk: Disk, path: Path, content: bytes) -> None:
    with disk.open(path, "write") as file:
        file.write(content)
        disk.sync(file)


def test_what_was_written_is_read_and_appending_goes_on(disk: Disk, folder: Path) -> None:
    write(disk, folder / "log", b"one")
    with disk.open(folder / "log", "append") as file:
        file.write(b", two")

    assert read(disk, folder / "log") == b"one, two"


def test_writing_starts_anew(disk: Disk, folder: Path) -> None:
    write(disk, folder / "log", b"long ago")
    write(disk, folder / "log", b"now")

    assert read(disk, folder / "log") == b"now"


def test_updating_keeps_what_is_not_written_over_and_makes_a_missing_file(disk: Disk, folder: Path) -> None:
    for content in (b"longer", b"now"):
        with disk.open(folder / "marker", "update") as file:
            file.write(content)
    with disk.open(folder / "marker", "update") as file:
        assert file.read() == b"nowger"

    assert read(disk, folder / "marker") == b"nowger"


def test_what_was_flushed_is_there_for_a_reader(disk: Disk, folder: Path) -> None:
    with disk.open(folder / "log", "append") as file:
        file.write(b"half")
        file.flush()

        assert read(disk, folder / "log") == b"half"


def test_a_whole_file_is_replaced_without_a_trace_of_the_draft(disk: Disk, folder: Path) -> None:
    replace_file(disk, folder / "marker", b"one")
    replace_file(disk, folder / "marker", b"two")

    assert read(disk, folder / "marker") == b"two"
    assert disk.list(folder) == [folder / "marker"]


def test_a_folder_lists_what_stands_in_it_sorted(disk: Disk, folder: Path) -> None:
    for name in ("b", "a"):
        write(disk, folder / name, b"")
    disk.make_folder(folder / "c")
    disk.make_folder(folder / "c")

    assert disk.list(folder) == [folder / "a", folder / "b", folder / "c"]


def test_removing_twice_is_no_error(disk: Disk, folder: Path) -> None:
    write(disk, folder / "log", b"")

    disk.remove(folder / "log")
    disk.remove(folder / "log")

    assert disk.list(folder) == []


def test_a_second_lock_is_refused_and_names_the_holder_until_it_is_closed(disk: Disk, folder: Path) -> None:
    held = disk.lock(folder / "lock", "the first")
    with pytest.raises(DataFolderHeldError, match="the first") as refused:
        disk.lock(folder / "lock", "the second")
    held.close()
    held.close()

    again = disk.lock(folder / "lock", "the third")
    again.close()
    assert refused.value.pid == os.getpid()
    assert refused.value.path == folder


@pytest.mark.parametrize("mode", ["read", "append", "write"])
def test_what_is_not_there_raises_what_the_system_raises(disk: Disk, folder: Path, mode: str) -> None:
    with pytest.raises(FileNotFoundError):
        disk.open(folder / "none" / "log", mode)  # type: ignore[arg-type]  # each of the modes, as text


def test_a_missing_folder_cannot_be_listed_nor_a_folder_opened(disk: Disk, folder: Path) -> None:
    write(disk, folder / "file", b"")

    with pytest.raises(FileNotFoundError):
        disk.list(folder / "none")
    with pytest.raises(NotADirectoryError):
        disk.list(folder / "file")
    with pytest.raises(IsADirectoryError):
        disk.open(folder, "write")
    with pytest.raises(FileExistsError):
        disk.make_folder(folder / "file")


def test_a_power_cut_leaves_what_was_synced() -> None:
    disk, folder = MemoryDisk(), Path("/data")
    disk.make_folder(folder)
    disk.lock(folder / "lock", "the one that died")

    file: IO[bytes] = disk.open(folder / "log", "append")
    file.write(b"kept,")
    disk.sync(file)
    file.write(b"lost")
    file.flush()
    disk.power_cut()

    assert read(disk, folder / "log") == b"kept,"
    disk.lock(folder / "lock", "the next").close()


def test_a_file_that_was_replaced_survives_a_power_cut() -> None:
    disk, folder = MemoryDisk(), Path("/data")
    disk.make_folder(folder)

    replace_file(disk, folder / "marker", b"whole")
    disk.power_cut()

    assert read(disk, folder / "marker") == b"whole"


def test_an_error_while_a_file_is_replaced_leaves_the_old_one(disk: Disk, folder: Path) -> None:
    write(disk, folder / "marker", b"old")

    with suppress(ValueError), disk.replacing(folder / "marker") as file:
        file.write(b"half")
        raise ValueError("broke off")

    assert read(disk, folder / "marker") == b"old"
    assert disk.list(folder) == [folder / "marker"]
