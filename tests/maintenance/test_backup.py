"""A backup is a data folder that is complete, whenever it was made and whatever cut another one short."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest
from tests.maintenance.folders import Crash, StepDisk, Steps, batch, bodies, collect, compact, is_balanced, seal

from footfall import storage
from footfall.collector import Collector
from footfall.collector.job_settings import JobSettings
from footfall.directory import SystemDirectory
from footfall.disk import Mode, SystemDisk
from footfall.errors import DataFolderError, DataFolderHeldError, JournalError
from footfall.maintenance.backup import backup, run
from footfall.maintenance.context import JobContext
from footfall.maintenance.generations import Generations
from footfall.maintenance.table import jobs_of
from footfall.testing import ManualClock

NIGHT = datetime(2026, 11, 30, 2, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    collect(tmp_path / "data", ["a", "b"])
    return tmp_path / "data"


def names(path: Path) -> list[str]:
    return sorted(child.name for child in path.iterdir())


def generations(path: Path) -> list[str]:
    return [generation.name for generation in Generations(path, disk=SystemDisk()).all()]


def test_a_backup_is_a_data_folder_that_reports_open(data: Path, tmp_path: Path) -> None:
    result = backup(data, tmp_path / "backups", clock=ManualClock(NIGHT))

    path = tmp_path / "backups" / "000001-2026-11-30T02-00-00Z"
    assert (result.path, result.messages, result.missing) == (str(path), 2, ())
    assert names(path) == ["footfall.json", "journal.db"]
    assert bodies(path) == bodies(data)
    assert is_balanced(path)


def test_a_backup_has_what_was_acknowledged_before_it_while_a_collector_runs(data: Path, tmp_path: Path) -> None:
    with Collector(data) as collector:
        collector.take(batch(["c"]), source="shop")
        result = backup(data, tmp_path / "backups")
        collector.take(batch(["d"]), source="shop")

    assert set(bodies(Path(result.path))) == {"a", "b", "c"}
    assert set(bodies(data)) == {"a", "b", "c", "d"}


def test_everything_in_it_is_its_owners_alone(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "backups")

    paths = [tmp_path / "backups", *(tmp_path / "backups").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}


def test_the_newest_backups_stay_also_where_the_clock_goes_back(data: Path, tmp_path: Path) -> None:
    for days in (0, 365, 0, 1):
        result = backup(data, tmp_path / "backups", keep=2, clock=ManualClock(NIGHT + timedelta(days)))

    assert generations(tmp_path / "backups") == ["000003-2026-11-30T02-00-00Z", "000004-2026-12-01T02-00-00Z"]
    assert result.removed == (str(tmp_path / "backups" / "000002-2027-11-30T02-00-00Z"),)


def test_a_crash_at_any_step_leaves_the_backups_before_it_and_the_next_one_is_whole(data: Path, tmp_path: Path) -> None:
    first = backup(data, tmp_path / "backups", clock=ManualClock(NIGHT))
    collect(data, ["c"])
    steps = Steps()
    crashes = 0
    while True:
        target, steps = tmp_path / "backups", Steps(crash_at=crashes)
        try:
            backup(
                data, target, clock=ManualClock(NIGHT), keep=2, disk=StepDisk(steps),
                directory_of=steps.directory,
            )  # fmt: skip
        except Crash:
            crashes += 1
            for name in generations(target)[1:]:
                assert set(bodies(target / name)) == {"a", "b", "c"}
        else:
            break
        if crashes < 8:  # until the oldest has to go
            assert set(bodies(Path(first.path))) == {"a", "b"}

    assert crashes > 8
    assert len(generations(tmp_path / "backups")) == 2
    assert names(tmp_path / "backups")[2:] == ["footfall-backups.json", "footfall.lock"]


class FullDisk(SystemDisk):
    """A disk without room for a file whose name ends so."""

    def __init__(self, ending: str) -> None:
        self._ending = ending

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        if mode != "read" and path.name.endswith(self._ending):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return super().open(path, mode)


@pytest.mark.parametrize("ending", ["journal.db", "footfall.json"])
def test_a_full_disk_is_named_and_leaves_the_backups_as_they_were(data: Path, tmp_path: Path, ending: str) -> None:
    backup(data, tmp_path / "backups", clock=ManualClock(NIGHT))

    with pytest.raises(DataFolderError, match=r"backups: cannot be written \(No space left on device.*; make room"):
        backup(data, tmp_path / "backups", disk=FullDisk(ending))

    assert names(tmp_path / "backups") == ["000001-2026-11-30T02-00-00Z", "footfall-backups.json", "footfall.lock"]


@pytest.mark.parametrize("inside", ["", "backups", "warehouse/backups"])
def test_a_target_in_the_data_folder_is_refused(data: Path, inside: str) -> None:
    with pytest.raises(DataFolderError, match="is in the data folder"):
        backup(data, data / inside)

    assert names(data) == ["footfall.json", "footfall.lock", "journal.db", "journal.sync"]


def test_a_target_that_leads_into_the_data_folder_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(data)

    with pytest.raises(DataFolderError, match="is in the data folder"):
        backup(data, tmp_path / "link" / "backups")


def test_a_target_that_is_no_folder_or_somebody_elses_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("mine")

    with pytest.raises(DataFolderError, match="file: is a file; name a folder"):
        backup(data, tmp_path / "file")
    with pytest.raises(DataFolderError, match="file/below: is a file; name a folder"):
        backup(data, tmp_path / "file" / "below")
    with pytest.raises(DataFolderError, match="photos: is not empty and has no backups; name a new or an empty folder"):
        backup(data, tmp_path / "photos")

    assert names(tmp_path / "photos") == ["cat.jpg"]


def test_two_backups_at_once_do_not_meet(data: Path, tmp_path: Path) -> None:
    with (
        Generations(tmp_path / "backups", disk=SystemDisk()).taken(),
        pytest.raises(DataFolderHeldError, match=r"is held by process \d+ \(footfall backup\); wait for it"),
    ):
        backup(data, tmp_path / "backups")


def test_a_damaged_journal_gives_no_backup_and_the_earlier_ones_stay(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "backups", clock=ManualClock(NIGHT))
    content = bytearray((data / "journal.db").read_bytes())
    content[8192 : 8192 + 4096] = b"\xff" * 4096
    (data / "journal.db").write_bytes(content)

    with pytest.raises(JournalError, match="damaged"):
        backup(data, tmp_path / "backups", keep=1)

    assert generations(tmp_path / "backups") == ["000001-2026-11-30T02-00-00Z"]


def sealed_names(path: Path) -> list[str]:
    return sorted(file.name for file in path.glob("warehouse/*/*.parquet"))


def test_only_new_sealed_files_are_copied_and_the_others_are_shared_with_the_backup_before(
    data: Path, tmp_path: Path
) -> None:
    seal(data)
    first = backup(data, tmp_path / "backups")
    collect(data, ["c"])
    seal(data)

    second = backup(data, tmp_path / "backups")

    assert (first.files, first.copied, second.files, second.copied) == (1, 1, 2, 1)
    assert set(bodies(Path(second.path))) == {"a", "b", "c"}
    (shared,) = Path(first.path).glob("warehouse/*/*.parquet")
    assert shared.stat().st_nlink == 2
    assert {file.stat().st_nlink for file in data.glob("warehouse/*/*.parquet")} == {1}


class NoLinks(SystemDirectory):
    """A file system on which a file has one name."""

    def link(self, name: str, file: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM), name)


def test_where_a_file_has_one_name_it_is_copied_again(data: Path, tmp_path: Path) -> None:
    seal(data)
    backup(data, tmp_path / "backups")

    second = backup(data, tmp_path / "backups", directory_of=NoLinks)

    assert second.copied == 1
    assert set(bodies(Path(second.path))) == {"a", "b"}


def test_a_sealed_file_that_is_damaged_is_left_out_and_named_and_no_backup_goes(data: Path, tmp_path: Path) -> None:
    seal(data)
    collect(data, ["c"])
    seal(data)
    backup(data, tmp_path / "backups")
    collect(data, ["d"])
    (damaged,) = seal(data)
    path = data / "warehouse" / damaged.name
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    result = backup(data, tmp_path / "backups", keep=1)

    assert result.missing == (f"warehouse/{damaged.name}",)
    assert set(bodies(Path(result.path))) == {"a", "b", "c"}
    assert len(generations(tmp_path / "backups")) == 2


def test_a_file_that_is_damaged_after_it_was_backed_up_stays_whole_in_every_backup(data: Path, tmp_path: Path) -> None:
    (file,) = seal(data)
    backup(data, tmp_path / "backups")
    (data / "warehouse" / file.name).write_bytes(b"")

    result = backup(data, tmp_path / "backups")

    assert result.missing == ()
    assert set(bodies(Path(result.path))) == {"a", "b"}


class Meanwhile(SystemDisk):
    """A disk of a machine that does something else, once, after the journal was copied."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act: Callable[[], object] | None = act

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        if path.name == "manifest.jsonl" and mode == "update" and self._act is not None:
            act, self._act = self._act, None
            act()
        return super().open(path, mode)


