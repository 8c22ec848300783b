"""Rows of a journal as Arrow, with the types of their columns whatever their values are."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pytest
from tests.storage.sealing import SCHEMA, row

from footfall.errors import JournalError
from footfall.maintenance.tail_reader import last_of, read_rows
from footfall.storage import Changes, Entry, Row, SqliteJournal

FULL = Row(
    "stored", "shop", "m-\x00-1", "track", "gesehen ✓", "u", "a", "d", "p", "g", -5, 7, "b" * 64, b"[{}]",
    b'{"n": "\x00 \xff"}', b'{"context":{}}', b"{}",
)  # fmt: skip


def journal_of(path: Path, rows: list[Row]) -> Path:
    """A journal with these rows, which no process has open."""
    journal = SqliteJournal(path / "journal.db")
    journal.commit(Changes(rows, {}))
    journal.close()
    return path / "journal.db"


def entries_in(journal: Path, after: int, until: int) -> list[Entry]:
    table = pyarrow.Table.from_batches(read_rows(journal, after, until))
    return [
        Entry(line.pop("seq"), Row("stored", **line)) for line in table.select(SCHEMA.names).to_pylist()
    ]  # fmt: skip


def test_rows_come_as_they_were_committed_with_every_byte(tmp_path: Path) -> None:
    journal = journal_of(tmp_path, [FULL, row("b")])

    assert entries_in(journal, 0, 2) == [Entry(1, FULL), Entry(2, row("b"))]


def test_the_types_are_those_of_the_columns_also_where_no_row_has_a_value(tmp_path: Path) -> None:
    journal = journal_of(tmp_path, [row("a")])

    assert [batch.schema for batch in read_rows(journal, 0, 1)] == [SCHEMA]


@pytest.mark.slow
def test_a_value_after_very_many_rows_without_one_is_read(tmp_path: Path) -> None:
    rows = [row(str(number)) for number in range(20_000)]
    journal = journal_of(tmp_path, [*rows, FULL])

    assert entries_in(journal, 19_999, 20_001) == [Entry(20_000, rows[-1]), Entry(20_001, FULL)]
    assert sum(len(batch) for batch in read_rows(journal, 0, 20_001)) == 20_001
    assert entries_in(journal, 0, 20_001)[-1].row == FULL


def test_only_stored_rows_between_the_two_numbers_are_read(tmp_path: Path) -> None:
    rows = [row("a"), row("b")._replace(kind="quarantined"), row("c"), row("d"), row("e")]
    journal = journal_of(tmp_path, rows)

    assert [entry.seq for entry in entries_in(journal, 1, 4)] == [3, 4]
    assert entries_in(journal, 5, 9) == []


@pytest.mark.parametrize(
    ("after", "until", "rows", "last"), [(0, 5, 2, 3), (1, 5, 2, 4), (0, 5, 9, 5), (0, 2, 9, 1), (5, 5, 9, None)]
)
def test_the_last_of_a_number_of_rows_is_named(
    tmp_path: Path, after: int, until: int, rows: int, last: int | None
) -> None:
    stored = [row("a"), row("b")._replace(kind="quarantined"), row("c"), row("d"), row("e")]
    journal = journal_of(tmp_path, stored)

    assert last_of(journal, after, until, rows) == last


def test_a_journal_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"no database" * 1000)

    with pytest.raises(JournalError, match=r"journal\.db cannot be read: .*not a database"):
        last_of(tmp_path / "journal.db", 0, 1, 1)
    with pytest.raises(JournalError, match=r"missing\.db cannot be read"):
        list(read_rows(tmp_path / "missing.db", 0, 1))
