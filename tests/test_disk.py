"""The machine's disk: files that a user names are written through, and nothing else is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from footfall.disk import BOM, SystemDisk, read_text_file, replace_file

DISK = SystemDisk()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_link_stays_and_the_file_that_it_names_is_replaced(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    (tmp_path / "middle").symlink_to("real")
    link.symlink_to("middle")
    real.write_bytes(b"old")

    replace_file(DISK, link, b"new")

    assert link.is_symlink()
    assert (tmp_path / "middle").is_symlink()
    assert real.read_bytes() == b"new"


def test_a_link_to_nothing_makes_the_file_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("later")

    replace_file(DISK, tmp_path / "link", b"new")

    assert (tmp_path / "later").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()


def test_a_pipe_stays_a_pipe_and_its_reader_gets_everything(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    replace_file(DISK, pipe, b"new")

    assert os.read(reader, 100) == b"new"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)


def test_a_device_takes_what_is_written() -> None:
    replace_file(DISK, Path(os.devnull), b"new")

    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("before", [0o600, 0o640, 0o664])
@pytest.mark.parametrize("private", [True, False])
def test_a_file_keeps_its_mode(tmp_path: Path, before: int, private: bool) -> None:
    file = tmp_path / "file"
    file.touch()
    file.chmod(before)

    with DISK.replacing(file, private=private) as opened:
        opened.write(b"new")

    assert mode(file) == before


def test_a_new_private_file_is_its_owners_alone_and_another_follows_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        for private in (True, False):
            with DISK.replacing(tmp_path / str(private), private=private) as file:
                file.write(b"new")
    finally:
        os.umask(umask)

    assert (mode(tmp_path / "True"), mode(tmp_path / "False")) == (0o600, 0o644)


def test_every_name_of_a_file_shows_the_new_content(tmp_path: Path) -> None:
    (tmp_path / "first").write_bytes(b"a long old content")
    os.link(tmp_path / "first", tmp_path / "second")

    replace_file(DISK, tmp_path / "first", b"new")

    assert (tmp_path / "second").read_bytes() == b"new"


def test_a_draft_that_leads_elsewhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"untouched")
    (tmp_path / ".file.draft").symlink_to("victim")

    replace_file(DISK, tmp_path / "file", b"new")

    assert (tmp_path / "victim").read_bytes() == b"untouched"
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_lock_is_not_taken_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"untouched")
    (tmp_path / "lock").symlink_to("victim")

    with pytest.raises(OSError, match="symbolic links"):
        DISK.lock(tmp_path / "lock", "me")

    assert (tmp_path / "victim").read_bytes() == b"untouched"


def test_a_text_is_read_without_the_mark_that_an_editor_put_before_it(tmp_path: Path) -> None:
    (tmp_path / "marked").write_bytes(BOM + b"a" + BOM)
    (tmp_path / "plain").write_bytes(b"a")

    assert read_text_file(DISK, tmp_path / "marked") == b"a" + BOM
    assert read_text_file(DISK, tmp_path / "plain") == b"a"


def test_a_folder_lists_files_folders_and_links_but_nothing_that_may_never_end(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "zeros").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")

    assert [path.name for path in DISK.list(tmp_path)] == ["file", "folder", "nowhere", "round"]
