"""The names of a folder change in one step, and it is known who may read or write there."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest

from footfall.directory import SystemDirectory, give_owner, give_owner_and_mode, is_open_to_others, may_be_written
from footfall.disk import SystemDisk

DISK = SystemDisk()


def test_a_name_in_a_folder_becomes_a_link_and_then_the_file_that_it_led_to(tmp_path: Path) -> None:
    directory = SystemDirectory(tmp_path)
    (tmp_path / "name").write_bytes(b"old")
    (tmp_path / "copy").write_bytes(b"new")
    targets = [directory.target("name"), directory.target("missing")]

    directory.point("name", "copy")
    directory.point("name", "copy")
    targets.append(directory.target("name"))
    directory.move("copy", "name")
    targets.append(directory.target("name"))

    assert targets == [None, None, "copy", None]
    assert (tmp_path / "name").read_bytes() == b"new"
    directory.remove(["name", "missing"])
    assert list(tmp_path.iterdir()) == []
    assert directory.free() > 0


def test_a_file_moves_into_a_folder_in_it(tmp_path: Path) -> None:
    directory = SystemDirectory(tmp_path)
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "inside").mkdir()

    directory.move("file", "inside/file")
    directory.sync("inside")

    assert (tmp_path / "inside" / "file").read_bytes() == b"old"
    assert not (tmp_path / "file").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give a file away")
def test_a_folder_gets_the_owner_of_another(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    os.chown(tmp_path, 65534, 65534)

    give_owner(tmp_path / "inside", tmp_path)

    owner = (tmp_path / "inside").stat()
    assert (owner.st_uid, owner.st_gid) == (65534, 65534)


def test_a_file_gets_the_mode_of_another(tmp_path: Path) -> None:
    (tmp_path / "like").touch()
    (tmp_path / "like").chmod(0o640)

    with DISK.open(tmp_path / "file", "update") as file:
        give_owner_and_mode(file, tmp_path / "like")

    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@pytest.mark.parametrize(("mode", "is_open"), [(0o600, False), (0o640, True), (0o604, True), (0o620, False)])
def test_a_file_is_open_to_others_who_may_read_it(tmp_path: Path, mode: int, *, is_open: bool) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(mode)

    with DISK.open(tmp_path / "file", "read") as file:
        assert is_open_to_others(file) == is_open


def test_what_is_no_file_of_the_system_is_not_open_to_others() -> None:
    assert not is_open_to_others(io.BytesIO())


def test_a_folder_may_be_written_where_it_is_or_where_it_could_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert may_be_written(tmp_path)
    assert may_be_written(tmp_path / "not" / "yet")
    assert not may_be_written(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    assert not may_be_written(tmp_path / "not")


def test_a_file_gets_one_more_name_and_a_folder_goes_with_all_in_it(tmp_path: Path) -> None:
    directory = SystemDirectory(tmp_path)
    (tmp_path / "file").write_bytes(b"bytes")
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "folder" / "out").symlink_to(tmp_path / "file")

    directory.link("second", tmp_path / "file")
    directory.remove_folder("folder")
    directory.remove_folder("missing")
    directory.sync()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "second"]
    assert (tmp_path / "second").samefile(tmp_path / "file")
