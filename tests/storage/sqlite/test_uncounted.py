"""Reports of uncounted hits in the database: ids are forgotten where they cannot come again, so that they stay few."""

from __future__ import annotations

import apsw
import pytest

from footfall.storage.sqlite.schema import SCHEMA
from footfall.storage.sqlite.uncounted import READ_UNCOUNTED, write_uncounted
from footfall.storage.uncounted import REPEAT_DAYS, UncountedReport

DAY_US = 86_400_000_000


@pytest.fixture
def connection() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute(SCHEMA)
    return connection


def write(connection: apsw.Connection, id_: str, now_us: int, *, is_lasting: bool = False) -> None:
    write_uncounted(connection, [UncountedReport("shop", id_, "2026-11-30", {"static": 1}, is_lasting)], now_us)


def test_ids_of_long_ago_are_forgotten_but_for_lasting_ones_and_their_counts_stay(connection: apsw.Connection) -> None:
    write(connection, "old", 0)
    write(connection, "log", 0, is_lasting=True)
    write(connection, "new", REPEAT_DAYS * DAY_US + 1)

    assert connection.execute("SELECT id FROM uncounted_reports ORDER BY id").fetchall() == [("log",), ("new",)]
    assert connection.execute(READ_UNCOUNTED).fetchall() == [("2026-11-30", "shop", "static", 3)]


def test_no_report_writes_nothing(connection: apsw.Connection) -> None:
    before = connection.total_changes()

    write_uncounted(connection, [], DAY_US)

    assert connection.total_changes() == before
