"""What was purged from a journal is in none of its files, and a failure on the way is finished by the same purge."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from tests.storage.faulty_vfs import FULL, FaultyVFS

from footfall.errors import JournalError
from footfall.storage import Changes, Row, SqliteJournal
from footfall.storage.journal import Purge
from footfall.storage.purge_rule import PurgeRule

SECRET = b"hunter2-" * 200
RULE = PurgeRule(event="leaked")


def row(message_id: str, *, event: str = "seen", kind: str = "stored", body: bytes = b"{}") -> Row:
    return Row(kind, "shop", message_id, "track", event, "u", None, None, None, None, 1, 2, None, None, body, None)  # type: ignore[arg-type]  # one of the two kinds


def leaky(folder: Path, *, vfs: str = "") -> SqliteJournal:
    """A journal with secrets: stored, in quarantine, superseded and forgotten ones."""
    journal = SqliteJournal(folder / "journal.db", vfs=vfs)
    journal.commit(Changes([row(f"m{number}") for number in range(500)], {}))
    leaks = [row(f"x{number}", event="leaked", body=SECRET) for number in range(50)]
    journal.commit(Changes(leaks, {}))
    journal.commit(Changes([row("q", event="leaked", kind="quarantined", body=SECRET)], {}))
    journal.commit(Changes([row("s", event="leaked", kind="quarantined", body=SECRET)], {}))
    journal.commit(Changes([row("s")], {}))
    return journal


def where_it_is(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes())


def purge(journal: SqliteJournal) -> None:
    journal.commit(Changes([], {}, purge=Purge(RULE, {})))


def test_the_bytes_are_in_no_file_while_the_journal_is_open(tmp_path: Path) -> None:
    journal = leaky(tmp_path)
    before = where_it_is(tmp_path)

    purge(journal)

    assert before != []
    assert where_it_is(tmp_path) == []
    assert len([entry for chunk in journal.scan("stored") for entry in chunk]) == 501
    journal.close()


def test_a_reader_that_holds_the_log_is_named_and_the_same_purge_finishes_it(tmp_path: Path) -> None:
    journal = leaky(tmp_path)
    with journal.snapshot() as snapshot:
        snapshot.watermark()
        with pytest.raises(JournalError, match="a report or a backup is still reading it; purge the same again"):
            purge(journal)
    purged = journal.books()["shop", "leaked"]

    purge(journal)

    assert where_it_is(tmp_path) == []
    assert journal.books()["shop", "leaked"] == purged
    assert (purged["purged"], purged["quarantine_purged"]) == (50, 1)
    journal.close()


def test_a_disk_without_room_is_named_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    vfs = FaultyVFS("full-while-purging")
    journal = leaky(tmp_path, vfs=vfs.name)
    vfs.faults["write", "-wal"] = FULL
    with pytest.raises(JournalError, match="the disk is full; make room"):
        purge(journal)
    vfs.faults.clear()

    purge(journal)

    assert where_it_is(tmp_path) == []
    assert journal.books()["shop", "leaked"]["purged"] == 50
    journal.close()
    vfs.unregister()


def test_ids_stay_when_the_journal_is_opened_anew(tmp_path: Path) -> None:
    journal = leaky(tmp_path)
    purge(journal)
    journal.close()

    again = SqliteJournal(tmp_path / "journal.db")
    fresh = again.commit(Changes([row("x1"), row("q", kind="quarantined"), row("q"), row("new")], {}))
    again.close()

    assert fresh == [False, False, False, True]


def test_many_ids_of_one_commit_are_looked_up_among_those_that_were_purged(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    rows = [row(f"m{number}", event="leaked", kind="quarantined") for number in range(2500)]
    journal.commit(Changes(rows, {}))
    purge(journal)

    fresh = journal.commit(Changes([*rows, row("new")], {}))

    assert fresh == [False] * 2500 + [True]
    with apsw.Connection(str(tmp_path / "journal.db")) as connection:
        assert connection.execute("SELECT count(*) FROM purged_ids").fetchall() == [(2500,)]
    connection.close()
    journal.close()
