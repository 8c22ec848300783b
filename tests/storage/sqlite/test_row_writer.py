"""What one commit writes, and what it gives back to whoever commits it."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from footfall.storage.ids.keys import body_checksum, key_of
from footfall.storage.ids.stored_ids import StoredIds
from footfall.storage.journal import Changes, Entry, IdRun, Row, RowState
from footfall.storage.sqlite.row_writer import Written, write_changes
from footfall.storage.sqlite.schema import SCHEMA
from footfall.testing.disk import MemoryDisk

UUID = "0193f2a4-7c1e-7abc-8def-0123456789ab"
NOW = 1_793_000_000_000_000  # µs since 1970


class Database:
    """A database, and the ids of its stored rows, which follow only where a test says so."""

    def __init__(self) -> None:
        self.connection = apsw.Connection(":memory:")
        self.connection.execute(SCHEMA)
        self.ids = StoredIds(Path("/ids"), MemoryDisk(), recent=4)

    def write(self, rows: list[Row], released: list[Entry] | None = None) -> Written:
        return write_changes(self.connection, Changes(rows, {}, released or []), self.ids, NOW)

    def count(self, name: str) -> int:
        ((number,),) = self.connection.execute(f"SELECT sum({name}) FROM books")
        return int(number)


@pytest.fixture
def database() -> Database:
    return Database()


def row(message_id: str, kind: RowState = "stored", body: bytes = b"{}") -> Row:
    return Row(kind, "shop", message_id, "page", None, "u", None, None, None, None, 1, 2, None, None, body, None)


def test_it_says_what_was_stored_by_source_and_id(database: Database) -> None:
    app = row("b", body=b"[]")._replace(source="app")

    written = database.write([row(UUID), row("a", "quarantined"), app, row(UUID)])

    assert written.fresh == [True, True, True, False]
    assert (written.seq, written.bodies) == (3, [b"{}", b"[]"])
    assert written.checksums == {"shop": {key_of(UUID): body_checksum(b"{}")}, "app": {"b": body_checksum(b"[]")}}


def test_the_ids_stay_as_they_are_until_the_commit(database: Database) -> None:
    database.connection.execute("BEGIN")
    assert database.write([row("a")]).fresh == [True]
    database.connection.execute("ROLLBACK")

    assert database.ids.find("shop", ["a"]) == {}
    assert database.write([row("a")]).fresh == [True]


def test_ids_that_are_behind_the_rows_are_brought_up_to_them_first(database: Database) -> None:
    database.write([row("a"), row("b")])

    assert database.write([row("b"), row("c")]).fresh == [False, True]
    assert database.ids.seq == 2


def test_a_run_that_waits_gets_its_row(database: Database) -> None:
    database.write([row(str(number)) for number in range(5)])

    database.write([])
    database.write([])  # as after a commit that was thought to have failed

    (line,) = database.connection.execute("SELECT * FROM id_runs")
    assert IdRun(*line)[1:] == (1, 4, "1970-01", 4)
    assert len(database.ids.pending) == 1


def test_a_released_row_has_the_checksum_of_the_body_that_is_stored(database: Database) -> None:
    database.write([row("a", "quarantined", b"1")])

    written = database.write([], [Entry(1, row("a", body=b"22"))])

    assert written.checksums == {"shop": {"a": body_checksum(b"22")}}
    assert database.count("released") == 1


@pytest.mark.parametrize("number", [1, 9, 10, 111, 2345])
def test_repeats_of_quarantined_rows_are_noticed_in_commits_of_any_size(database: Database, number: int) -> None:
    rows = [row(str(index), "quarantined", b"%d" % index) for index in range(number)]
    database.write(rows)

    again = database.write([*rows, *(each._replace(body=b"other") for each in rows)])

    assert not any(again.fresh)
    assert (database.count("duplicate"), database.count("conflicting")) == (2 * number, number)
    assert database.write([each._replace(kind="stored") for each in rows]).fresh == [True] * number
    assert (database.count("superseded"), database.count("stored")) == (number, number)
