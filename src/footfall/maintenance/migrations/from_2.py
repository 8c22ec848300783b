"""From format 2 to 3: each message has an environment. All that is there is of production.

Sealed files and runs of ids stay as they are: a file without an environment is of production, and the ids of production
go by their source alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from footfall.disk import Disk
from footfall.maintenance.migrations.from_1 import ROW_OF_2
from footfall.maintenance.migrations.journal_tables import (
    JOURNAL_FILES,
    CopiedTable,
    JournalStep,
    attach_journal,
    copy_journal_tables,
)
from footfall.maintenance.migrations.migration import Migration, MigrationFiles
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.storage.sqlite.library import connect
from footfall.storage.sqlite.schema import SCHEMA
from footfall.storage.sqlite.snapshot import SqliteSnapshot
from footfall.storage.warehouse import live_files

__all__ = ["FROM_2"]

_COUNTS = (
    "received", "stored", "duplicate", "quarantined", "rejected", "released", "superseded", "erased", "expired",
    "purged", "quarantine_erased", "quarantine_expired", "quarantine_purged", "misdated", "conflicting",
)  # fmt: skip
_TABLES = {
    "messages": CopiedTable(("seq",), ROW_OF_2),
    "quarantined": CopiedTable(("seq",), ROW_OF_2),
    "id_runs": CopiedTable(("name",), ("name", "first", "last", "month", "ids")),
    "purged_ids": CopiedTable(("message_id", "source"), ("message_id", "source")),
    "books": CopiedTable(("source", "event"), ("source", "event", *_COUNTS)),
    "refusals": CopiedTable(("quarter", "source", "event"), ("quarter", "source", "event", "number")),
    "last_seq": CopiedTable(("only",), ("only", "seq")),
    "seal": CopiedTable(("only",), ("only", "seq", "messages", "steps")),
    "marks": CopiedTable(("seq",), ("seq", "at")),
    "purges": CopiedTable(
        ("number",), ("number", "seq", "at", "rule", "source", "event", "stored", "quarantined")
    ),
}  # fmt: skip
_STEP = JournalStep(6, SCHEMA, _TABLES, SqliteSnapshot)


def _migrate(files: MigrationFiles) -> None:
    copy_journal_tables(files, _STEP)


def _needed(folder: Path, before: Path, disk: Disk) -> Iterator[str]:
    """The sealed files and the runs of ids that count for the old journal."""
    journal = before / "journal.db"
    if not journal.exists():
        return
    with closing(connect(":memory:", apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI)) as connection:
        attach_journal(connection, journal)
        yield from (f"ids/{name}" for (name,) in connection.execute("SELECT name FROM old.id_runs"))
        ((steps,),) = connection.execute("SELECT steps FROM old.seal")
    for name in live_files(ParquetWarehouse(folder / "warehouse", disk=disk).steps(steps)):
        yield f"warehouse/{name}"


FROM_2 = Migration(replaces=JOURNAL_FILES, adds=(), run=_migrate, needs=_needed)