def test_what_is_sealed_while_a_backup_is_made_is_in_the_next_one(data: Path, tmp_path: Path) -> None:
    seal(data)
    collect(data, ["c"])

    result = backup(data, tmp_path / "backups", disk=Meanwhile(lambda: seal(data)))

    assert set(bodies(Path(result.path))) == {"a", "b", "c"}
    assert len(sealed_names(Path(result.path))) == 1
    assert len(sealed_names(data)) == 2


def test_a_file_that_is_replaced_while_a_backup_is_made_has_the_backup_begun_anew(data: Path, tmp_path: Path) -> None:
    seal(data)
    collect(data, ["c"])
    seal(data)

    result = backup(data, tmp_path / "backups", disk=Meanwhile(lambda: compact(data)))

    assert result.missing == ()
    assert set(bodies(Path(result.path))) == {"a", "b", "c"}
    assert sealed_names(Path(result.path)) == sealed_names(data)
    assert len(sealed_names(data)) == 1


def test_the_job_makes_a_backup_in_its_own_process(data: Path, tmp_path: Path, clock: ManualClock) -> None:
    settings = JobSettings(backup=tmp_path / "backups")
    with storage.open(data, "change", command="test", remedy="") as store:
        line = run(JobContext(data, store, settings, clock))

    (name,) = generations(tmp_path / "backups")
    assert line == f"{tmp_path / 'backups' / name}: 2 messages"
    assert "backup" in [job.name for job in jobs_of(settings)]
    assert "backup" not in [job.name for job in jobs_of(JobSettings())]
