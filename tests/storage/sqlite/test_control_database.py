"""The control store's database is read where it is, and written in one transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.errors import JournalError
from footfall.storage.sqlite.control_database import ControlDatabase


def test_a_database_that_is_not_there_has_nothing_and_is_not_made(tmp_path: Path) -> None:
    database = ControlDatabase(tmp_path / "control.db")

    assert database.read("SELECT * FROM keys", "the keys") == []
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_lacks_a_table_has_nothing_of_it(tmp_path: Path) -> None:
    database = ControlDatabase(tmp_path / "control.db")
    with database.writing("it cannot be kept"):
        pass

    assert database.read("SELECT * FROM later", "the later", since=99) == []


def test_a_transaction_that_fails_leaves_nothing_and_says_what_was_not_done(tmp_path: Path) -> None:
    database = ControlDatabase(tmp_path / "control.db")

    with pytest.raises(JournalError, match=r"control\.db: the bundle cannot be kept"):
        _put_twice(database)
    assert database.read("SELECT * FROM bundles", "the bundles") == []


def _put_twice(database: ControlDatabase) -> None:
    with database.writing("the bundle cannot be kept") as connection:
        for _ in range(2):
            connection.execute("INSERT INTO bundles VALUES ('a', x'00', 1)")
