"""The journal in SQLite: WAL, `synchronous=FULL`, one writer, every commit on the disk before it returns.

Ids of stored and quarantined messages are in one table (`ids`), so that a message is taken once whatever became of it.
The books are kept in the same transaction as the rows that they count.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from footfall.clock import Clock, SystemClock
from footfall.errors import JournalError
from footfall.storage.books import COUNTS, INTAKE, Books
from footfall.storage.journal import Changes, Entry, Kind, Refusals, Row, account, is_misdated, quarter_of

__all__ = ["SCHEMA_VERSION", "SqliteJournal", "SqliteSnapshot", "close_database", "open_database"]

SCHEMA_VERSION = 4

# Larger pages than SQLite's 4 KiB: messages are near 1 KB, and the log takes fewer frames for the same rows.
_PAGE_SIZE = 8192
# Pages of log before it is copied back (32 MiB): a commit that has to do this waits for it, so it is made rare.
_CHECKPOINT_PAGES = 4096
_BUSY_MS = 10_000
_SYNCHRONOUS_FULL = 2

_COLUMNS = (
    "source TEXT NOT NULL, message_id TEXT NOT NULL, type TEXT NOT NULL, event TEXT, user_id TEXT, anonymous_id TEXT,"
    " device_id TEXT, previous_id TEXT, group_id TEXT, occurred_at INTEGER NOT NULL, received_at INTEGER NOT NULL,"
    " bundle TEXT, faults BLOB, body BLOB NOT NULL, envelope BLOB"
)
_NAMES = ", ".join(column.split()[0] for column in _COLUMNS.split(", "))
_TABLES: Mapping[Kind, str] = {"stored": "messages", "quarantined": "quarantined"}

_SCHEMA = f"""
CREATE TABLE messages (seq INTEGER PRIMARY KEY, {_COLUMNS});
CREATE TABLE quarantined (seq INTEGER PRIMARY KEY, {_COLUMNS});
CREATE TABLE ids (
    message_id TEXT NOT NULL, source TEXT NOT NULL, seq INTEGER NOT NULL, is_quarantined INTEGER NOT NULL,
    PRIMARY KEY (message_id, source)
) WITHOUT ROWID;
CREATE TABLE books (
    source TEXT NOT NULL, event TEXT NOT NULL, {", ".join(f"{name} INTEGER NOT NULL DEFAULT 0" for name in COUNTS)},
    PRIMARY KEY (source, event)
) WITHOUT ROWID;
CREATE TABLE refusals (
    quarter INTEGER NOT NULL, source TEXT NOT NULL, event TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (quarter, source, event)
) WITHOUT ROWID;
CREATE TABLE last_seq (only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL);
INSERT INTO last_seq VALUES (1, 0);
CREATE TABLE probe (only INTEGER PRIMARY KEY CHECK (only = 1), at INTEGER NOT NULL, filler BLOB NOT NULL);
PRAGMA user_version = {SCHEMA_VERSION};
"""  # noqa: S608 - our own names

_INSERT_ID = "INSERT INTO ids VALUES (?, ?, ?, ?)"
_STORE_ID = "UPDATE ids SET seq = ?, is_quarantined = 0 WHERE message_id = ? AND source = ?"
_TAKE_OUT = "DELETE FROM quarantined WHERE seq = ? RETURNING source, message_id, event, type"
# As many values as a Row has: `seq` comes first, and `kind`, which the table says, is left out.
_INSERT_ROW = {
    kind: f"INSERT INTO {table} VALUES ({', '.join('?' * len(Row._fields))})"  # noqa: S608 - our own names
    for kind, table in _TABLES.items()
}
_ADD_TO_BOOKS = f"""
INSERT INTO books (source, event, {", ".join(INTAKE)}) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET {", ".join(f"{name} = {name} + excluded.{name}" for name in INTAKE)}
"""  # noqa: S608 - our own names
# A message that leaves quarantine was counted when it came in, so its line is there.
_TAKEN_OUT = {
    name: f"UPDATE books SET {name} = {name} + 1 WHERE source = ? AND event = ?"  # noqa: S608 - our own names
    for name in ("released", "superseded")
}
_ADD_MISDATED = "UPDATE books SET misdated = misdated + ? WHERE source = ? AND event = ?"
_ADD_REFUSALS = """
INSERT INTO refusals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET number = number + excluded.number
"""
# Random bytes, so that no file system makes less of them.
_PROBE = "INSERT OR REPLACE INTO probe VALUES (1, ?, randomblob(?))"
_IN_QUARANTINE = "SELECT source, event, type, count(*) FROM quarantined GROUP BY source, event, type"
_SCAN = {
    kind: f"SELECT seq, {_NAMES} FROM {table} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"  # noqa: S608 - our own names
    for kind, table in _TABLES.items()
}
_LOOKUP = {
    kind: f"SELECT seq, {_NAMES} FROM {table} WHERE seq IN (SELECT seq FROM ids WHERE message_id = ?) ORDER BY seq"  # noqa: S608 - our own names
    for kind, table in _TABLES.items()
}
# SQLite takes 32,766 variables in one statement; fewer keep the statement cache warm for usual batch sizes.
_LOOKUP_WIDTHS = (1000, 100, 10, 1)
_KNOWN = {
    width: f"""
    SELECT message_id, seq * is_quarantined FROM ids WHERE source = ? AND message_id IN ({", ".join("?" * width)})
    """  # noqa: S608 - placeholders only
    for width in _LOOKUP_WIDTHS
}


def open_database(path: Path, *, readonly: bool = False, vfs: str = "") -> apsw.Connection:
    """Open the database of a data folder, making its tables if it is new; set and read back what durability rests on.

    `vfs` names a registered apsw VFS ("" is the system's). Raises JournalError.
    """
    flags = apsw.SQLITE_OPEN_READONLY if readonly else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    name = str(path)
    if readonly and _stands_still(path):
        flags |= apsw.SQLITE_OPEN_URI
        name = f"{path.absolute().as_uri()}?immutable=1"
    try:
        connection = apsw.Connection(name, flags=flags, vfs=vfs or None)
    except (apsw.Error, OSError) as error:
        raise _translated("opened", path, error) from error
    try:
        connection.set_busy_timeout(_BUSY_MS)
        version = connection.pragma("user_version")
        _require(
            version <= SCHEMA_VERSION,
            f"{path} was written by a newer footfall (format {version}, this one knows {SCHEMA_VERSION}); upgrade",
        )
        _require(
            version in (0, SCHEMA_VERSION),
            f"{path} was written by an early footfall (format {version}, this one knows {SCHEMA_VERSION}); "
            "start with a new data folder",
        )
        if not readonly:
            _make_durable(connection, path)
            if version == 0:
                with connection:
                    connection.execute(_SCHEMA)
    except (apsw.Error, OSError) as error:
        close_database(connection)
        raise _translated("opened", path, error) from error
    except JournalError:
        close_database(connection)
        raise
    return connection


def _stands_still(path: Path) -> bool:
    """Whether a database is a copy that we may not write beside and nobody writes to: no log, and no right to make one.

    SQLite needs to write beside a database even to read it, unless it is told that nothing changes.
    """
    log = path.with_name(f"{path.name}-wal")
    return path.exists() and not log.exists() and not os.access(path.parent, os.W_OK)


def close_database(connection: apsw.Connection) -> None:
    """Let go of a database. What a failing disk says meanwhile changes nothing: what was committed is in the log."""
    with suppress(apsw.Error, OSError):
        connection.close(True)


def _make_durable(connection: apsw.Connection, path: Path) -> None:
    """Set what durability rests on, and read back that SQLite did so: it answers a refusal with the old value."""
    connection.pragma("page_size", _PAGE_SIZE)
    mode = connection.pragma("journal_mode", "wal")
    _require(
        mode == "wal", f"{path}: SQLite keeps journal_mode {mode!r} instead of 'wal'; put the folder on a local disk"
    )
    connection.pragma("synchronous", "full")
    _require(
        connection.pragma("synchronous") == _SYNCHRONOUS_FULL,
        f"{path}: SQLite refuses synchronous=FULL, so nothing in it would be durable; use an ordinary SQLite build",
    )
    connection.pragma("wal_autocheckpoint", _CHECKPOINT_PAGES)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise JournalError(otherwise)


class SqliteJournal:
    """A Journal in one SQLite database. Any thread may call it; commits run one at a time.

    Reads open their own connection, so each sees one moment and none holds up a commit. `readonly` is for reading
    while a collector, in another process, writes. `clock` says when a message was rejected.
    """

    def __init__(self, path: Path, *, readonly: bool = False, vfs: str = "", clock: Clock | None = None) -> None:
        self._path = path
        self._clock = clock or SystemClock()
        self._readonly = readonly
        self._vfs = vfs
        self._lock = threading.Lock()
        self._closed = False
        self._connection: apsw.Connection | None = None
        if readonly:
            open_database(path, readonly=True, vfs=vfs).close()
        else:
            self._connection = open_database(path, vfs=vfs)

    def commit(self, changes: Changes) -> list[bool]:
        """See Journal. After a failure the database is opened anew before the next commit is tried."""
        if self._readonly:
            raise JournalError(f"{self._path} was opened for reading only")
        with self._lock:
            if self._closed:
                raise JournalError(f"{self._path} is closed")
            try:
                if self._connection is None:
                    self._connection = open_database(self._path, vfs=self._vfs)
                return self._write(self._connection, changes)
            except (apsw.Error, OSError) as error:
                self._drop_connection()
                raise _translated("written", self._path, error) from error

    def scan(
        self, kind: Kind, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """See Journal. The snapshot is held until the iterator ends or is closed."""
        with self.snapshot() as snapshot:
            yield from snapshot.scan(kind, after=after, until=until, chunk=chunk)

    def lookup(self, message_id: str) -> list[Entry]:
        """See Journal."""
        with self.snapshot() as snapshot:
            return snapshot.lookup(message_id)

    def watermark(self) -> int:
        """See Journal."""
        with self.snapshot() as snapshot:
            return snapshot.watermark()

    def books(self) -> Books:
        """See Journal."""
        with self.snapshot() as snapshot:
            return snapshot.books()

    @contextmanager
    def snapshot(self) -> Iterator[SqliteSnapshot]:
        """See Journal."""
        if self._closed:
            raise JournalError(f"{self._path} is closed")
        connection = open_database(self._path, readonly=True, vfs=self._vfs)
        try:
            snapshot = SqliteSnapshot(connection, self._path)
            snapshot.run("BEGIN")
            yield snapshot
        finally:
            close_database(connection)

    def close(self) -> None:
        """See Journal."""
        with self._lock:
            self._closed = True
            self._drop_connection()

    def _drop_connection(self) -> None:
        if self._connection is not None:
            close_database(self._connection)
            self._connection = None

    def _write(self, connection: apsw.Connection, changes: Changes) -> list[bool]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            ((seq,),) = connection.execute("SELECT seq FROM last_seq")
            first = seq
            known = _known_ids(connection, changes.rows)
            ids: list[tuple[str, str, int, bool]] = []
            tables: dict[Kind, list[tuple[Any, ...]]] = {"stored": [], "quarantined": []}
            counts: Counter[tuple[str, str, str]] = Counter()
            misdated: Counter[tuple[str, str]] = Counter()
            superseded: list[tuple[int, int]] = []
            fresh: list[bool] = []
            for row in changes.rows:
                kind, source, message_id = row[:3]
                place = known.get((source, message_id))
                new = place is None or (place > 0 and kind == "stored")
                fresh.append(new)
                if new:
                    seq += 1
                    if place is None:
                        ids.append((message_id, source, seq, kind == "quarantined"))
                    else:
                        superseded.append((place, seq))
                    known[source, message_id] = seq if kind == "quarantined" else 0
                    tables[kind].append((seq, *row[1:]))
                event = row[4] if row[4] is not None else account(None, row[3])
                counts[source, event, kind if new else "duplicate"] += 1
                if new and row[13] is not None and is_misdated(row):
                    misdated[source, event] += 1
            if ids:
                connection.executemany(_INSERT_ID, ids)
            for table, rows in tables.items():
                if rows:
                    connection.executemany(_INSERT_ROW[table], rows)
            for (source, event), number in changes.rejected.items():
                counts[source, event, "rejected"] += number
            connection.executemany(_ADD_TO_BOOKS, _lines(counts))
            if misdated:
                connection.executemany(_ADD_MISDATED, [(number, *key) for key, number in misdated.items()])
            if changes.rejected:
                quarter = quarter_of(self._clock.now_us())
                refused = [(quarter, *key, number) for key, number in changes.rejected.items() if number]
                connection.executemany(_ADD_REFUSALS, refused)
            for place, to in superseded:
                _take_out(connection, place, to, "superseded")
            for entry in changes.released:
                fresh.append(_take_out(connection, entry.seq, seq + 1, "released", entry.row))
                if fresh[-1]:
                    seq += 1
                    connection.execute(_INSERT_ROW["stored"], (seq, *entry.row[1:]))
            if seq > first:
                connection.execute("UPDATE last_seq SET seq = ?", (seq,))
            if changes.probe is not None:
                connection.execute(_PROBE, (self._clock.now_us(), changes.probe))
        except BaseException:
            if not connection.get_autocommit():
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return fresh


class SqliteSnapshot:
    """A Snapshot in one read transaction of a connection."""

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def run(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Every line of an answer. Raises JournalError."""
        try:
            return self._connection.execute(query, values).fetchall()
        except (apsw.Error, OSError) as error:
            raise _translated("read", self._path, error) from error

    def scan(
        self, kind: Kind, *, after: int = 0, until: int | None = None, chunk: int = 10_000
    ) -> Iterator[list[Entry]]:
        """See Journal."""
        last = until if until is not None else 2**63 - 1
        while True:
            entries = [Entry(line[0], Row(kind, *line[1:])) for line in self.run(_SCAN[kind], (after, last, chunk))]
            if not entries:
                return
            yield entries
            after = entries[-1].seq

    def lookup(self, message_id: str) -> list[Entry]:
        """See Journal."""
        entries = [
            Entry(line[0], Row(kind, *line[1:]))
            for kind, query in _LOOKUP.items()
            for line in self.run(query, (message_id,))
        ]
        return sorted(entries, key=lambda entry: entry.seq)

    def watermark(self) -> int:
        """See Journal."""
        ((seq,),) = self.run("SELECT seq FROM last_seq")
        return int(seq)

    def books(self) -> Books:
        """See Journal."""
        lines = self.run(f"SELECT source, event, {', '.join(COUNTS)} FROM books ORDER BY source, event")  # noqa: S608 - our own names
        return {(source, event): dict(zip(COUNTS, counts, strict=True)) for source, event, *counts in lines}

    def in_quarantine(self) -> Mapping[tuple[str, str], int]:
        """See Snapshot."""
        counts: Counter[tuple[str, str]] = Counter()
        for source, event, type_, number in self.run(_IN_QUARANTINE):
            counts[source, account(event, type_)] += number
        return counts

    def refusals(self) -> list[Refusals]:
        """See Snapshot."""
        return [Refusals(*line) for line in self.run("SELECT * FROM refusals ORDER BY quarter, source, event")]


def _known_ids(connection: apsw.Connection, rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """Which (source, message_id) of these rows are in the journal: 0 for a stored one, the `seq` of a quarantined."""
    by_source: dict[str, list[str]] = {}
    for row in rows:
        by_source.setdefault(row[1], []).append(row[2])
    known: dict[tuple[str, str], int] = {}
    for source, message_ids in by_source.items():
        start = 0
        for width in _LOOKUP_WIDTHS:
            while len(message_ids) - start >= width:
                part = message_ids[start : start + width]
                for message_id, place in connection.execute(_KNOWN[width], (source, *part)):
                    known[source, message_id] = place
                start += width
    return known


def _take_out(connection: apsw.Connection, place: int, to: int, why: str, anew: Row | None = None) -> bool:
    """Take the row `place` out of quarantine, and give its id the number `to`; False when it is not there.

    `anew` is the row as it will be stored, where it was not counted as it came in.
    """
    line = connection.execute(_TAKE_OUT, (place,)).fetchone()
    if line is None:
        return False
    source, message_id, event, type_ = line
    connection.execute(_STORE_ID, (to, message_id, source))
    connection.execute(_TAKEN_OUT[why], (source, account(event, type_)))
    if anew is not None and is_misdated(anew):
        connection.execute(_ADD_MISDATED, (1, source, account(event, type_)))
    return True


def _lines(counts: Counter[tuple[str, str, str]]) -> list[tuple[str | int, ...]]:
    lines: dict[tuple[str, str], dict[str, int]] = {}
    for (source, event, name), number in counts.items():
        line = lines.setdefault((source, event), dict.fromkeys(INTAKE, 0))
        line[name] += number
        line["received"] += number
    return [(*key, *numbers.values()) for key, numbers in lines.items()]


_REASONS: list[tuple[type[Exception], str]] = [
    (apsw.FullError, "the disk is full; make room"),
    (apsw.ReadOnlyError, "it is read-only; make it writable for this user"),
    (apsw.CantOpenError, "it is missing or not readable for this user"),
    (apsw.NotADBError, "it is not a SQLite database; restore it from a backup"),
    (apsw.CorruptError, "it is damaged; restore it from a backup"),
    (apsw.IOError, "the disk fails; check it"),
    (apsw.BusyError, "another process keeps it locked; stop that process"),
]


def _translated(done: str, path: Path, error: Exception) -> JournalError:
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return JournalError(
                f"{path} cannot be {done}: {reason} ({error})", reason=f"the journal cannot be {done}: {reason}"
            )
    return JournalError(f"{path} cannot be {done}: {error}")
