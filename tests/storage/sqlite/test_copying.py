"""A database is copied as of one moment, beside its writer, and a check says where it is damaged."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import apsw
import pytest

from footfall.disk import SystemDisk
from footfall.errors import JournalError
from footfall.storage import Changes, KeyRecord, Row, SqliteControl, SqliteJournal
from footfall.storage.sqlite.copying import copy_control, copy_journal, integrity_problems

DISK = SystemDisk()


def rows(*message_ids: str) -> list[Row]:
    return [
        Row("stored", "shop", message_id, "track", "seen", "u", None, None, None, None, 1, 2, None, None, b"{}", None)
        for message_id in message_ids
    ]


def ids_in(path: Path) -> list[str]:
    journal = SqliteJournal(path, readonly=True)
    return [entry.row.message_id for chunk in journal.scan("stored") for entry in chunk]


def test_the_copy_has_what_was_committed_and_is_one_private_file(tmp_path: Path) -> None:
    journal, copy = SqliteJournal(tmp_path / "journal.db"), tmp_path / "copies" / "journal.db"
    copy.parent.mkdir()
    journal.commit(Changes(rows("a", "b"), {}))

    copy_journal(DISK, tmp_path / "journal.db", copy)
    journal.commit(Changes(rows("c"), {}))
    journal.close()

    assert [path.name for path in copy.parent.iterdir()] == ["journal.db"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert ids_in(copy) == ["a", "b"]


def test_a_transaction_that_is_open_is_not_in_the_copy_and_is_not_waited_for(tmp_path: Path) -> None:
    SqliteJournal(tmp_path / "journal.db").commit(Changes(rows("a"), {}))
    writer = apsw.Connection(str(tmp_path / "journal.db"))
    writer.execute("BEGIN IMMEDIATE; DELETE FROM messages")

    copy_journal(DISK, tmp_path / "journal.db", tmp_path / "copy.db")
    writer.execute("ROLLBACK")

    assert ids_in(tmp_path / "copy.db") == ["a"]


def test_what_was_deleted_is_not_in_the_copy(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.commit(Changes(rows("the-secret"), {}))
    journal.close()
    with apsw.Connection(str(tmp_path / "journal.db")) as writer:
        writer.pragma("secure_delete", 0)
        writer.execute("DELETE FROM messages")
    writer.close()

    copy_journal(DISK, tmp_path / "journal.db", tmp_path / "copy.db")

    assert b"the-secret" in (tmp_path / "journal.db").read_bytes()
    assert b"the-secret" not in (tmp_path / "copy.db").read_bytes()


def test_the_keys_are_copied(tmp_path: Path) -> None:
    record = KeyRecord("k", b"d" * 32, "write", "shop", "", 1)
    SqliteControl(tmp_path / "control.db").add_key(record)

    copy_control(DISK, tmp_path / "control.db", tmp_path / "copy.db")

    assert SqliteControl(tmp_path / "copy.db").key_records() == [record]


def test_what_is_no_database_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "control.db").write_bytes(b"something else" * 100)

    with pytest.raises(JournalError, match=r"control\.db cannot be copied: it is not a SQLite database"):
        copy_control(DISK, tmp_path / "control.db", tmp_path / "copy.db")


def test_a_damaged_page_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqliteJournal(path)
    journal.commit(Changes(rows(*(f"message-{number}" for number in range(1000))), {}))
    journal.close()
    whole = integrity_problems(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xff" * 4096
    path.write_bytes(content)

    assert whole == []
    assert 1 <= len(integrity_problems(path)) <= 3


def test_a_check_leaves_the_log_of_a_killed_writer_to_the_next_writer(tmp_path: Path) -> None:
    journal, killed = SqliteJournal(tmp_path / "journal.db"), tmp_path / "killed"
    journal.commit(Changes(rows("a"), {}))
    killed.mkdir()
    for name in ("journal.db", "journal.db-wal"):
        shutil.copy(tmp_path / name, killed / name)
    before = {path.name: path.read_bytes() for path in killed.iterdir()}

    assert integrity_problems(killed / "journal.db") == []
    assert {name: (killed / name).read_bytes() for name in before} == before
    journal.close()


def test_a_missing_database_is_a_problem(tmp_path: Path) -> None:
    assert integrity_problems(tmp_path / "journal.db") == ["it is missing or not readable for this user"]
