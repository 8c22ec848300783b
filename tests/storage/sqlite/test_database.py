"""How the database of a journal is opened, what is refused, and what its errors mean."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from footfall.errors import JournalError
from footfall.storage.sqlite.database import (
    close_database,
    fold_log,
    is_failed_sync,
    make_private,
    open_database,
    open_to_read,
    reason_of,
)
from footfall.storage.sqlite.schema import SCHEMA_VERSION


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    close_database(open_database(path))
    return path


def test_what_durability_rests_on_is_set(path: Path) -> None:
    with open_database(path) as connection:
        assert connection.pragma("journal_mode") == "wal"
        assert connection.pragma("synchronous") == 2
        assert connection.pragma("page_size") == 8192


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"this is text, and long enough to be looked at" * 100)

    with pytest.raises(JournalError, match="not a SQLite database; restore it from a backup"):
        open_database(tmp_path / "journal.db")


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (99, rf"newer footfall \(format 99, this one knows {SCHEMA_VERSION}\); upgrade"),
        (1, rf"early footfall \(format 1, this one knows {SCHEMA_VERSION}\); start"),
    ],
)
def test_another_format_is_refused(version: int, message: str, path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", version)
    connection.close()

    with pytest.raises(JournalError, match=message):
        open_database(path)


@pytest.mark.parametrize("open_it", [open_to_read, lambda path: open_database(path, readonly=True)])
def test_reading_a_journal_that_is_not_there_is_refused(open_it: object, tmp_path: Path) -> None:
    assert callable(open_it)
    with pytest.raises(JournalError, match="cannot be opened: it is missing"):
        open_it(tmp_path / "journal.db")
    assert not (tmp_path / "journal.db").exists()


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    make_private(tmp_path / "new.db")

    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o600


def test_a_log_is_folded_unless_a_reader_needs_it(path: Path) -> None:
    log = path.with_name("journal.db-wal")
    writer, reader = open_database(path), open_to_read(path)
    writer.execute("INSERT INTO books (source, event) VALUES ('s', 'e')")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM books").fetchall()
    writer.execute("INSERT INTO books (source, event) VALUES ('s', 'f')")
    fold_log(writer)
    before = log.stat().st_size
    close_database(reader)
    fold_log(writer)

    assert before > 0
    assert log.stat().st_size == 0
    close_database(writer)


def test_a_failing_disk_is_taken_for_a_failed_sync_unless_the_failure_is_known_to_be_harmless() -> None:
    def failure(code: int) -> apsw.IOError:
        error = apsw.IOError()
        vars(error)["extendedresult"] = code
        return error

    assert is_failed_sync(failure(apsw.SQLITE_IOERR_FSYNC))
    assert not is_failed_sync(failure(apsw.SQLITE_IOERR_READ))
    assert "make room" in reason_of(apsw.FullError())
