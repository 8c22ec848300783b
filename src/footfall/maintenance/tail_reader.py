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

import adbc_driver_manager
import adbc_driver_sqlite
import pyarrow

from footfall.errors import JournalError
from footfall.storage.columns import COLUMNS

__all__ = ["last_of", "read_rows"]

_OPTIONS = {"adbc.sqlite.query.batch_rows": "16384"}
_WAIT = "PRAGMA busy_timeout = 10000"  # for another connection that opens or closes the database at this moment
# Of SQLite's types; no reader sees the values.
_EXAMPLES: Mapping[str, str] = {"BLOB": "x''", "TEXT": "''", "INTEGER": "0"}
_NAMES = ", ".join(column.name for column in COLUMNS)
# The driver takes the type of a column from its first value, and guesses where that is NULL. So the first row has a
# value of the right type in each column. It is left out again.
_TYPED = ", ".join(f"{_EXAMPLES[column.contents.sqlite]} AS {column.name}" for column in COLUMNS)
_ROWS = f"SELECT 0 AS seq, {_TYPED} UNION ALL SELECT seq, {_NAMES} FROM messages"  # noqa: S608 - our own names


def last_of(journal: Path, after: int, until: int, rows: int) -> int | None:
    """The number of the last of the first `rows` stored rows with `after < seq <= until`; None where there is none.

    Raises JournalError.
    """
    rows_of = f"SELECT seq FROM messages WHERE seq > {after:d} AND seq <= {until:d} ORDER BY seq LIMIT {rows:d}"  # noqa: S608 - numbers
    with _answer(journal, f"SELECT max(seq) FROM ({rows_of})") as batches:  # noqa: S608 - our own query
        (last,) = batches.read_all().column(0).to_pylist()
    return None if last is None else int(last)


def read_rows(journal: Path, after: int, until: int) -> Iterator[Any]:
    """The stored rows with `after < seq <= until`, as record batches, as of one moment. Raises JournalError."""
    with _answer(journal, f"{_ROWS} WHERE seq > {after:d} AND seq <= {until:d}") as batches:
        yield next(batches).slice(1)
        yield from batches


@contextmanager
def _answer(journal: Path, query: str) -> Iterator[Any]:
    """The record batches of an answer."""
    # By the driver's own calls: its `dbapi` loads pandas and polars where they are there, which takes half a second.
    try:
        with (
            adbc_driver_sqlite.connect(f"{journal.absolute().as_uri()}?mode=ro") as database,
            adbc_driver_manager.AdbcConnection(database) as connection,
            adbc_driver_manager.AdbcStatement(connection) as statement,
        ):
            statement.set_sql_query(_WAIT)
            statement.execute_update()
            statement.set_options(**_OPTIONS)
            statement.set_sql_query(query)
            stream, _ = statement.execute_query()
            with pyarrow.RecordBatchReader.from_stream(stream) as batches:
                yield batches
    except (adbc_driver_manager.Error, pyarrow.ArrowException, OSError) as error:
        raise JournalError(f"{journal} cannot be read: {error}") from error
