"""From format 1 to 2: the journal's table of ids gives way to files of sorted ids, and the seal mark comes.

The new journal is written whole, in one transaction, from what a reader of the old one sees, so that a log or a copy
that an interrupted collector left needs no care.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import apsw

from footfall.directory import give_owner_and_mode
from footfall.errors import JournalError
from footfall.maintenance.migrations.migration import Migration, MigrationFiles
from footfall.printable import counted
from footfall.storage.columns import COLUMNS
from footfall.storage.sqlite.database import PAGE_SIZE, open_still
from footfall.storage.sqlite.library import connect
from footfall.storage.sqlite.renewal import check_journal, mark_as_logged
from footfall.storage.sqlite.schema import SCHEMA
from footfall.storage.sqlite.sync_marker import SyncMarker

__all__ = ["FROM_1"]

_JOURNAL = "journal.db"
_SCHEMA_VERSION = 5
_ENDINGS = ("", "-wal", "-shm", "-journal")
_ROW = ("seq", *(column.name for column in COLUMNS))
_COUNTS = (
    "received", "stored", "duplicate", "quarantined", "rejected", "released", "superseded", "erased", "expired",
    "quarantine_erased", "quarantine_expired", "misdated",
)  # fmt: skip
# By table: its key, and every column of it in format 1. An id of `ids` belongs to a row, so it is there too.
_TABLES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "messages": (("seq",), _ROW),
    "quarantined": (("seq",), _ROW),
    "books": (("source", "event"), ("source", "event", *_COUNTS)),
    "refusals": (("quarter", "source", "event"), ("quarter", "source", "event", "number")),
    "last_seq": (("only",), ("only", "seq")),
}
_IDS_WITHOUT_ROW = """
SELECT count(*) FROM old.ids WHERE seq NOT IN (SELECT seq FROM old.messages UNION ALL SELECT seq FROM old.quarantined)
"""


def _migrate(files: MigrationFiles) -> None:
    source, target = files.source(_JOURNAL), files.target / _JOURNAL
    if not source.exists():
        return  # keys were made here, and no collector ever began
    with files.disk.open(target, "update") as file:
        give_owner_and_mode(file, source)
        with closing(connect(str(target), apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI)) as new:
            _copy(new, source)
        mark_as_logged(file)
        files.disk.sync(file)
        files.disk.uncache(file)
    with closing(open_still(target)) as new:
        _attach(new, source)
        differences = list(_differences(new))
    if differences:
        raise JournalError(f"{target}: the copy differs: {'; '.join(differences)}")
    failure = SyncMarker(source, disk=files.disk).read()
    check_journal(target, failure.acknowledged if failure is not None else None, is_exact=False)


def _attach(new: apsw.Connection, source: Path) -> None:
    """Let a connection read the old journal too, as `old`."""
    # To read a journal that has no log SQLite makes one, unless it is said that nobody writes.
    has_log = source.with_name(f"{source.resolve().name}-wal").exists()
    new.execute("ATTACH ? AS old", (f"{source.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}",))


def _copy(connection: apsw.Connection, source: Path) -> None:
    connection.pragma("page_size", PAGE_SIZE)
    connection.pragma("journal_mode", "off")  # what is cut short is thrown away
    connection.pragma("synchronous", "off")  # it is synced as a whole
    _attach(connection, source)
    ((version,),) = connection.execute("PRAGMA old.user_version")
    if version != _SCHEMA_VERSION:
        problem = f"was written by an early footfall (format {version}); start with a new data folder"
        raise JournalError(f"{source} {problem}")
    connection.execute("BEGIN")
    connection.execute(SCHEMA)
    for table, (_, columns) in _TABLES.items():
        names = ", ".join(columns)
        connection.execute(f"DELETE FROM main.{table}")
        connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM old.{table}")
    connection.execute("COMMIT")


def _differences(connection: apsw.Connection) -> Iterator[str]:
    """In which tables the rows are not the same, every value of them."""
    for table, (key, columns) in _TABLES.items():
        equal = " AND ".join(f"new.{name} IS old.{name}" for name in columns)
        both = f"main.{table} AS new JOIN old.{table} AS old USING ({', '.join(key)}) WHERE {equal}"
        ((number, before, same),) = connection.execute(
            f"SELECT (SELECT count(*) FROM main.{table}), (SELECT count(*) FROM old.{table}),"
            f" (SELECT count(*) FROM {both})"
        )
        if not number == before == same:
            yield f"{same:,} of {before:,} rows of {table} are the same"
    ((homeless,),) = connection.execute(_IDS_WITHOUT_ROW)
    if homeless:
        yield f"{counted(homeless, 'id')} without a message"


FROM_1 = Migration(
    replaces=(*(f"{name}{ending}" for name in (_JOURNAL, "journal.new.db") for ending in _ENDINGS), "journal.sync"),
    adds=("cache", "ids", "warehouse", "replaced"),
    run=_migrate,
)
