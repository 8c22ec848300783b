"""A journal is copied table by table, and what differs or has no home is refused."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from footfall.disk import SystemDisk
from footfall.errors import JournalError
from footfall.maintenance.migrations.journal_tables import CopiedTable, JournalStep, copy_journal_tables
from footfall.maintenance.migrations.migration import MigrationFiles
from footfall.storage.sqlite.journal import SqliteJournal
from footfall.storage.sqlite.schema import SCHEMA, SCHEMA_VERSION
from footfall.storage.sqlite.snapshot import SqliteSnapshot

SEQ = {"last_seq": CopiedTable(("only",), ("only", "seq"))}


@pytest.fixture
def files(tmp_path: Path) -> MigrationFiles:
    for name in ("data", "new"):
        (tmp_path / name).mkdir()
    journal = SqliteJournal(tmp_path / "data" / "journal.db")
    journal.close()
    return MigrationFiles(tmp_path / "data", {}, tmp_path / "new", SystemDisk())


def test_a_table_is_copied_row_by_row(files: MigrationFiles) -> None:
    copy_journal_tables(files, JournalStep(SCHEMA_VERSION, SCHEMA, SEQ, SqliteSnapshot))

    connection = apsw.Connection(str(files.target / "journal.db"))
    assert connection.execute("SELECT * FROM last_seq").fetchall() == [(1, 0)]
    connection.close()


def test_a_journal_of_another_version_is_refused(files: MigrationFiles) -> None:
    with pytest.raises(JournalError, match="was written by an early footfall"):
        copy_journal_tables(files, JournalStep(SCHEMA_VERSION - 1, SCHEMA, SEQ, SqliteSnapshot))


def test_what_has_no_home_is_refused(files: MigrationFiles) -> None:
    step = JournalStep(SCHEMA_VERSION, SCHEMA, SEQ, SqliteSnapshot, "SELECT count(*) FROM old.last_seq")

    with pytest.raises(JournalError, match="1 id without a message"):
        copy_journal_tables(files, step)
