"""Copies and checks of the databases in a data folder, while a collector writes to them.

SQLite copies the original in one transaction, so a commit waits for nothing, and is in the copy whole or not at all.
The copy is compact: nothing that was deleted is in its free pages. It has no log, so one file is all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from footfall.disk import Disk
from footfall.storage.sqlite.database import BUSY_MS, close_database, flags_to_read, open_to_read, reason_of, translated
from footfall.storage.sqlite.library import connect

__all__ = ["copy_control", "copy_journal", "integrity_problems"]

_MOST_PROBLEMS = 3


def copy_journal(disk: Disk, source: Path, target: Path) -> None:
    """Copy a journal to a new file, which is on the disk when this returns. Raises JournalError and OSError."""
    connection = open_to_read(source)
    try:
        _copy(disk, connection, source, target)
    finally:
        close_database(connection)


def copy_control(disk: Disk, source: Path, target: Path) -> None:
    """Copy a control store to a new file, as `copy_journal` does."""
    try:
        with _opened(source) as connection:
            _copy(disk, connection, source, target)
    except (apsw.Error, OSError) as error:
        raise translated("copied", source, error) from error


def integrity_problems(path: Path) -> list[str]:
    """What SQLite's own check says is wrong in a database; nothing where all is well."""
    try:
        with _opened(path) as connection:
            lines = [str(line) for (line,) in connection.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})")]
    except (apsw.Error, OSError) as error:
        return [reason_of(error)]
    return [] if lines == ["ok"] else lines


@contextmanager
def _opened(path: Path) -> Iterator[apsw.Connection]:
    connection = connect(str(path), flags_to_read(path))
    try:
        connection.set_busy_timeout(BUSY_MS)
        # The log is copied back by the journal's writer alone: SQLite passes over a sync that fails in it.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        yield connection
    finally:
        close_database(connection)


def _copy(disk: Disk, connection: apsw.Connection, source: Path, target: Path) -> None:
    # Made before anything is in it: it is its owner's alone, and whoever has it open learns of a failed write.
    with disk.open(target, "update") as file:
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        except apsw.FullError as error:
            raise translated("written", target, error) from error
        except apsw.Error as error:
            raise translated("copied", source, error) from error
        disk.sync(file)
