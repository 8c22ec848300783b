"""A data folder is ours, marked, held by one process, or refused with one clear line."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from footfall.disk import FileLock, SystemDisk
from footfall.errors import DataFolderError, DataFolderHeldError
from footfall.storage import DataFolder


class RefusingDisk(SystemDisk):
    """A disk on which one operation fails, as on a file system that is mounted read-only or full."""

    def __init__(self, operation: str, number: int) -> None:
        self.operation = operation
        self.error = OSError(number, os.strerror(number))

    def make_folder(self, path: Path, *, private: bool = False) -> None:
        self.check("make_folder")
        super().make_folder(path, private=private)

    def lock(self, path: Path, holder: str) -> FileLock:
        self.check("lock")
        return super().lock(path, holder)

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        self.check("replacing")
        with super().replacing(path, private=private) as file:
            yield file

    def check(self, operation: str) -> None:
        if operation == self.operation:
            raise self.error


def test_a_missing_folder_is_made_marked_and_held(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "a" / "data")

    assert (folder.path / "footfall.json").read_bytes().startswith(b'{"footfall":3,')
    with pytest.raises(DataFolderHeldError, match=rf"is held by process {os.getpid()} \(footfall collector\); stop it"):
        DataFolder.open(folder.path)
    folder.close()
    DataFolder.open(folder.path).close()


def test_what_people_did_is_not_for_everybody_on_the_machine(tmp_path: Path) -> None:
    DataFolder.open(tmp_path / "data").close()

    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_folder_that_another_process_holds_names_that_process(tmp_path: Path) -> None:
    script = (
        "import sys; from footfall.storage import DataFolder; DataFolder.open(sys.argv[1]);"
        " print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "data")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()

        with pytest.raises(DataFolderHeldError) as caught:
            DataFolder.open(tmp_path / "data")
        other.kill()

    assert caught.value.pid == other.pid
    DataFolder.open(tmp_path / "data").close()  # the lock of a process that died is no lock


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(DataFolderError, match="not footfall's and not empty; name a new or an empty folder"):
        DataFolder.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_first_start_that_was_cut_short_is_taken_up_again(tmp_path: Path) -> None:
    (tmp_path / "footfall.lock").touch()
    (tmp_path / ".footfall.json.draft").touch()

    DataFolder.open(tmp_path).close()

    assert (tmp_path / "footfall.json").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(DataFolderError, match="is a file"):
        DataFolder.open(tmp_path / "data")
    with pytest.raises(DataFolderError, match="is a file"):
        DataFolder.read(tmp_path / "data")


@pytest.mark.parametrize("operation", ["make_folder", "lock", "replacing"])
def test_a_folder_that_cannot_be_written_is_refused_and_let_go(tmp_path: Path, operation: str) -> None:
    with pytest.raises(DataFolderError, match=r"cannot be written \(Read-only file system\); make it writable"):
        DataFolder.open(tmp_path / "data", disk=RefusingDisk(operation, errno.EROFS))

    DataFolder.open(tmp_path / "data").close()


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ('{"footfall": 4}', "newer footfall .format 4, this one knows 3.; upgrade"),
        ("{}", "not footfall's"),
        ("", "not"),
    ],
)
def test_a_marker_that_we_cannot_use_is_refused_for_writing_and_reading(tmp_path: Path, marker: str, said: str) -> None:
    (tmp_path / "footfall.json").write_text(marker)

    with pytest.raises(DataFolderError, match=said):
        DataFolder.open(tmp_path)
    with pytest.raises(DataFolderError, match=said):
        DataFolder.read(tmp_path)


def test_reading_needs_a_folder_with_a_journal_and_takes_no_lock(tmp_path: Path) -> None:
    held = DataFolder.open(tmp_path / "data")

    with pytest.raises(DataFolderError, match="does not exist; start `footfall serve"):
        DataFolder.read(tmp_path / "other")
    with pytest.raises(DataFolderError, match="not footfall's"):
        DataFolder.read(tmp_path)
    with pytest.raises(DataFolderError, match="no journal yet"):
        DataFolder.read(tmp_path / "data")
    held.journal_path.touch()
    assert DataFolder.read(tmp_path / "data").journal_path == held.journal_path
    held.close()


def test_a_check_raises_what_opening_would_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    collector = DataFolder.open(tmp_path / "data")

    DataFolder.check(tmp_path / "missing" / "data")
    DataFolder.check(tmp_path / "empty")
    with pytest.raises(DataFolderError, match="not footfall's and not empty"):
        DataFolder.check(tmp_path / "full")
    for inside in ("file", "file/data"):
        with pytest.raises(DataFolderError, match="is a file"):
            DataFolder.check(tmp_path / inside)
    with pytest.raises(DataFolderHeldError):
        DataFolder.check(collector.path)
    collector.close()
    DataFolder.check(collector.path)
    assert not (tmp_path / "missing").exists()
    assert list((tmp_path / "empty").iterdir()) == []


def test_the_control_store_is_used_beside_whoever_holds_the_folder(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="does not exist"):
        DataFolder.beside(tmp_path / "data")
    first = DataFolder.beside(tmp_path / "data", make=True)
    collector = DataFolder.open(tmp_path / "data")

    assert DataFolder.beside(tmp_path / "data").control_path == first.control_path == collector.control_path
    assert DataFolder.beside(tmp_path / "data", make=True).path == tmp_path / "data"
    collector.close()


def test_a_folder_that_is_not_ours_gets_no_control_store(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    for make in (False, True):
        with pytest.raises(DataFolderError, match="not footfall's"):
            DataFolder.beside(tmp_path, make=make)


def test_a_command_that_changes_a_folder_locks_it_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="does not exist"):
        DataFolder.change(tmp_path / "data", "a command", remedy="wait")
    collector = DataFolder.open(tmp_path / "data")
    collector.journal_path.touch()

    with pytest.raises(DataFolderHeldError, match=r"\(footfall collector\); wait$"):
        DataFolder.change(tmp_path / "data", "a command", remedy="wait")
    collector.close()
    changing = DataFolder.change(tmp_path / "data", "a command", remedy="wait")
    with pytest.raises(DataFolderHeldError, match=r"\(a command\); stop it"):
        DataFolder.open(tmp_path / "data")
    changing.close()


@pytest.mark.parametrize("name", ["ids", "warehouse"])
def test_a_folder_that_lost_its_journal_gets_no_new_one(tmp_path: Path, name: str) -> None:
    DataFolder.open(tmp_path).close()
    (tmp_path / name).mkdir()

    for take in (DataFolder.open, DataFolder.check, DataFolder.read):
        with pytest.raises(DataFolderError, match=r"lost its journal\.db, .* restore a backup"):
            take(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["footfall.json", "footfall.lock", name]
