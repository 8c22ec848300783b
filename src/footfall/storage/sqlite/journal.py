"""The journal in SQLite: WAL, `synchronous=FULL`, one writer, every commit on the disk before it returns.

The ids of stored messages are in memory and in runs beside the database, for ever; a message that was stored once is
never stored again. The books are kept in the same transaction as the rows that they count.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import apsw

from footfall.clock import Clock, SystemClock
from footfall.errors import JournalError, SyncError
from footfall.storage.ids.stored_ids import RECENT, StoredIds
from footfall.storage.journal import Changes, SnapshotReads
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
from footfall.storage.sqlite.id_runs import catch_up, put_in_runs
from footfall.storage.sqlite.purging import purge_rows, wipe
from footfall.storage.sqlite.renewal import (
    JournalFiles,
    NoRoomError,
    copy_journal,
    finish_switch,
    is_switched,
    rewrite_log,
    settle_switch,
)
from footfall.storage.sqlite.row_writer import write_changes
from footfall.storage.sqlite.sealed_rows import forget_rows, give_room_back
from footfall.storage.sqlite.snapshot import SqliteSnapshot
from footfall.storage.store import Acknowledged, FailedSync
from footfall.timestamps import format_us

__all__ = ["SqliteJournal"]

_T = TypeVar("_T")
_log = logging.getLogger("footfall")
_NO_ROOM_PAUSE = 10.0
# The longest pause between two tries to copy, in seconds. After a failure other than too little room they begin at 1.
_LONGEST_PAUSE = 10.0


class SqliteJournal(SnapshotReads):
    """A Journal in one SQLite database. Any thread may call it; commits run one at a time.

    Reads open their own connection, so each sees one moment and none holds up a commit. `readonly` is for reading
    while a collector, in another process, writes. `clock` says when a message was rejected, and when to try again.
    After `recent_ids` stored messages their ids go from memory to a run.

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
        recent_ids: int = RECENT,
    ) -> None:
        self._path = path
        self._clock = clock or SystemClock()
        self._readonly = readonly
        self._vfs = vfs
        self._lock = threading.Lock()
        self._closed = False
        self._connection: apsw.Connection | None = None
        self._log_pages = 0
        self._minute = -1
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
            self._ids = StoredIds(path.with_name("ids"), self._files.disk, recent=recent_ids)
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
            if not self._readonly:
                self._ids.close()

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
        try:
            ((seq,),) = connection.execute("SELECT seq FROM last_seq")
            catch_up(connection, self._ids, seq)
        except (apsw.Error, OSError) as error:
            close_database(connection)
            raise translated("opened", self._path, error) from error
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
        self._ids.write_due_run()
        now = self._clock.now_us()
        with transaction(connection):
            if changes.purge is not None:
                put_in_runs(connection, self._ids, is_all=True)
                purge_rows(connection, changes.purge, now)
            written = write_changes(connection, changes, self._ids, now, self._minute)
        self._minute = written.minute
        self._ids.settle(changes.swaps)
        for source, checksums in written.checksums.items():
            self._ids.add(source, checksums)
        self._ids.follow(written.seq, changes.rows[-1].received_at if changes.rows else 0)
        self._acknowledge(written.seq, written.bodies)
        if changes.purge is not None:
            self._acknowledged = Acknowledged(written.seq, written.seq)  # its checksum was of rows that are gone
            wipe(connection)
        return written.fresh

    def _forget(self, connection: apsw.Connection, limit: int) -> int:
        with transaction(connection):
            put_in_runs(connection, self._ids)
            number, last = forget_rows(connection, limit)
        self._ids.settle()
        acknowledged = self._acknowledged
        if acknowledged is not None and last > acknowledged.first:
            # Its checksum is of rows that are gone.
            self._acknowledged = Acknowledged(acknowledged.last, acknowledged.last)
        if number < limit:
            give_room_back(connection)
        return number

    def _acknowledge(self, seq: int, bodies: list[bytes]) -> None:
        before = self._acknowledged
        if before is not None:
            checksum = zlib.crc32(b"".join(bodies), before.checksum)
            self._acknowledged = Acknowledged(before.first, seq, before.stored + len(bodies), checksum)
