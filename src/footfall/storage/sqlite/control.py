"""The control store in SQLite, in a database apart from the journal's.

So a key can be created or revoked by another process while the collector writes its journal, a look at the keys costs
the journal nothing, and a fault of the journal's files does not reach the keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from footfall.clock import Clock, SystemClock
from footfall.errors import JournalError
from footfall.storage.control import BundleLoad, Control, JobRun, KeyRecord
from footfall.storage.sqlite.database import close_database, flags_to_read, make_private, reason_of
from footfall.storage.sqlite.library import connect, require_safe

__all__ = ["SqliteControl"]

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
)
_FORMAT = len(_SCHEMAS)
_WITH_RUNS, _WITH_LOADS, _WITH_ENVIRONMENTS = 2, 3, 4
_PUT = """
INSERT INTO bundles VALUES (?, ?, (SELECT coalesce(max(loaded), 0) + 1 FROM bundles))
ON CONFLICT DO UPDATE SET loaded = excluded.loaded
"""
_PUT_LOAD = "INSERT INTO bundle_loads (hash, seq, at) VALUES (?, ?, ?)"
_LOADS = "SELECT hash, seq, at FROM bundle_loads ORDER BY number"
_KEY = ", ".join(KeyRecord._fields)
_ADD_KEY = f"INSERT INTO keys ({_KEY}) VALUES ({', '.join('?' * len(KeyRecord._fields))})"  # noqa: S608 - our own names
_KEYS = f"SELECT {_KEY} FROM keys ORDER BY created_at, id"  # noqa: S608 - our own names
_EARLIER_KEYS = _KEYS.replace("environment", "NULL")
_RUN = ", ".join(JobRun._fields)
_RECORD_RUN = f"INSERT OR REPLACE INTO job_runs ({_RUN}) VALUES ({', '.join('?' * len(JobRun._fields))})"  # noqa: S608 - as above
_RUNS = f"SELECT {_RUN} FROM job_runs ORDER BY name"  # noqa: S608 - our own names
_LAST = "SELECT hash FROM bundles ORDER BY loaded DESC LIMIT 1"
_REVOKE = "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"


class SqliteControl(Control):
    """A Control in a SQLite database. Each call opens it anew: calls are few. Several processes may use it at once.

    `clock` says when a bundle was loaded.
    """

    def __init__(self, path: Path, *, readonly: bool = False, clock: Clock | None = None) -> None:
        self._path = path
        self._readonly = readonly
        self._clock = clock or SystemClock()

    def put_bundle(self, digest: str, bundle: bytes, *, seq: int = 0) -> None:
        """See Control."""
        if self._read(_LAST, "the bundles") == [(digest,)]:
            return  # so that a collector starts with its plan while the disk is full, and says what is wrong
        with self._writing("the plan's bundle cannot be kept") as connection:
            connection.execute(_PUT, (digest, bundle))
            connection.execute(_PUT_LOAD, (digest, seq, self._clock.now_us()))

    def bundles(self) -> Mapping[str, bytes]:
        """See Control."""
        return dict(self._read("SELECT hash, bundle FROM bundles ORDER BY loaded", "the bundles"))

    def bundle_loads(self) -> list[BundleLoad]:
        """See Control."""
        loads = [BundleLoad(*line) for line in self._read(_LOADS, "the bundles", since=_WITH_LOADS)]
        return loads or [BundleLoad(digest, 0, 0) for digest in self.bundles()]

    def add_key(self, record: KeyRecord) -> None:
        """See Control."""
        with self._writing("the key cannot be kept") as connection:
            connection.execute(_ADD_KEY, record)

    def key_records(self) -> list[KeyRecord]:
        """See Control."""
        lines = self._read(_KEYS, "the keys", since=_WITH_ENVIRONMENTS) or self._read(_EARLIER_KEYS, "the keys")
        return [KeyRecord(*line) for line in lines]

    def revoke_key(self, key_id: str, at: int) -> bool:
        """See Control."""
        with self._writing("the key cannot be revoked") as connection:
            connection.execute(_REVOKE, (at, key_id))
            return bool(connection.changes())

    def job_runs(self) -> Mapping[str, JobRun]:
        """See Control."""
        return {line[0]: JobRun(*line) for line in self._read(_RUNS, "the runs of jobs", since=_WITH_RUNS)}

    def record_run(self, run: JobRun) -> None:
        """See Control."""
        with self._writing("the run of a job cannot be kept") as connection:
            connection.execute(_RECORD_RUN, run)

    def _read(self, query: str, what: str, *, since: int = 1) -> list[Any]:
        """The answer to a query; nothing from a store of a format before `since`, which has no such table."""
        if not self._path.exists():
            return []
        with self._opened(f"{what} cannot be read", flags_to_read(self._path)) as connection:
            # An empty file is what a start that was cut short leaves behind.
            return connection.execute(query).fetchall() if connection.pragma("user_version") >= since else []

    @contextmanager
    def _writing(self, failure: str) -> Iterator[apsw.Connection]:
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
