"""The journal's database: how it is opened and closed, and what its errors mean."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from footfall.disk import SystemDisk
from footfall.errors import JournalError
from footfall.storage.sqlite.library import connect, require_safe
from footfall.storage.sqlite.schema import SCHEMA, SCHEMA_VERSION

__all__ = [
    "BUSY_MS", "CHECKPOINT_PAGES", "PAGE_SIZE", "close_database", "flags_to_read", "fold_log", "is_failed_sync",
    "keep_a_log", "make_private", "open_database", "open_still", "open_to_read", "reason_of", "transaction",
    "translated",
]  # fmt: skip

PAGE_SIZE = 8192
"""Larger pages than SQLite's 4 KiB: messages are near 1 KB, and the log takes fewer frames for the same rows."""

# Pages of log before it is copied back (32 MiB): a commit that has to do this waits for it, so it is made rare.
CHECKPOINT_PAGES = 4096
# Of the file of the log with so many pages, each with a header: where a reader kept it from being copied back, it grew,
# and is cut to this once it is written from its beginning again.
_LOG_BYTES = 32 + CHECKPOINT_PAGES * (PAGE_SIZE + 24)
BUSY_MS = 10_000
_SYNCHRONOUS_FULL = 2

# What fails without harm to what was committed: a read, a lock, or a write, which the log does not count as committed
# and a checkpoint does again. Every other error of a disk is taken for a failed sync.
_HARMLESS = frozenset(
    getattr(apsw, f"SQLITE_IOERR_{name}")
    for name in (
        "ACCESS", "AUTH", "BADKEY", "BLOCKED", "CHECKRESERVEDLOCK", "CODEC", "CONVPATH", "CORRUPTFS", "DATA", "DELETE",
        "DELETE_NOENT", "FSTAT", "GETTEMPPATH", "IN_PAGE", "LOCK", "MMAP", "NOMEM", "RDLOCK", "READ", "SEEK",
        "SHMLOCK", "SHMMAP", "SHMOPEN", "SHMSIZE", "SHORT_READ", "TRUNCATE", "UNLOCK", "VNODE", "WRITE",
    )
)  # fmt: skip

_REASONS: list[tuple[type[Exception], str]] = [
    (apsw.FullError, "the disk is full; make room"),
    (apsw.ReadOnlyError, "it is read-only; make it writable for this user"),
    (apsw.CantOpenError, "it is missing or not readable for this user"),
    (apsw.NotADBError, "it is not a SQLite database; restore it from a backup"),
    (apsw.CorruptError, "it is damaged; restore it from a backup"),
    (apsw.IOError, "the disk fails; check it"),
    (apsw.BusyError, "another process keeps it locked; stop that process"),
]


def open_database(path: Path, *, readonly: bool = False, vfs: str = "") -> apsw.Connection:
    """Open the database of a data folder, making its tables if it is new; set and read back what durability rests on.

    `vfs` names a registered apsw VFS ("" is the system's). Raises JournalError.
    """
    require_safe()
    flags = apsw.SQLITE_OPEN_READONLY if readonly else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    name = str(path)
    if not readonly:
        make_private(path)
    if readonly and _stands_still(path):
        flags |= apsw.SQLITE_OPEN_URI
        name = f"{path.absolute().as_uri()}?immutable=1"
    try:
        connection = connect(name, flags, vfs or None)
    except (apsw.Error, OSError) as error:
        raise translated("opened", path, error) from error
    try:
        connection.set_busy_timeout(BUSY_MS)
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
                    connection.execute(SCHEMA)
    except (apsw.Error, OSError) as error:
        close_database(connection)
        raise translated("opened", path, error) from error
    except JournalError:
        close_database(connection)
        raise
    return connection


def open_to_read(path: Path, *, vfs: str = "") -> apsw.Connection:
    """Open a database to read from it, and open it again where another file took its place meanwhile.

    Else an old file could be read without its log, which is removed then. Raises JournalError.
    """
    while True:
        before = _place(path)
        try:
            connection = open_database(path, readonly=True, vfs=vfs)
        except JournalError:
            if _place(path) == before:
                raise
            continue
        if _place(path) == before:
            return connection
        close_database(connection)


