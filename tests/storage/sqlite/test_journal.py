"""The journal on disk: what it sets, what it refuses, and what is left after a disk that fails."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.storage.faulty_vfs import FSYNC, FULL, WRITE, FaultyVFS

from footfall.errors import JournalError, SyncError
from footfall.storage import Changes, Row, SqliteControl, SqliteJournal
from footfall.storage.journal import SealMark
from footfall.storage.sqlite.database import open_database

LONG = 40_000_000  # bytes: more than a log holds before it is copied back


def row(message_id: str, source: str = "shop") -> Row:
    return Row(
        "stored", source, message_id, "track", "seen", "u1", None, None, None, None, 1, 2, None, None, b"{}" * 200, None
    )


def ids_in(journal: SqliteJournal) -> list[str]:
    return [entry.row.message_id for chunk in journal.scan("stored") for entry in chunk]


@pytest.fixture
def vfs(request: pytest.FixtureRequest) -> Iterator[FaultyVFS]:
    made = FaultyVFS(f"faulty-{request.node.name}")
    yield made
    made.unregister()


def test_a_new_journal_is_in_wal_mode_with_full_sync(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")

    with open_database(tmp_path / "journal.db") as beside:
        assert beside.pragma("journal_mode") == "wal"
        assert beside.pragma("synchronous") == 2
        assert beside.pragma("page_size") == 8192
    journal.close()


def test_a_file_system_that_cannot_keep_a_wal_is_refused(tmp_path: Path) -> None:
    # SQLite's dot-file locking has no shared memory, as some network file systems have none.
    with pytest.raises(JournalError, match="journal_mode 'delete' instead of 'wal'; put the folder on a local disk"):
        SqliteJournal(tmp_path / "journal.db", vfs="unix-dotfile")


@pytest.mark.parametrize("number", [2, 3000])
def test_a_message_that_was_forgotten_is_a_duplicate_after_opening_anew(tmp_path: Path, number: int) -> None:
    rows = [row(f"m{index}") for index in range(number)]
    first = SqliteJournal(tmp_path / "journal.db")
    first.commit(Changes(rows, {}))
    first.commit(Changes([], {}, seal=SealMark(number, number, 1)))
    while first.forget():
        pass
    first.close()

    second = SqliteJournal(tmp_path / "journal.db")

    with second.snapshot() as snapshot:
        assert snapshot.state().seal == SealMark(number, number, 1)
    assert not any(second.commit(Changes(rows, {})))
    second.close()


def test_what_was_committed_is_there_after_opening_anew_and_numbers_go_on(tmp_path: Path) -> None:
    first = SqliteJournal(tmp_path / "journal.db")
    first.commit(Changes([row("a"), row("b")], {("shop", "seen"): 1}))
    books = first.books()
    first.close()

    second = SqliteJournal(tmp_path / "journal.db")

    assert ids_in(second) == ["a", "b"]
    assert second.books() == books
    assert second.commit(Changes([row("b"), row("c")], {})) == [False, True]
    assert second.watermark() == 3
    second.close()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (FULL, "the journal cannot be written: the disk is full; make room"),
        (WRITE, "the journal cannot be written: the disk fails; check it"),
    ],
)
def test_a_write_that_fails_keeps_nothing_harms_nothing_and_the_next_commit_is_tried(
    tmp_path: Path, vfs: FaultyVFS, code: int, reason: str
) -> None:
    journal = SqliteJournal(tmp_path / "journal.db", vfs=vfs.name)
    journal.commit(Changes([row("before")], {}))
    number = (tmp_path / "journal.db").stat().st_ino
    # More rows than SQLite's page cache can hold back, so that it has to write before the commit too.
    lost = Changes([row(f"lost-{number}") for number in range(50)], {("shop", "seen"): 7})

    vfs.faults["write", "-wal"] = code
    for _ in range(2):
        with pytest.raises(JournalError, match=r"cannot be (written|opened)") as failed:
            journal.commit(lost)
        assert (type(failed.value), failed.value.reason) == (JournalError, reason)
    vfs.faults.clear()
    fresh = journal.commit(lost)

    assert fresh == [True] * 50
    assert ids_in(journal) == ["before", *(f"lost-{number}" for number in range(50))]
    assert (tmp_path / "journal.db").stat().st_ino == number
    counts = journal.books()["shop", "seen"]
    assert counts["received"] == counts["stored"] + counts["duplicate"] + counts["rejected"]
    journal.close()


@pytest.mark.parametrize("code", [FULL, WRITE])
def test_a_log_that_cannot_be_copied_back_for_now_costs_no_commit(
    tmp_path: Path, vfs: FaultyVFS, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    journal = SqliteJournal(tmp_path / "journal.db", vfs=vfs.name)
    vfs.faults["write", "journal.db"] = code

    for number in range(3):
        assert journal.commit(Changes([row(str(number))], {}, probe=LONG)) == [True]
    vfs.faults.clear()
    journal.commit(Changes([], {}, probe=LONG))
    journal.close()

    assert len(caplog.messages) == 1
    assert "the log cannot be copied back, and grows" in caplog.messages[0]
    assert not (tmp_path / "journal.db-wal").exists()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_every_file_of_a_journal_is_its_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        journal = SqliteJournal(tmp_path / "journal.db")
        SqliteControl(tmp_path / "control.db").put_bundle("a", b"plan")
        journal.commit(Changes([row("a")], {}))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    journal.close()

    names = ("control.db", "journal.db", "journal.db-shm", "journal.db-wal", "journal.sync")
    assert modes == dict.fromkeys(names, 0o600)


def test_a_reader_sees_what_is_committed_while_the_writer_goes_on(tmp_path: Path) -> None:
    writer = SqliteJournal(tmp_path / "journal.db")
    writer.commit(Changes([row("a")], {}))
    reader = SqliteJournal(tmp_path / "journal.db", readonly=True)

    seen = [ids_in(reader)]
    writer.commit(Changes([row("b")], {}))
    seen.append(ids_in(reader))

    assert seen == [["a"], ["a", "b"]]
    with pytest.raises(JournalError, match="for reading only"):
        reader.commit(Changes([row("c")], {}))
    reader.close()
    writer.close()


def test_commits_of_many_threads_are_all_kept_once(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    fresh: list[bool] = []

    def commit(number: int) -> None:
        for step in range(10):
            fresh.extend(journal.commit(Changes([row(f"own-{number}-{step}"), row(f"shared-{step}")], {})))

    threads = [threading.Thread(target=commit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ids_in(journal)) == sorted(
        [f"own-{number}-{step}" for number in range(4) for step in range(10)] + [f"shared-{step}" for step in range(10)]
    )
    assert fresh.count(True) == 50
    journal.close()


def test_duplicates_are_found_in_commits_of_any_size_and_any_mix_of_sources(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    rows = [row(f"m{number}", source=f"s{number % 3}") for number in range(2345)]
    journal.commit(Changes(rows[::2], {}))

    fresh = journal.commit(Changes(rows, {}))

    assert fresh == [number % 2 == 1 for number in range(2345)]
    journal.close()


class ReadersVFS(FaultyVFS):
    """Does what it is told to, once, after a database was opened and before its log is."""

    def __init__(self, name: str) -> None:
        self.meanwhile: list[Callable[[], object]] = []
        super().__init__(name)

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - apsw's name
        if not isinstance(name, apsw.URIFilename) and str(name).endswith("-wal") and self.meanwhile:
            self.meanwhile.pop()()
        return super().xOpen(name, flags)


def test_a_reader_misses_nothing_where_a_new_file_becomes_the_journal_as_it_opens_the_old_one(
    tmp_path: Path, vfs: FaultyVFS
) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path, vfs=vfs.name)
    journal.commit(Changes([row("a")], {}))
    vfs.faults["sync", "-wal"] = FSYNC
    with pytest.raises(SyncError):
        journal.commit(Changes([row("b")], {}))
    vfs.faults.clear()
    readers = ReadersVFS("readers")
    reader = SqliteJournal(path, readonly=True, vfs=readers.name)
    readers.meanwhile.append(lambda: journal.commit(Changes([row("b")], {})))

    assert ids_in(reader) == ["a", "b"]
    assert not readers.meanwhile
    journal.close()
    readers.unregister()


def test_what_a_probe_takes_in_the_log_is_there_for_the_next_commit(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.commit(Changes([], {}, probe=2_000_000))
    before = (tmp_path / "journal.db-wal").stat().st_size
    journal.commit(Changes([row(str(number))._replace(body=b"x" * 900_000) for number in range(2)], {}))

    assert before > 2_000_000
    assert (tmp_path / "journal.db-wal").stat().st_size == before
    journal.close()


def test_a_log_that_grew_beside_a_reader_is_cut_once_nobody_reads(tmp_path: Path) -> None:
    log = tmp_path / "journal.db-wal"
    journal, reader = SqliteJournal(tmp_path / "journal.db"), SqliteJournal(tmp_path / "journal.db", readonly=True)
    journal.commit(Changes([row("a")], {}))
    with reader.snapshot() as snapshot:
        assert snapshot.watermark() == 1
        for name in "bc":
            journal.commit(Changes([row(name)._replace(body=b"x" * LONG)], {}))
        beside_a_reader = log.stat().st_size
    for name in "de":  # the first copies the log back, and the second begins it again
        journal.commit(Changes([row(name)], {}))

    assert beside_a_reader > 2 * LONG > LONG > log.stat().st_size
    journal.close()
    reader.close()


def test_a_probe_fails_where_its_log_cannot_be_copied_back(tmp_path: Path, vfs: FaultyVFS) -> None:
    journal = SqliteJournal(tmp_path / "journal.db", vfs=vfs.name)
    vfs.faults["write", "journal.db"] = FULL

    with pytest.raises(JournalError, match="the disk is full"):
        journal.commit(Changes([], {}, probe=100_000))
    assert journal.commit(Changes([row("a")], {}, probe=0)) == [True]
    vfs.faults.clear()
    journal.close()
