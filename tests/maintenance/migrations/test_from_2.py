"""A folder of format 2 becomes one of format 3 in which all is of production, wherever that ends, and back again."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.maintenance.folders import compact, seal

from footfall import storage
from footfall.disk import SystemDisk
from footfall.errors import DataFolderError, JournalError
from footfall.maintenance.migrations.from_2 import FROM_2
from footfall.maintenance.migrations.migration import MigrationFiles
from footfall.maintenance.upgrade import FolderUpgrade
from footfall.storage.journal import Changes
from footfall.storage.sqlite.database import close_database, open_database
from footfall.storage.sqlite.journal import SqliteJournal

ROOT = Path(__file__).parents[3]
RELEASED = ROOT / "tests" / "data" / "released" / "format-2" / "folder.tar.xz"
# SQLite makes this anew from the log, and the lock has the number of a process.
PASSING = {"journal.db-shm", "footfall.lock"}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose collector was killed, with sealed files and without. Nobody writes into it."""
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(RELEASED) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def folder(old: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(old, tmp_path / "data"))


@pytest.fixture
def files(folder: Path, tmp_path: Path) -> MigrationFiles:
    (tmp_path / "new").mkdir()
    return MigrationFiles(folder, {}, tmp_path / "new", SystemDisk())


def files_in(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name not in PASSING)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def rows_in(folder: Path) -> Any:
    with storage.open(folder, "read") as store, store.snapshot() as snapshot:
        rows = [entry for kind in ("stored", "quarantined") for chunk in snapshot.scan(kind) for entry in chunk]
        return rows, snapshot.books(), snapshot.losses, store.control.key_records()


def test_the_new_journal_is_like_one_that_was_never_old(files: MigrationFiles, tmp_path: Path) -> None:
    FROM_2.run(files)

    migrated, fresh = open_database(files.target / "journal.db", readonly=True), open_database(tmp_path / "fresh.db")
    tables = [
        connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
        for connection in (migrated, fresh)
    ]
    assert tables[0] == tables[1]
    assert migrated.pragma("user_version") == fresh.pragma("user_version")
    close_database(migrated)
    close_database(fresh)


def test_every_message_is_of_production_and_sealed_files_stay_as_they_are(folder: Path, old: Path) -> None:
    FolderUpgrade(folder).upgrade()

    rows, _, losses, keys = rows_in(folder)
    assert {entry.row.environment for entry in rows} == {None}
    assert (len(rows), losses) == (326, [])
    assert {key.environment for key in keys} == {None}
    sealed = {name for name in files_in(old) if name.startswith(("warehouse/", "ids/"))}
    assert {name: files_in(folder)[name] for name in sealed} == {name: files_in(old)[name] for name in sealed}


def test_repeats_of_sealed_purged_and_waiting_messages_are_known_after_it(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    rows = [entry.row for entry in rows_in(folder)[0]]
    journal = SqliteJournal(folder / "journal.db")
    fresh = journal.commit(Changes(rows, {}))
    journal.close()

    assert not any(fresh)


@pytest.mark.parametrize("statement", ["DELETE FROM quarantined", "UPDATE books SET stored = stored + 1"])
def test_a_journal_that_does_not_balance_is_not_migrated(statement: str, files: MigrationFiles) -> None:
    connection = apsw.Connection(str(files.source("journal.db")))
    connection.execute(statement)
    connection.close()

    with pytest.raises(JournalError, match="does not hold what was acknowledged"):
        FROM_2.run(files)


def test_undoing_brings_the_old_folder_back_byte_for_byte(folder: Path, old: Path) -> None:
    FolderUpgrade(folder).upgrade()

    assert FolderUpgrade(folder).undo() == 2
    assert files_in(folder) == files_in(old)


def test_it_is_undone_also_when_more_was_sealed_since(folder: Path, old: Path) -> None:
    FolderUpgrade(folder).upgrade()
    seal(folder)
    FolderUpgrade(folder).undo()

    files, before = files_in(folder), files_in(old)
    manifest = "warehouse/manifest.jsonl"
    assert files.pop(manifest).startswith(before.pop(manifest))
    assert {name: files[name] for name in before} == before


def test_it_is_not_undone_where_the_old_sealed_files_are_gone(folder: Path) -> None:
    FolderUpgrade(folder).upgrade()
    compact(folder)

    with pytest.raises(DataFolderError, match="files that the old ones lead to were merged since the upgrade at "):
        FolderUpgrade(folder).undo()


@pytest.mark.slow
@pytest.mark.parametrize("action", ["upgrade", "undo"])
def test_wherever_it_is_killed_it_is_finished_later(action: str, old: Path, tmp_path: Path) -> None:
    expected = Path(shutil.copytree(old, tmp_path / "expected"))
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