def open_still(path: Path) -> apsw.Connection:
    """Open a database that nobody writes to, and make nothing beside it. Raises what SQLite raises."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return connect(f"{path.absolute().as_uri()}?immutable=1", flags)


def _place(path: Path) -> tuple[str, int] | None:
    with suppress(OSError):
        return os.path.realpath(path), path.stat().st_ino
    return None


def flags_to_read(path: Path) -> int:
    """How to open a database that is only read.

    A writer that was killed leaves a commit half done, which SQLite takes back where it may write.
    """
    may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return apsw.SQLITE_OPEN_READWRITE if may_write else apsw.SQLITE_OPEN_READONLY


def make_private(path: Path) -> None:
    """Make the file before SQLite would, for its owner alone whatever the umask; SQLite makes the log like it."""
    if not path.exists():
        try:
            SystemDisk().open(path, "update").close()
        except OSError as error:
            raise translated("opened", path, error) from error


def _stands_still(path: Path) -> bool:
    """Whether this is a read-only copy (no WAL file, folder not writable), to be opened as immutable.

    SQLite writes beside a database even to read it, unless it is opened as immutable.
    """
    log = path.with_name(f"{path.resolve().name}-wal")
    return path.exists() and not log.exists() and not os.access(path.parent, os.W_OK)


def close_database(connection: apsw.Connection) -> None:
    """Let go of a database. What a failing disk says meanwhile changes nothing: what was committed is in the log."""
    with suppress(apsw.Error, OSError):
        connection.close(True)


def _make_durable(connection: apsw.Connection, path: Path) -> None:
    """Set what durability rests on, and read back that SQLite did so: it answers a refusal with the old value."""
    connection.pragma("page_size", PAGE_SIZE)
    mode = connection.pragma("journal_mode", "wal")
    _require(
        mode == "wal", f"{path}: SQLite keeps journal_mode {mode!r} instead of 'wal'; put the folder on a local disk"
    )
    connection.pragma("synchronous", "full")
    _require(
        connection.pragma("synchronous") == _SYNCHRONOUS_FULL,
        f"{path}: SQLite refuses synchronous=FULL, so nothing in it would be durable; use an ordinary SQLite build",
    )
    # Both are done by the journal: SQLite passes over a sync that fails in them.
    connection.pragma("wal_autocheckpoint", 0)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.pragma("journal_size_limit", _LOG_BYTES)


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise JournalError(otherwise)


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """Commit what is done inside, or nothing. Other writers wait from the beginning. Raises what SQLite raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(apsw.Error, OSError):  # what failed first is what counts
            if not connection.get_autocommit():
                connection.execute("ROLLBACK")
        raise


def fold_log(connection: apsw.Connection) -> None:
    """Copy the whole log back into the database, unless a reader still needs it, so that closing removes it.

    Raises what SQLite raises; a failed sync must not be passed over.
    """
    connection.set_busy_timeout(0)
    try:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.BusyError:
        return
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)


def keep_a_log(path: Path) -> None:
    """Have a copied database written through a log, as its original is, from its first opening on.

    Else the first writer has to change it, and cannot while anybody reads. Raises JournalError.
    """
    connection = open_database(path)
    try:
        fold_log(connection)
    except (apsw.Error, OSError) as error:
        raise translated("opened", path, error) from error
    finally:
        close_database(connection)


def is_failed_sync(error: Exception) -> bool:
    """Whether an error means that what was written may not be on the disk although it can be read."""
    code = getattr(error, "extendedresult", apsw.SQLITE_IOERR)
    return isinstance(error, apsw.IOError) and code not in _HARMLESS


def reason_of(error: Exception) -> str:
    """Why something failed, and what to do, without a path."""
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else JournalError.UNKNOWN
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), JournalError.UNKNOWN)


def translated(done: str, path: Path, error: Exception) -> JournalError:
    """An error of SQLite or of the system as ours. `done` is what could not be done to the journal."""
    reason = reason_of(error)
    if isinstance(error, OSError) or reason == JournalError.UNKNOWN:
        return JournalError(f"{path} cannot be {done}: {error}")
    return JournalError(
        f"{path} cannot be {done}: {reason} ({error})", reason=f"the journal cannot be {done}: {reason}"
    )
