"""Reads the stored rows of a journal as Arrow, in the process that seals them.

ADBC's SQLite driver makes Arrow of them in C: 2.7 times as fast as to make it of Python's objects. It brings a SQLite
library besides apsw's, and two of them in one process on one file break its locks: closing one's file lets go of the
other's. So a process that has a journal open never loads this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adbc_driver_sqlite import dbapi

from footfall.errors import JournalError
from footfall.storage.columns import COLUMNS

__all__ = ["last_of", "read_rows"]

_OPTIONS = {"adbc.sqlite.query.batch_rows": "16384"}
# Of SQLite's types; no reader sees the values.
_EXAMPLES: Mapping[str, str] = {"BLOB": "x''", "TEXT": "''", "INTEGER": "0"}
_NAMES = ", ".join(column.name for column in COLUMNS)
# The driver takes the type of a column from its first value, and guesses where that is NULL. So the first row has a
# value of the right type in each column. It is left out again.
_TYPED = ", ".join(f"{_EXAMPLES[column.contents.sqlite]} AS {column.name}" for column in COLUMNS)
_ROWS = f"SELECT 0 AS seq, {_TYPED} UNION ALL SELECT seq, {_NAMES} FROM messages WHERE seq > ? AND seq <= ?"  # noqa: S608 - our own names
_LAST = "SELECT max(seq) FROM (SELECT seq FROM messages WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?)"


def last_of(journal: Path, after: int, until: int, rows: int) -> int | None:
    """The number of the last of the first `rows` stored rows with `after < seq <= until`; None where there is none.

    Raises JournalError.
    """
    with _cursor(journal) as cursor:
        cursor.execute(_LAST, (after, until, rows))
        ((last,),) = cursor.fetchall()
    return None if last is None else int(last)


def read_rows(journal: Path, after: int, until: int) -> Iterator[Any]:
    """The stored rows with `after < seq <= until`, as record batches, as of one moment. Raises JournalError."""
    with _cursor(journal) as cursor:
        cursor.execute(_ROWS, (after, until))
        batches = cursor.fetch_record_batch()
        yield next(batches).slice(1)
        yield from batches


@contextmanager
def _cursor(journal: Path) -> Iterator[Any]:
    try:
        with (
            dbapi.connect(f"{journal.absolute().as_uri()}?mode=ro") as connection,
            connection.cursor(adbc_stmt_kwargs=_OPTIONS) as cursor,
        ):
            yield cursor
    except (dbapi.Error, OSError) as error:
        raise JournalError(f"{journal} cannot be read: {error}") from error
