"""A restored folder has every message of its backup once, byte for byte, and a collector goes on with it."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import IO

import pytest
from tests.maintenance.folders import Crash, StepDisk, Steps, bodies, collect, is_balanced, seal

from footfall import storage
from footfall.collector import Collector
from footfall.disk import Mode, SystemDisk
from footfall.errors import DataFolderError, JournalError
from footfall.maintenance.backup import backup
from footfall.maintenance.restore import restore


@pytest.fixture
def data(tmp_path: Path) -> Path:
    collect(tmp_path / "data", ["a", "b"])
    return tmp_path / "data"


@pytest.fixture
def backups(data: Path, tmp_path: Path) -> Path:
    backup(data, tmp_path / "backups")
    return tmp_path / "backups"


def test_the_newest_backup_takes_the_place_of_a_folder_that_is_lost(data: Path, backups: Path, tmp_path: Path) -> None:
    collect(data, ["c"])
    before, result = bodies(data), backup(data, backups)
    collect(data, ["lost"])
    shutil.rmtree(data)

    restoration = restore(backups, tmp_path / "new")

    assert restoration.backup == result.path
    assert restoration.verification.is_whole
    assert bodies(tmp_path / "new") == before
    assert is_balanced(tmp_path / "new")


def test_a_collector_goes_on_and_takes_what_was_lost_and_nothing_twice(backups: Path, tmp_path: Path) -> None:
    restore(backups, tmp_path / "new")

    counts = collect(tmp_path / "new", ["a", "lost", "b"])

    assert (counts["stored"], counts["duplicate"]) == (1, 2)
    assert set(bodies(tmp_path / "new")) == {"a", "b", "lost"}
    assert is_balanced(tmp_path / "new")


def test_a_collector_starts_on_it_while_somebody_reads_it(backups: Path, tmp_path: Path) -> None:
    restored = tmp_path / "restored"
    restore(backups, restored)

    with storage.open(restored, "read") as store, store.snapshot() as snapshot:
        watermark = snapshot.watermark()
        Collector(restored).close()

    assert watermark


def test_an_older_backup_is_restored_by_its_own_name(data: Path, backups: Path, tmp_path: Path) -> None:
    (first,) = backups.glob("0*")
    collect(data, ["c"])
    backup(data, backups)

    restore(first, tmp_path / "new")

    assert set(bodies(tmp_path / "new")) == {"a", "b"}


def test_an_empty_folder_is_taken_and_any_other_is_left_as_it_is(backups: Path, data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("mine")
    (tmp_path / "file").write_text("mine")

    restore(backups, tmp_path / "empty")

    assert len(bodies(tmp_path / "empty")) == 2
    for path in (data, tmp_path / "photos", tmp_path / "empty"):
        with pytest.raises(DataFolderError, match="is not empty, and a restore overwrites nothing"):
            restore(backups, path)
    with pytest.raises(DataFolderError, match="file: is a file"):
        restore(backups, tmp_path / "file")
    assert (tmp_path / "photos" / "cat.jpg").read_text() == "mine"


def test_what_is_no_backup_is_refused_and_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="nothing: is no backup and has none"):
        restore(tmp_path / "nothing", tmp_path / "new")

    assert not (tmp_path / "new").exists()


def test_a_crash_at_any_step_leaves_a_folder_that_is_no_data_folder_or_whole_and_is_begun_anew(
    backups: Path, tmp_path: Path
) -> None:
    new, crashes = tmp_path / "new", 0
    while True:
        steps = Steps(crash_at=crashes)
        try:
            restore(backups, new, disk=StepDisk(steps), directory_of=steps.directory)
        except Crash:
            crashes += 1
            if (new / "footfall.json").exists():
                assert set(bodies(new)) == {"a", "b"}
                shutil.rmtree(new)
            elif new.exists() and any(new.iterdir()):
                with pytest.raises(DataFolderError):
                    collect(new, ["x"])
        else:
            break

    assert crashes > 8
    assert set(bodies(new)) == {"a", "b"}
    assert not (new / ".restoring").exists()


def test_a_backup_whose_journal_is_damaged_is_refused(backups: Path, tmp_path: Path) -> None:
    (path,) = backups.glob("0*/journal.db")
    path.write_bytes(b"something else")

    with pytest.raises(JournalError, match=r"journal\.db cannot be opened: it is not a SQLite database"):
        restore(backups, tmp_path / "new")


def test_sealed_messages_are_restored_byte_for_byte(data: Path, backups: Path, tmp_path: Path) -> None:
    seal(data)
    collect(data, ["c"])
    seal(data)
    collect(data, ["tail"])
    before = bodies(data)
    backup(data, backups)
    shutil.rmtree(data)

    restoration = restore(backups, tmp_path / "new")

    assert restoration.verification.is_whole
    assert restoration.verification.files == 2
    assert bodies(tmp_path / "new") == before
    assert collect(tmp_path / "new", ["a", "c", "tail", "new"])["duplicate"] == 3


def test_a_sealed_file_that_is_damaged_in_the_backup_is_left_out_and_named(
    data: Path, backups: Path, tmp_path: Path
) -> None:
    (file,) = seal(data)
    collect(data, ["c"])
    path = Path(backup(data, backups).path)
    (path / "warehouse" / file.name).write_bytes(b"something else")

    restoration = restore(backups, tmp_path / "new")

    assert [damage.file for damage in restoration.verification.damages] == [f"warehouse/{file.name}"]
    assert set(bodies(tmp_path / "new")) == {"c"}
    assert collect(tmp_path / "new", ["a"])["duplicate"] == 1


def test_a_disk_without_room_has_it_again_and_the_folder_can_be_restored_to_later(
    data: Path, backups: Path, tmp_path: Path
) -> None:
    class Full(SystemDisk):
        def open(self, path: Path, mode: Mode) -> IO[bytes]:
            if mode != "read" and path.name == "journal.db":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            return super().open(path, mode)

    with pytest.raises(DataFolderError, match=r"new: cannot be written \(No space left on .*\); make room there"):
        restore(backups, tmp_path / "new", disk=Full())

    assert list((tmp_path / "new").iterdir()) == []
    restore(backups, tmp_path / "new")
    assert set(bodies(tmp_path / "new")) == {"a", "b"}
