"""An old folder becomes a new one wherever its upgrade ends, and undoing it brings the old one back."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.maintenance.dying import DyingAt, act, prepare, resume
from tests.maintenance.folders import seal

from footfall import storage
from footfall.analytics import Dataset
from footfall.directory import SystemDirectory
from footfall.disk import SystemDisk
from footfall.errors import DataFolderError, DataFolderHeldError
from footfall.maintenance.migrations import MIGRATIONS
from footfall.maintenance.migrations.migration import Migration, MigrationFiles
from footfall.maintenance.upgrade import BEFORE, DRAFTS, UNDONE, FolderUpgrade
from footfall.storage import Changes
from footfall.storage.marker import read_marker
from footfall.storage.uncounted import UncountedReport
from footfall.testing.clock import ManualClock
from footfall.versions import DATA_FOLDER

ROOT = Path(__file__).parents[2]
RELEASED = ROOT / "tests" / "data" / "released" / "format-1" / "folder.tar.xz"
# SQLite makes this anew from the log, and the lock has the number of a process.
PASSING = {"journal.db-shm", "footfall.lock"}

MODES: tuple[storage.Mode, ...] = ("read", "beside", "change", "write")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of format 1 whose collector was killed. Nobody writes into it: tests copy it."""
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(RELEASED) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def folder(old: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(old, tmp_path / "data"))


