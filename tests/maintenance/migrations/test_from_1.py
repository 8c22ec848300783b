"""A journal of format 1 becomes one of format 2 with the same rows, or none."""

from __future__ import annotations

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from footfall.disk import SystemDisk
from footfall.errors import JournalError
from footfall.maintenance.migrations import MIGRATIONS
from footfall.maintenance.migrations.from_1 import FROM_1
from footfall.maintenance.migrations.migration import MigrationFiles
from footfall.storage.as_of import as_of
from footfall.storage.journal import Changes
from footfall.storage.sqlite.journal import SqliteJournal
from footfall.storage.sqlite.sync_marker import SyncMarker
from footfall.storage.store import Acknowledged, FailedSync

RELEASED = Path(__file__).parents[2] / "data" / "released" / "format-1" / "folder.tar.xz"


@pytest.fixture
def files(tmp_path: Path) -> MigrationFiles:
    with tarfile.open(RELEASED) as archive:
        archive.extractall(tmp_path / "data", filter="data")
    (tmp_path / "new").mkdir()
    return MigrationFiles(tmp_path / "data", {}, tmp_path / "new", SystemDisk())


def run(path: Path, statement: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path))
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def tables_of(connection: apsw.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()


def test_the_new_journal_is_like_one_that_was_never_old(files: MigrationFiles, tmp_path: Path) -> None:
    FROM_1.run(files)
    with tarfile.open(RELEASED.parents[1] / "format-2" / "folder.tar.xz") as archive:
        archive.extractall(tmp_path / "next", filter="data")

    names = [path.name for path in files.target.iterdir()]
    migrated, fresh = (apsw.Connection(str(path / "journal.db")) for path in (files.target, tmp_path / "next"))
    assert names == ["journal.db"]
    assert tables_of(migrated) == tables_of(fresh)
    assert [migrated.pragma(name) for name in ("page_size", "user_version", "journal_mode")] == [
        fresh.pragma(name) for name in ("page_size", "user_version", "journal_mode")
    ]
    migrated.close()
    fresh.close()


def test_it_is_its_owners_alone_as_the_old_one(files: MigrationFiles) -> None:
    FROM_1.run(files)

    assert (files.target / "journal.db").stat().st_mode == files.source("journal.db").stat().st_mode


def test_what_is_in_the_log_alone_comes_along(files: MigrationFiles) -> None:
    seqs = run(files.source("journal.db"), "SELECT seq FROM messages")
    FROM_1.run(files)

    assert run(files.target / "journal.db", "SELECT seq FROM messages") == seqs


def test_the_old_files_stay_as_they_are(files: MigrationFiles) -> None:
    names = ("journal.db", "journal.db-wal", "journal.sync")
    before = [files.source(name).read_bytes() for name in names]
    FROM_1.run(files)

    assert [files.source(name).read_bytes() for name in names] == before


def test_a_journal_that_was_being_renewed_is_read_with_its_own_log(files: MigrationFiles) -> None:
    """As a collector leaves it that is killed after a failed sync: a link to the copy, and the old log."""
    for ending in ("", "-wal"):
        files.source(f"journal.db{ending}").rename(files.folder / f"journal.new.db{ending}")
    files.source("journal.db").symlink_to("journal.new.db")
    files.source("journal.db-wal").write_bytes(b"of no use" * 1000)

    FROM_1.run(files)

    assert not (files.target / "journal.db").is_symlink()
    assert run(files.target / "journal.db", "SELECT count(*) FROM messages") == [(319,)]


def test_a_journal_without_a_log_gets_none(files: MigrationFiles) -> None:
    run(files.source("journal.db"), "PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("journal.db-wal", "journal.db-shm"):
        files.source(name).unlink(missing_ok=True)
    FROM_1.run(files)

    assert not list(files.folder.glob("journal.db-*"))
    assert run(files.target / "journal.db", "SELECT count(*) FROM messages") == [(319,)]


def test_a_folder_without_a_journal_gets_none(files: MigrationFiles) -> None:
    for path in files.folder.glob("journal.db*"):
        path.unlink()
    FROM_1.run(files)

    assert list(files.target.iterdir()) == []


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM messages WHERE seq = 5", "DELETE FROM quarantined", "UPDATE books SET stored = stored + 1"],
)
def test_a_journal_that_does_not_balance_is_not_migrated(statement: str, files: MigrationFiles) -> None:
    run(files.source("journal.db"), statement)

    with pytest.raises(JournalError, match=r"id without a message|does not hold what was acknowledged|ids without"):
        FROM_1.run(files)


def test_a_journal_from_before_format_1_is_refused(files: MigrationFiles) -> None:
    run(files.source("journal.db"), "PRAGMA user_version = 4")

    with pytest.raises(
        JournalError, match=r"journal\.db was written by an early footfall \(format 4\); start with a new"
    ):
        FROM_1.run(files)


def test_a_journal_that_lacks_what_was_acknowledged_is_not_migrated(files: MigrationFiles) -> None:
    acknowledged = Acknowledged(340, 341, 1, 7)
    SyncMarker(files.source("journal.db")).write(FailedSync("2026-01-01T00:00:00Z", "test", "", acknowledged))

    with pytest.raises(JournalError, match="a message is not as it came in"):
        FROM_1.run(files)


def newest(files: MigrationFiles) -> Path:
    """The journal after this step and those that come after it."""
    sources: dict[str, Path] = {}
    for number, step in MIGRATIONS.items():
        target = files.target / str(number)
        target.mkdir()
        step.run(files._replace(sources=dict(sources), target=target))
        sources["journal.db"] = target / "journal.db"
    return sources["journal.db"]


def test_repeats_are_known_after_it_as_before(files: MigrationFiles) -> None:
    journal = SqliteJournal(newest(files))
    rows = [entry.row for chunk in journal.scan("stored") for entry in chunk]
    fresh = journal.commit(Changes(rows, {}))
    journal.close()
    assert not any(fresh)


def test_an_earlier_moment_goes_by_when_messages_were_received(files: MigrationFiles) -> None:
    journal = SqliteJournal(newest(files), readonly=True)
    with journal.snapshot() as snapshot:
        entries = [entry for kind in ("stored", "quarantined") for part in snapshot.scan(kind) for entry in part]
        received = {entry.seq: entry.row.received_at for entry in entries}
        last, now = snapshot.watermark(), max(received.values()) + 1
        times = sorted(set(received.values()))[:: max(1, len(received) // 20)]
        numbers = [as_of(snapshot, datetime.fromtimestamp(at / 1e6, UTC), now=now).seq for at in times]
    journal.close()

    later = [[seq for seq, time in received.items() if time > at] for at in times]
    assert numbers == [min(numbers, default=last + 1) - 1 for numbers in later]
