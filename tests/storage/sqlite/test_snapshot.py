"""A snapshot reads rows of both kinds in order, and by their columns' names."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.errors import JournalError
from footfall.storage import Row, SqliteJournal
from footfall.storage.journal import Changes
from footfall.storage.sqlite.database import close_database, open_database
from footfall.storage.sqlite.snapshot import SqliteSnapshot

ROW = Row("stored", "s", "m1", "track", "e", "u", "a", "d", "p", "g", 1, 2, "b", b"[]", b"{}", b"{}", b'{"t":1}')
ROWS = [ROW, ROW._replace(kind="quarantined", message_id="m2"), ROW._replace(message_id="m3")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.commit(Changes(ROWS, {("s", "e"): 2}))
    journal.close()
    return tmp_path / "journal.db"


def test_rows_come_back_with_every_column(path: Path) -> None:
    connection = open_database(path, readonly=True)
    snapshot = SqliteSnapshot(connection, path)

    assert [entry.row for chunk in snapshot.scan("stored", chunk=1) for entry in chunk] == [ROWS[0], ROWS[2]]
    assert [entry.row for entry in snapshot.lookup("m2")] == [ROWS[1]]
    assert snapshot.watermark() == 3
    assert snapshot.in_quarantine() == {("s", "e"): 1}
    assert snapshot.books()["s", "e"]["rejected"] == 2
    close_database(connection)


def test_a_query_that_fails_names_the_file(path: Path) -> None:
    connection = open_database(path, readonly=True)

    with pytest.raises(JournalError, match=str(path)):
        SqliteSnapshot(connection, path).run("SELECT nothing FROM nowhere")
    close_database(connection)
