"""A journal is written anew in the next format, from what a reader of the old one sees.

It is written whole, in one transaction, so that a log or a copy that an interrupted collector left needs no care.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import apsw

from footfall.directory import give_owner_and_mode
from footfall.errors import JournalError
from footfall.maintenance.migrations.migration import MigrationFiles
from footfall.printable import counted
from footfall.storage.sqlite.database import PAGE_SIZE, open_still
from footfall.storage.sqlite.library import connect
from footfall.storage.sqlite.renewal import check_journal, mark_as_logged
from footfall.storage.sqlite.snapshot import SqliteSnapshot
from footfall.storage.sqlite.sync_marker import SyncMarker

__all__ = [
    "JOURNAL_FILES",
    "CopiedTable",
    "JournalStep",
    "SnapshotBeforeEnvironments",
    "attach_journal",
    "copy_journal_tables",
]

_JOURNAL = "journal.db"
_ENDINGS = ("", "-wal", "-shm", "-journal")
JOURNAL_FILES = (*(f"{name}{ending}" for name in (_JOURNAL, "journal.new.db") for ending in _ENDINGS), "journal.sync")
"""Whatever SQLite and footfall may put beside a journal."""


class CopiedTable(NamedTuple):
    """A table of which each row is copied: the columns of its key, and every column of it in the old format."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


class SnapshotBeforeEnvironments(SqliteSnapshot):
    """Reads a journal of format 2, whose rows have no environment."""

    line_source = "source"


class JournalStep(NamedTuple):
    """How a journal of a format becomes one of the next: its `version` before, the `schema` after, and its tables.

    `snapshot` reads the new one. `homeless` is a query for the number of ids whose message is not there, "" for none.
    """

    version: int
    schema: str
    tables: Mapping[str, CopiedTable]
    snapshot: type[SqliteSnapshot]
    homeless: str = ""


def copy_journal_tables(files: MigrationFiles, step: JournalStep) -> None:
    """Write the new journal, read it back, and compare. Raises JournalError, apsw.Error and OSError."""
    source, target = files.source(_JOURNAL), files.target / _JOURNAL
    if not source.exists():
        return  # keys were made here, and no collector ever began
    with files.disk.open(target, "update") as file:
        give_owner_and_mode(file, source)
        with closing(connect(str(target), apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI)) as new:
            _copy(new, source, step)
        mark_as_logged(file)
        files.disk.sync(file)
        files.disk.uncache(file)
    with closing(open_still(target)) as new:
        attach_journal(new, source)
        differences = list(_differences(new, step))
    if differences:
        raise JournalError(f"{target}: the copy differs: {'; '.join(differences)}")
    failure = SyncMarker(source, disk=files.disk).read()
    check_journal(target, failure.acknowledged if failure is not None else None, is_exact=False, read=step.snapshot)


def attach_journal(new: apsw.Connection, source: Path) -> None:
    """Let a connection read the old journal too, as `old`."""
    # To read a journal that has no log SQLite makes one, unless it is said that nobody writes.
    has_log = source.with_name(f"{source.resolve().name}-wal").exists()
    new.execute("ATTACH ? AS old", (f"{source.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}",))


def _copy(connection: apsw.Connection, source: Path, step: JournalStep) -> None:
    connection.pragma("page_size", PAGE_SIZE)
    connection.pragma("journal_mode", "off")  # what is cut short is thrown away
    connection.pragma("synchronous", "off")  # it is synced as a whole
    attach_journal(connection, source)
    ((version,),) = connection.execute("PRAGMA old.user_version")
    if version != step.version:
        problem = f"was written by an early footfall (format {version}); start with a new data folder"
        raise JournalError(f"{source} {problem}")
    connection.execute("BEGIN")
    connection.execute(step.schema)
    for name, table in step.tables.items():
        columns = ", ".join(table.columns)
        connection.execute(f"DELETE FROM main.{name}")
        connection.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM old.{name}")
    connection.execute("COMMIT")


def _differences(connection: apsw.Connection, step: JournalStep) -> Iterator[str]:
    """In which tables the rows are not the same, every value of them."""
    for name, table in step.tables.items():
        equal = " AND ".join(f"new.{column} IS old.{column}" for column in table.columns)
        both = f"main.{name} AS new JOIN old.{name} AS old USING ({', '.join(table.key)}) WHERE {equal}"
        ((number, before, same),) = connection.execute(
            f"SELECT (SELECT count(*) FROM main.{name}), (SELECT count(*) FROM old.{name}),"
            f" (SELECT count(*) FROM {both})"
        )
        if not number == before == same:
            yield f"{same:,} of {before:,} rows of {name} are the same"
    if step.homeless:
        ((homeless,),) = connection.execute(step.homeless)
        if homeless:
            yield f"{counted(homeless, 'id')} without a message"
