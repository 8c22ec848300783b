"""The machine's disk: files that a user names are written through, and nothing else is."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from footfall.disk import (
    BOM,
    Mode,
    SystemDisk,
    read_file,
    read_text_file,
    replace_file,
)

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


def test_a_pipe_that_nobody_reads_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    modes: tuple[Mode, ...] = ("write", "append")
    for mode in modes:
        with pytest.raises(OSError, match=r"pipe") as refused:
            DISK.open(tmp_path / "pipe", mode)
        assert refused.value.errno == errno.ENXIO
    with pytest.raises(OSError, match=r"pipe"):
        replace_file(DISK, tmp_path / "pipe", b"new")


def test_a_pipe_that_nobody_writes_into_is_empty(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert read_file(DISK, tmp_path / "pipe") == b""


def test_a_pipe_is_read_to_its_end_however_late_that_comes() -> None:
    reader, writer = os.pipe()
    content = b"x" * 1_000_000

    def write() -> None:
        with os.fdopen(writer, "wb") as stream:
            stream.write(content)

    thread = threading.Thread(target=write)
    with DISK.open(Path(f"/dev/fd/{reader}"), "read") as stream:
        thread.start()
        read = stream.read()
    thread.join()
    os.close(reader)

    assert read == content


def test_what_has_no_end_is_not_read_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "six").write_bytes(b"123456")

    with pytest.raises(OSError, match="more than") as refused:
        read_text_file(DISK, Path("/dev/zero"))
    with pytest.raises(OSError, match="more than 5 bytes"):
        read_file(DISK, tmp_path / "six", most=5)

    assert refused.value.errno == errno.EFBIG
    assert read_file(DISK, tmp_path / "six", most=6) == b"123456"


def test_a_device_takes_what_is_written() -> None:
    replace_file(DISK, Path(os.devnull), b"new")

    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("before", [0o600, 0o640, 0o664])
def test_a_file_keeps_its_mode_but_a_private_one_becomes_its_owners_alone(tmp_path: Path, before: int) -> None:
    for private in (True, False):
        file = tmp_path / str(private)
        file.touch()
        file.chmod(before)
        with DISK.replacing(file, private=private) as opened:
            opened.write(b"new")

    assert (mode(tmp_path / "True"), mode(tmp_path / "False")) == (0o600, before)


def test_a_private_file_with_several_names_becomes_its_owners_alone_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "first").touch(mode=0o644)
    os.link(tmp_path / "first", tmp_path / "second")

    with DISK.replacing(tmp_path / "first", private=True):
        assert mode(tmp_path / "second") == 0o600


def test_a_file_that_is_appended_to_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        DISK.open(tmp_path / "file", "append").close()
    finally:
        os.umask(umask)

    assert mode(tmp_path / "file") == 0o600


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a link to another user")
@pytest.mark.parametrize("leads", ["victim", "middle"])
def test_a_link_of_another_user_in_a_folder_that_all_share_chooses_no_file(tmp_path: Path, leads: str) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "victim").write_bytes(b"untouched")
    (shared / "middle").symlink_to("victim")
    (shared / "ours").symlink_to(leads)
    for link in ("middle", "ours"):
        os.chown(shared / link, 12345, 12345, follow_symlinks=False)

    with pytest.raises(PermissionError, match="another user's link"):
        replace_file(DISK, shared / "ours", b"new")

    assert (shared / "victim").read_bytes() == b"untouched"


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


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_a_file_that_is_made_to_be_updated_is_its_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        DISK.open(tmp_path / "new", "update").close()
    finally:
        os.umask(before)
    (tmp_path / "old").touch(0o644)
    DISK.open(tmp_path / "old", "update").close()

    assert (mode(tmp_path / "new"), mode(tmp_path / "old")) == (0o600, 0o644)


def test_a_file_is_not_updated_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"untouched")
    (tmp_path / "link").symlink_to("victim")

    with pytest.raises(OSError, match="symbolic links"):
        DISK.open(tmp_path / "link", "update")


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
