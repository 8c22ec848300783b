"""The database of the control store, apart from the journal's: how its tables are made, and how it is opened.

So a key can be created or revoked by another process while the collector writes its journal, a look at the keys costs
the journal nothing, and a fault of the journal's files does not reach the keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from footfall.errors import JournalError
from footfall.storage.sqlite.database import close_database, flags_to_read, make_private, reason_of
from footfall.storage.sqlite.library import connect, require_safe

__all__ = ["WITH_COSTS", "WITH_ENVIRONMENTS", "WITH_LOADS", "WITH_RUNS", "WITH_SIGNALS", "ControlDatabase"]

_BUSY_MS = 10_000
_SYNCHRONOUS_EXTRA = 3
# What each format adds to the one before it. A store gets what it lacks when it is next written.
_SCHEMAS = (
    """
CREATE TABLE bundles (hash TEXT PRIMARY KEY, bundle BLOB NOT NULL, loaded INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (
    id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, role TEXT NOT NULL, source TEXT, name TEXT NOT NULL,
    created_at INTEGER NOT NULL, revoked_at INTEGER
) WITHOUT ROWID;
""",
    """
CREATE TABLE job_runs (
    name TEXT PRIMARY KEY, began_at INTEGER NOT NULL, took_us INTEGER NOT NULL, state TEXT NOT NULL,
    result TEXT NOT NULL, failures INTEGER NOT NULL
) WITHOUT ROWID;
""",
    """
CREATE TABLE bundle_loads (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL);
INSERT INTO bundle_loads (hash, seq, at) SELECT hash, 0, 0 FROM bundles ORDER BY loaded;
""",
    "ALTER TABLE keys ADD COLUMN environment TEXT;",
    """
CREATE TABLE costs (
    day TEXT NOT NULL, campaign TEXT NOT NULL, source TEXT NOT NULL, currency TEXT NOT NULL, cost TEXT NOT NULL,
    clicks INTEGER, impressions INTEGER, file TEXT NOT NULL, imported_at INTEGER NOT NULL,
    PRIMARY KEY (day, campaign, source, currency)
) WITHOUT ROWID;
""",
    """
CREATE TABLE IF NOT EXISTS signals (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, evidence TEXT NOT NULL,
    noticed_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signal_steps (
    number INTEGER PRIMARY KEY, signal_id TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL, author TEXT NOT NULL,
    at INTEGER NOT NULL
);
""",
)
_FORMAT = len(_SCHEMAS)
WITH_RUNS, WITH_LOADS, WITH_ENVIRONMENTS, WITH_COSTS, WITH_SIGNALS = 2, 3, 4, 5, 6
"""The formats that brought these tables and columns."""


class ControlDatabase:
    """A SQLite database. Each call opens it anew: calls are few. Several processes may use it at once."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._path = path
        self._readonly = readonly

    def read(self, query: str, what: str, *, since: int = 1) -> list[Any]:
        """The answer to a query; nothing from a store of a format before `since`, which has no such table."""
        if not self._path.exists():
            return []
        with self._opened(f"{what} cannot be read", flags_to_read(self._path)) as connection:
            # An empty file is what a start that was cut short leaves behind.
            return connection.execute(query).fetchall() if connection.pragma("user_version") >= since else []

    @contextmanager
    def writing(self, failure: str) -> Iterator[apsw.Connection]:
        """A transaction, with all tables made; `failure` says what is not done where it raises JournalError."""
        if self._readonly:
            raise JournalError(f"{self._path}: {failure}: it was opened for reading only")
        require_safe()
        make_private(self._path)
        with self._opened(failure, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE) as connection:
            # EXTRA syncs the folder too: without it a power cut could undo a revocation that was reported.
            connection.pragma("synchronous", "extra")
            if connection.pragma("synchronous") != _SYNCHRONOUS_EXTRA:
                raise JournalError(f"{self._path}: {failure}: SQLite refuses synchronous=EXTRA; use an ordinary build")
            connection.execute("BEGIN IMMEDIATE")
            for version in range(connection.pragma("user_version"), _FORMAT):
                connection.execute(f"{_SCHEMAS[version]}PRAGMA user_version = {version + 1}")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _opened(self, failure: str, flags: int) -> Iterator[apsw.Connection]:
        connection = None
        try:
            connection = connect(str(self._path), flags)
            connection.set_busy_timeout(_BUSY_MS)
            version = connection.pragma("user_version")
            if version > _FORMAT:
                newer = f"was written by a newer footfall (format {version}, this one knows {_FORMAT}); upgrade"
                raise JournalError(f"{self._path} {newer}")
            yield connection
        except (apsw.Error, OSError) as error:
            reason = reason_of(error)
            why = str(error) if reason == JournalError.UNKNOWN or isinstance(error, OSError) else f"{reason} ({error})"
            raise JournalError(f"{self._path}: {failure}: {why}") from error
        finally:
            if connection is not None:
                close_database(connection)