def files_in(folder: Path) -> Mapping[str, bytes]:
    """Every file but those of `PASSING`, and the empty log that SQLite makes to read a journal without one."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name not in PASSING)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: content for name, content in files.items() if content or not name.endswith("-wal")}


def times_in(folder: Path) -> Mapping[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def rows_in(folder: Path) -> Any:
    with storage.open(folder, "read") as store, store.journal.snapshot() as snapshot:
        rows = [entry for kind in ("stored", "quarantined") for chunk in snapshot.scan(kind) for entry in chunk]
        return rows, snapshot.books(), snapshot.watermark(), store.control.key_records(), store.control.bundles()


def test_an_upgraded_folder_is_of_the_newest_format_and_keeps_the_old_files(folder: Path, old: Path) -> None:
    upgraded = FolderUpgrade(folder, clock=ManualClock()).upgrade()

    assert upgraded is not None
    assert (upgraded.before, upgraded.at) == (1, "2026-01-01T00:00:00.000000Z")
    assert read_marker(SystemDisk(), folder).footfall == DATA_FOLDER
    assert files_in(folder / BEFORE) == files_in(old)
    names = {path.name for path in folder.iterdir()}
    assert names == {"journal.db", "control.db", "footfall.json", "footfall.lock", BEFORE}


def test_a_folder_of_the_newest_format_is_left_alone(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    before = files_in(folder)

    assert not FolderUpgrade(folder).is_due()
    assert FolderUpgrade(folder).upgrade() is None
    assert files_in(folder) == before


def test_undoing_brings_the_old_folder_back_byte_for_byte(folder: Path, old: Path) -> None:
    FolderUpgrade(folder).upgrade()

    assert FolderUpgrade(folder).undo() == 1
    assert files_in(folder) == files_in(old)


def test_an_upgrade_is_undone_also_when_its_messages_were_sealed(folder: Path, old: Path) -> None:
    FolderUpgrade(folder).upgrade()
    seal(folder)
    with Dataset.open(folder) as dataset:
        dataset.contents()
    sealed = {path.name for path in folder.iterdir()} & {"cache", "ids", "warehouse"}

    FolderUpgrade(folder).undo()
    assert sealed == {"cache", "ids", "warehouse"}
    assert files_in(folder) == files_in(old)


def test_a_link_in_the_place_of_the_journal_is_brought_back_as_a_link(folder: Path) -> None:
    for ending in ("", "-wal"):
        (folder / f"journal.db{ending}").rename(folder / f"journal.new.db{ending}")
    (folder / "journal.db").symlink_to("journal.new.db")
    files = files_in(folder)

    FolderUpgrade(folder).upgrade()
    is_file = not (folder / "journal.db").is_symlink()
    FolderUpgrade(folder).undo()

    assert is_file
    assert (folder / "journal.db").readlink() == Path("journal.new.db")
    assert files_in(folder) == files


def test_what_was_undone_can_be_upgraded_again(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    rows = rows_in(folder)
    FolderUpgrade(folder).undo()

    FolderUpgrade(folder).upgrade()
    assert rows_in(folder) == rows


class Death(BaseException):
    """As if the process ended here."""


def die() -> None:
    raise Death


def fail() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def calls_of(action: str, old: Path, folder: Path) -> int:
    """How many calls an action makes."""
    prepare(action, old, folder)
    counter = DyingAt(0, die)
    act(action, counter.upgrade(folder))
    return counter.calls


@pytest.mark.slow
@pytest.mark.parametrize("action", ["upgrade", "undo"])
def test_wherever_it_is_killed_it_is_finished_later(action: str, old: Path, tmp_path: Path) -> None:
    expected = Path(shutil.copytree(old, tmp_path / "expected"))
    if action == "upgrade":
        FolderUpgrade(expected).upgrade()
    script = [sys.executable, "-m", "tests.maintenance.dying", action, str(old), str(tmp_path / "killed")]
    subprocess.run(script, check=True, cwd=ROOT)

    folders = list((tmp_path / "killed").iterdir())
    assert len(folders) > 20
    for folder in folders:
        if action == "undo":
            assert files_in(folder) == files_in(old)
        else:
            assert rows_in(folder) == rows_in(expected)
            assert files_in(folder / BEFORE) == files_in(old)


@pytest.mark.slow
@pytest.mark.parametrize("action", ["upgrade", "undo"])
def test_wherever_a_disk_fails_nothing_is_changed_or_it_is_finished_later(
    action: str, old: Path, tmp_path: Path
) -> None:
    prepare(action, old, tmp_path / "before")
    before, outcomes = files_in(tmp_path / "before"), set[bool]()
    for number in range(1, calls_of(action, old, tmp_path / "counted") + 1):
        folder = tmp_path / str(number)
        prepare(action, old, folder)
        try:
            act(action, DyingAt(number, fail).upgrade(folder))
        except DataFolderError as error:
            is_half_done = str(error).endswith("the same command finishes it")
            outcomes.add(is_half_done)
            assert is_half_done or files_in(folder) == before
        resume(action, folder)
        assert files_in(folder / BEFORE if action == "upgrade" else folder) == files_in(old)

    assert outcomes == {True, False}


@pytest.mark.parametrize("part", [0.2, 0.5, 0.7, 0.9])
def test_what_died_half_way_is_finished(part: float, old: Path, tmp_path: Path) -> None:
    number = round(part * calls_of("upgrade", old, tmp_path / "counted"))
    folder = Path(shutil.copytree(old, tmp_path / "data"))

    with pytest.raises(Death):
        DyingAt(number, die).upgrade(folder).upgrade()
    FolderUpgrade(folder).upgrade()

    assert rows_in(folder) == rows_in(tmp_path / "counted")
    assert files_in(folder / BEFORE) == files_in(old)
    assert {path.name for path in folder.iterdir()} & {DRAFTS, UNDONE} == set()


class NoMoves(SystemDirectory):
    """Everything ends as the first file would change its place."""

    def move(self, name: str, to: str) -> None:
        raise Death


class NoRoom(SystemDirectory):
    def free(self) -> int:
        return 1000


@pytest.fixture
def half_upgraded(folder: Path) -> Path:
    with pytest.raises(Death):
        FolderUpgrade(folder, directory=NoMoves(folder)).upgrade()
    return folder


@pytest.fixture
def half_undone(folder: Path) -> Path:
    FolderUpgrade(folder).upgrade()
    with pytest.raises(Death):
        FolderUpgrade(folder, directory=NoMoves(folder)).undo()
    return folder


def test_a_half_upgraded_folder_is_for_nothing_but_its_upgrade(half_upgraded: Path) -> None:
    for mode in MODES:
        with pytest.raises(DataFolderError, match=r"is half changed; finish that by `footfall upgrade --data \S+data`"):
            storage.open(half_upgraded, mode)
    with pytest.raises(DataFolderError, match="is half upgraded; finish that first by `footfall upgrade`"):
        FolderUpgrade(half_upgraded).undo()

    assert FolderUpgrade(half_upgraded).is_due()
    assert FolderUpgrade(half_upgraded).upgrade() is not None


def test_a_half_undone_folder_is_for_nothing_but_its_undoing(half_undone: Path, old: Path) -> None:
    for mode in MODES:
        with pytest.raises(DataFolderError, match=r"finish that by `footfall upgrade --data \S+data --undo`"):
            storage.open(half_undone, mode)
    with pytest.raises(DataFolderError, match="is half undone; finish that by `footfall upgrade --undo`"):
        FolderUpgrade(half_undone).upgrade()

    assert FolderUpgrade(half_undone).undo() == 1
    assert files_in(half_undone) == files_in(old)


def test_an_old_folder_is_read_by_no_command_before_its_upgrade(folder: Path) -> None:
    before = times_in(folder)

    for mode in MODES:
        with pytest.raises(DataFolderError, match=r"has format 1 .*; bring it to 3 by `footfall upgrade --data \S+`"):
            storage.open(folder, mode)
    assert times_in(folder) == before


def test_whether_a_collector_could_start_is_asked_of_an_old_folder_too(folder: Path) -> None:
    files = files_in(folder)

    with storage.open(folder, "check") as store:
        assert len(store.control.key_records()) == 3
    assert files_in(folder) == files


def test_too_little_room_is_said_before_anything_is_touched(folder: Path) -> None:
    before = times_in(folder)
    needed = sum(path.stat().st_size for path in folder.iterdir() if path.name != "footfall.lock")

    with pytest.raises(DataFolderError) as refusal:
        FolderUpgrade(folder, directory=NoRoom(folder)).upgrade()

    assert str(refusal.value) == (
        f"{folder}: its new files need up to {needed:,} bytes beside the old ones, and 1,000 are free; make room;"
        " nothing was changed"
    )
    lock = str(folder / "footfall.lock")
    assert {**times_in(folder), lock: 0} == {**before, lock: 0}


def test_a_folder_that_somebody_uses_is_not_upgraded(folder: Path) -> None:
    lock = SystemDisk().lock(folder / "footfall.lock", "footfall collector")

    with pytest.raises(DataFolderHeldError, match=rf"is held by process {os.getpid()} \(footfall collector\)"):
        FolderUpgrade(folder).upgrade()
    lock.close()


def test_a_newer_folder_is_refused_untouched(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    marker = (folder / "footfall.json").read_bytes()
    (folder / "footfall.json").write_bytes(marker.replace(b'"footfall":3', b'"footfall":99,"unheard of":[1]'))
    (folder / "footfall.lock").unlink()
    files, times = files_in(folder), times_in(folder)
    upgrade = FolderUpgrade(folder)

    attempts: list[Callable[[], object]] = [upgrade.upgrade, upgrade.undo]
    attempts += [partial(storage.open, folder, mode) for mode in (*MODES, "check")]
    for attempt in attempts:
        with pytest.raises(DataFolderError, match=r"was written by a newer footfall \(format 99, this one knows 3\)"):
            attempt()
    assert (files_in(folder), times_in(folder)) == (files, times)


def test_what_came_in_since_keeps_an_upgrade_from_being_undone(folder: Path) -> None:
    FolderUpgrade(folder, clock=ManualClock()).upgrade()
    with storage.open(folder, "write") as store:
        store.journal.commit(Changes([], {("shop", "(page)"): 1}))
    rows = rows_in(folder)

    with pytest.raises(DataFolderError) as refusal:
        FolderUpgrade(folder).undo()

    assert str(refusal.value) == (
        f"{folder}: 1 message came in since the upgrade at 2026-01-01T00:00:00.000000Z, which would be lost;"
        " go on with this footfall"
    )
    assert rows_in(folder) == rows


def test_hits_that_were_left_out_since_keep_an_upgrade_from_being_undone(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    with storage.open(folder, "write") as store:
        report = UncountedReport("shop", "id-1", "2026-11-30", {"static": 2})
        store.journal.commit(Changes([], {}, uncounted=[report]))

    with pytest.raises(DataFolderError, match="hits that are no page views were counted since the upgrade at "):
        FolderUpgrade(folder).undo()


def test_keys_made_since_keep_an_upgrade_from_being_undone(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    with storage.open(folder, "beside") as store:
        store.control.revoke_key(store.control.key_records()[0].id, 1)

    with pytest.raises(DataFolderError, match="keys or plans were changed since the upgrade at "):
        FolderUpgrade(folder).undo()


def test_what_was_released_since_keeps_an_upgrade_from_being_undone(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    with storage.open(folder, "change", command="test") as store:
        entry = next(iter(store.journal.scan("quarantined")))[0]
        stored = entry._replace(row=entry.row._replace(kind="stored"))
        store.journal.commit(Changes([], {}, [stored]))

    with pytest.raises(DataFolderError, match="messages were released or removed since the upgrade at "):
        FolderUpgrade(folder).undo()


def test_an_upgrade_whose_old_files_are_forgotten_cannot_be_undone(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    rows = rows_in(folder)

    FolderUpgrade(folder).forget()

    assert not (folder / BEFORE).exists()
    assert rows_in(folder) == rows
    with pytest.raises(DataFolderError, match="has no upgrade to undo: the first start after an upgrade removes"):
        FolderUpgrade(folder).undo()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give a file away")
def test_what_root_upgrades_stays_the_owners(folder: Path) -> None:
    for path in [folder, *folder.iterdir()]:
        os.chown(path, 65534, 65534)

    FolderUpgrade(folder).upgrade()

    owners = {path.name: (path.stat().st_uid, path.stat().st_gid) for path in folder.rglob("*")}
    assert {name for name, owner in owners.items() if owner != (65534, 65534)} <= PASSING


@pytest.mark.parametrize("lost", [("journal.db",), ("control.db", "footfall.json", "journal.db")])
def test_an_upgrade_whose_old_files_are_lost_is_not_undone(lost: tuple[str, ...], folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    rows = rows_in(folder)
    for name in lost:
        (folder / BEFORE / name).unlink()

    with pytest.raises(DataFolderError, match=f"cannot be undone: {BEFORE} lacks {', '.join(lost)}$"):
        FolderUpgrade(folder).undo()
    assert rows_in(folder) == rows


def test_a_folder_with_keys_alone_is_upgraded_and_undone(folder: Path) -> None:
    for name in ("journal.db", "journal.db-wal", "journal.db-shm", "journal.sync"):
        (folder / name).unlink()
    files = files_in(folder)

    FolderUpgrade(folder).upgrade()
    with storage.open(folder, "beside") as store:
        assert len(store.control.key_records()) == 3
    FolderUpgrade(folder).undo()
    assert files_in(folder) == files


def test_a_file_of_somebody_else_stays_where_it_is(folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("mine")

    FolderUpgrade(folder).upgrade()
    (folder / "later.txt").write_text("later")
    FolderUpgrade(folder).undo()

    assert [(folder / name).read_text() for name in ("notes/mine.txt", "later.txt")] == ["mine", "later"]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert not FolderUpgrade(tmp_path / "none").is_due()
    with pytest.raises(DataFolderError, match="does not exist"):
        FolderUpgrade(tmp_path / "none").upgrade()


def test_steps_are_taken_one_after_another_and_undone_as_one(folder: Path, old: Path) -> None:
    """The second step reads what the first one wrote, and takes out what it wrote for itself alone."""

    def second(files: MigrationFiles) -> None:
        (files.target / "journal.db").write_bytes(files.source("journal.db").read_bytes()[:100])
        (files.target / "keys.txt").write_bytes(files.source("control.db").read_bytes()[:6])

    def third(files: MigrationFiles) -> None:
        (files.target / "journal.txt").write_bytes(files.source("journal.db").read_bytes()[:6])

    steps = {
        1: MIGRATIONS[1],
        2: Migration(("journal.db",), ("keys.txt",), second),
        3: Migration(("journal.db",), ("journal.txt",), third),
    }
    upgrade = FolderUpgrade(folder, migrations=steps, newest=4)

    assert upgrade.upgrade() is not None
    assert {path.name for path in folder.iterdir()} == {
        "control.db", "footfall.json", "footfall.lock", "journal.txt", "keys.txt", BEFORE,
    }  # fmt: skip
    assert {(folder / name).read_bytes() for name in ("journal.txt", "keys.txt")} == {b"SQLite"}
    assert read_marker(SystemDisk(), folder).footfall == 4
