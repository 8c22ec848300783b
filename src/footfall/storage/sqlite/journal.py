"""The journal in SQLite: WAL, `synchronous=FULL`, one writer, every commit on the disk before it returns.

Ids of stored and quarantined messages are in one table (`ids`), so that a message is taken once whatever became of it.
The books are kept in the same transaction as the rows that they count.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import apsw

from footfall.clock import Clock, SystemClock
from footfall.errors import JournalError, SyncError
from footfall.storage.books import INTAKE
from footfall.storage.columns import COLUMNS
from footfall.storage.journal import Changes, Row, RowState, SnapshotReads, counter_name, is_misdated, quarter_of
from footfall.storage.sqlite.database import (
    CHECKPOINT_PAGES,
    close_database,
    fold_log,
    is_failed_sync,
    open_database,
    open_to_read,
    reason_of,
    transaction,
    translated,
)
from footfall.storage.sqlite.renewal import (
    JournalFiles,
    NoRoomError,
    copy_journal,
    finish_switch,
    is_switched,
    rewrite_log,
    settle_switch,
)
from footfall.storage.sqlite.schema import TABLES, insert_into
from footfall.storage.sqlite.sealed_rows import forget_rows, move_mark
from footfall.storage.sqlite.snapshot import SqliteSnapshot
from footfall.storage.store import Acknowledged, FailedSync
from footfall.timestamps import format_us

__all__ = ["SqliteJournal"]

_T = TypeVar("_T")
_log = logging.getLogger("footfall")
_NO_ROOM_PAUSE = 10.0
# The longest pause between two tries to copy, in seconds. After a failure other than too little room they begin at 1.
_LONGEST_PAUSE = 10.0

_INSERT_ID = "INSERT INTO ids VALUES (?, ?, ?, ?)"
_STORE_ID = "UPDATE ids SET seq = ?, is_quarantined = 0 WHERE message_id = ? AND source = ?"
_TAKE_OUT = "DELETE FROM quarantined WHERE seq = ? RETURNING source, message_id, event, type"
_INSERT_ROW = {kind: insert_into(table) for kind, table in TABLES.items()}
_values_of = itemgetter(*(Row._fields.index(column.name) for column in COLUMNS))
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
# SQLite takes 32,766 variables in one statement; fewer keep the statement cache warm for usual batch sizes.
_LOOKUP_WIDTHS = (1000, 100, 10, 1)
_KNOWN = {
    width: f"""
    SELECT message_id, seq * is_quarantined FROM ids WHERE source = ? AND message_id IN ({", ".join("?" * width)})
    """  # noqa: S608 - placeholders only
    for width in _LOOKUP_WIDTHS
}


class SqliteJournal(SnapshotReads):
    """A Journal in one SQLite database. Any thread may call it; commits run one at a time.

    Reads open their own connection, so each sees one moment and none holds up a commit. `readonly` is for reading
    while a collector, in another process, writes. `clock` says when a message was rejected, and when to try again.

    After a failed sync nothing is written to the database or its log any more, by this process or the next: each commit
    raises SyncError until the journal was copied to a new file, which the next commit tries (at most every 10 seconds
    where there is no room).
    """

    def __init__(
        self,
        path: Path,
        *,
        readonly: bool = False,
        vfs: str = "",
        clock: Clock | None = None,
        files: JournalFiles | None = None,
    ) -> None:
        self._path = path
        self._clock = clock or SystemClock()
        self._readonly = readonly
        self._vfs = vfs
        self._lock = threading.Lock()
        self._closed = False
        self._connection: apsw.Connection | None = None
        self._log_pages = 0
        self._is_fold_failing = False
        self._failed: FailedSync | None = None
        self._acknowledged: Acknowledged | None = None
        self._problem = ""
        self._tries = 0
        self._next_try = 0.0
        if readonly:
            open_to_read(path, vfs=vfs).close()
        else:
            self._files = files or JournalFiles(path)
            self._begin()

    def commit(self, changes: Changes) -> list[bool]:
        """See Journal. Raises SyncError from a failed sync on, until the journal was copied to a new file."""
        is_probe = bool(changes.probe) and not changes.rows
        return self._durably(lambda connection: self._write(connection, changes), is_fold_needed=is_probe)

    def forget(self, limit: int = 1000) -> int:
        """See Journal. Raises SyncError as `commit` does."""
        return self._durably(lambda connection: self._forget(connection, limit))

    def _durably(self, step: Callable[[apsw.Connection], _T], *, is_fold_needed: bool = False) -> _T:
        """Do a step that is one transaction, after what a failed sync before it left to be done."""
        if self._readonly:
            raise JournalError(f"{self._path} was opened for reading only")
        with self._lock:
            if self._closed:
                raise JournalError(f"{self._path} is closed")
            if self._failed is not None:
                self._renew(self._failed)
            try:
                if self._connection is None:
                    self._connection = self._open()
                result = step(self._connection)
                self._fold(self._connection, is_needed=is_fold_needed)
            except (apsw.Error, OSError, JournalError) as error:
                raise self._failure(error) from error
            self._tries, self._next_try = 0, 0.0
            return result

    @contextmanager
    def snapshot(self) -> Iterator[SqliteSnapshot]:
        """See Journal."""
        if self._closed:
            raise JournalError(f"{self._path} is closed")
        connection = open_to_read(self._path, vfs=self._vfs)
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
            if self._connection is not None and self._failed is None:
                try:
                    fold_log(self._connection)
                except (apsw.Error, OSError) as error:
                    if is_failed_sync(error):
                        _log.error("%s", self._distrust(error))
            self._drop_connection()

    def _begin(self) -> None:
        """Open the database, or, where a sync failed in this boot, copy it first."""
        try:
            settle_switch(self._files)
        except OSError as error:
            raise translated("opened", self._path, error) from error
        with suppress(OSError):  # where no file can be made the database says why
            self._files.marker.reserve()
        self._failed = self._files.marker.read()
        if self._failed is not None:
            self._acknowledged = self._failed.acknowledged
            with suppress(SyncError):  # it is in the log, and each commit tries again
                self._renew(self._failed)
            return
        has_log = self._files.log.exists()
        self._connection = self._open()
        if has_log:
            self._rewrite_log(self._connection)

    def _open(self) -> apsw.Connection:
        connection = open_database(self._path, vfs=self._vfs)
        connection.set_wal_hook(self._logged)
        ((seq,),) = connection.execute("SELECT seq FROM last_seq")
        if self._acknowledged is None:
            self._acknowledged = Acknowledged(seq, seq)
        return connection

    def _logged(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _rewrite_log(self, connection: apsw.Connection) -> None:
        """See `rewrite_log`. A sync that fails in it is one like any other, and the first commit copies the journal."""
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                rewrite_log(self._files)
            finally:
                connection.execute("ROLLBACK")
        except apsw.Error as error:
            close_database(connection)
            raise translated("opened", self._path, error) from error
        except OSError as error:
            _log.error("%s", self._distrust(error))

    def _fold(self, connection: apsw.Connection, *, is_needed: bool) -> None:
        """Copy the log back when it is long. Raises what a failed sync raises; after another error the log stays.

        `is_needed` is for a probe of many bytes: the room that it takes in the log has to be there for what comes next.
        Then it is copied back in any case, and every error is raised.
        """
        if self._log_pages < CHECKPOINT_PAGES and not is_needed:
            return
        try:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.Error as error:
            if is_needed or is_failed_sync(error):
                raise
            if not self._is_fold_failing:
                _log.warning("%s: the log cannot be copied back, and grows: %s", self._path, reason_of(error))
            self._is_fold_failing = True
        else:
            self._is_fold_failing = False

    def _failure(self, error: Exception) -> JournalError:
        """What a commit raises, after the connection was made fit for the next one."""
        cause = error.__cause__ if isinstance(error, JournalError) else error
        if isinstance(cause, Exception) and is_failed_sync(cause):
            return self._distrust(cause)
        # On a full disk a new connection could not even make the memory that it shares with others.
        if not isinstance(cause, apsw.FullError):
            self._drop_connection()
        return error if isinstance(error, JournalError) else translated("written", self._path, error)

    def _distrust(self, error: Exception) -> SyncError:
        """Write no more to these files; the marker informs the next process."""
        failure = FailedSync(format_us(self._clock.now_us()), str(error), acknowledged=self._acknowledged)
        self._problem = ""
        try:
            self._failed = self._files.marker.write(failure)
        except OSError as unwritten:
            self._failed = failure
            _log.error("%s: the failed sync could not be marked for the next process: %s", self._path, unwritten)
        return self._refusal(self._failed)

    def _refusal(self, failure: FailedSync, problem: str = "") -> SyncError:
        reason = f"a sync failed at {failure.since} ({failure.reason}); the journal is first copied to a new file"
        if problem:
            reason += f", which failed ({problem}) and is tried again"
        return SyncError(f"{self._path}: {reason}", reason=reason)

    def _renew(self, failure: FailedSync) -> None:
        """Copy the journal to a new file and go on with that. Raises SyncError while that is not possible."""
        if self._clock.monotonic() < self._next_try:
            raise self._refusal(failure, self._problem)
        pause = min(2.0**self._tries, _LONGEST_PAUSE)
        self._tries += 1
        try:
            if not is_switched(self._files):
                self._copy()
            self._drop_connection()
            finish_switch(self._files)
            self._connection = self._open()
        except (apsw.Error, OSError, JournalError) as error:
            self._problem = error.reason if isinstance(error, JournalError) else reason_of(error)
            if isinstance(error, NoRoomError):
                pause = _NO_ROOM_PAUSE
            refusal = self._refusal(failure, self._problem)
            if self._tries == 1:  # the committer counts those after it
                _log.error("%s", refusal)
            raise refusal from error
        finally:  # also where the copy works: until a commit does too, the disk may fail again at once
            self._next_try = self._clock.monotonic() + pause
        self._failed = None
        ((last, rows),) = self._connection.execute("SELECT seq, (SELECT count(*) FROM messages) FROM last_seq")
        self._acknowledged = Acknowledged(last, last)
        fields = {
            "since": failure.since,
            "reason": failure.reason,
            "rows": rows,
            "last_seq": last,
            "tries": self._tries,
        }
        _log.warning(
            "the journal was copied to a new file after a failed sync, and acknowledges again:"
            " since=%s reason=%s rows=%d last_seq=%d tries=%d",
            *fields.values(), extra={"fields": fields},
        )  # fmt: skip

    def _copy(self) -> None:
        """Copy what this process reads; one that was started after the failure may read more than was acknowledged."""
        if self._connection is not None and not self._connection.get_autocommit():
            self._drop_connection()  # its rollback failed too, and nothing is copied inside of a transaction
        own = self._connection
        source = own or open_database(self._path, readonly=True, vfs=self._vfs)
        try:
            copy_journal(self._files, source, self._acknowledged, is_exact=own is not None)
        finally:
            if own is None:
                close_database(source)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            close_database(self._connection)
            self._connection = None

    def _write(self, connection: apsw.Connection, changes: Changes) -> list[bool]:
        with transaction(connection):
            ((seq,),) = connection.execute("SELECT seq FROM last_seq")
            first = seq
            earlier_seqs = _earlier_seqs(connection, changes.rows)
            ids: list[tuple[str, str, int, bool]] = []
            tables: dict[RowState, list[tuple[Any, ...]]] = {"stored": [], "quarantined": []}
            counts: Counter[tuple[str, str, str]] = Counter()
            misdated: Counter[tuple[str, str]] = Counter()
            superseded: list[tuple[int, int]] = []
            fresh: list[bool] = []
            bodies: list[bytes] = []
            for row in changes.rows:
                kind, source, message_id = row.kind, row.source, row.message_id
                key = source, message_id
                earlier = earlier_seqs.get(key)
                is_stored = kind == "stored"
                new = earlier is None or (earlier > 0 and is_stored)
                fresh.append(new)
                if new:
                    seq += 1
                    if earlier is None:
                        ids.append((message_id, source, seq, not is_stored))
                    else:
                        superseded.append((earlier, seq))
                    earlier_seqs[key] = 0 if is_stored else seq
                    tables[kind].append((seq, *_values_of(row)))
                    if is_stored:
                        bodies.append(row.body)
                event = row.event
                if event is None:
                    event = counter_name(None, row.type)
                counts[source, event, kind if new else "duplicate"] += 1
                if new and row.faults is not None and is_misdated(row):
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
            for earlier, to in superseded:
                _take_out(connection, earlier, to, "superseded")
            for entry in changes.released:
                fresh.append(_take_out(connection, entry.seq, seq + 1, "released", entry.row))
                if fresh[-1]:
                    seq += 1
                    connection.execute(_INSERT_ROW["stored"], (seq, *_values_of(entry.row)))
                    bodies.append(entry.row.body)
            if seq > first:
                connection.execute("UPDATE last_seq SET seq = ?", (seq,))
            if changes.seal is not None:
                move_mark(connection, changes.seal, first)
            if changes.probe is not None:
                connection.execute(_PROBE, (self._clock.now_us(), changes.probe))
        self._acknowledge(seq, bodies)
        return fresh

    def _forget(self, connection: apsw.Connection, limit: int) -> int:
        number, last = forget_rows(connection, limit)
        acknowledged = self._acknowledged
        if acknowledged is not None and last > acknowledged.first:
            # Its checksum is of rows that are gone.
            self._acknowledged = Acknowledged(acknowledged.last, acknowledged.last)
        return number

    def _acknowledge(self, seq: int, bodies: list[bytes]) -> None:
        before = self._acknowledged
        if before is not None:
            checksum = zlib.crc32(b"".join(bodies), before.checksum)
            self._acknowledged = Acknowledged(before.first, seq, before.stored + len(bodies), checksum)


def _earlier_seqs(connection: apsw.Connection, rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """Which (source, message_id) of these rows are in the journal: 0 for a stored one, the `seq` of a quarantined."""
    by_source: dict[str, list[str]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row.message_id)
    seqs: dict[tuple[str, str], int] = {}
    for source, message_ids in by_source.items():
        start = 0
        for width in _LOOKUP_WIDTHS:
            while len(message_ids) - start >= width:
                part = message_ids[start : start + width]
                for message_id, seq in connection.execute(_KNOWN[width], (source, *part)):
                    seqs[source, message_id] = seq
                start += width
    return seqs


def _take_out(connection: apsw.Connection, place: int, to: int, why: str, anew: Row | None = None) -> bool:
    """Take the row `place` out of quarantine, and give its id the number `to`; False when it is not there.

    `anew` is the row as it will be stored, where it was not counted as it came in.
    """
    line = connection.execute(_TAKE_OUT, (place,)).fetchone()
    if line is None:
        return False
    source, message_id, event, type_ = line
    connection.execute(_STORE_ID, (to, message_id, source))
    connection.execute(_TAKEN_OUT[why], (source, counter_name(event, type_)))
    if anew is not None and is_misdated(anew):
        connection.execute(_ADD_MISDATED, (1, source, counter_name(event, type_)))
    return True


def _lines(counts: Counter[tuple[str, str, str]]) -> list[tuple[str | int, ...]]:
    lines: dict[tuple[str, str], dict[str, int]] = {}
    for (source, event, name), number in counts.items():
        line = lines.setdefault((source, event), dict.fromkeys(INTAKE, 0))
        line[name] += number
        line["received"] += number
    return [(*key, *numbers.values()) for key, numbers in lines.items()]
