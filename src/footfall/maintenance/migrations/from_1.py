"""From format 1 to 2: the journal's table of ids gives way to files of sorted ids, and the seal mark comes."""

from __future__ import annotations

from footfall.maintenance.migrations.journal_tables import (
    JOURNAL_FILES,
    CopiedTable,
    JournalStep,
    SnapshotBeforeEnvironments,
    copy_journal_tables,
)
from footfall.maintenance.migrations.migration import Migration, MigrationFiles

__all__ = ["FROM_1", "ROW_OF_2"]

ROW_OF_2 = (
    "seq", "source", "message_id", "type", "event", "user_id", "anonymous_id", "device_id", "previous_id", "group_id",
    "occurred_at", "received_at", "bundle", "faults", "body", "envelope", "traits",
)  # fmt: skip
"""The columns of a row in the formats 1 and 2."""

_COUNTS = (
    "received", "stored", "duplicate", "quarantined", "rejected", "released", "superseded", "erased", "expired",
    "quarantine_erased", "quarantine_expired", "misdated",
)  # fmt: skip
# An id of `ids` belongs to a row, so it is there too.
_TABLES = {
    "messages": CopiedTable(("seq",), ROW_OF_2),
    "quarantined": CopiedTable(("seq",), ROW_OF_2),
    "books": CopiedTable(("source", "event"), ("source", "event", *_COUNTS)),
    "refusals": CopiedTable(("quarter", "source", "event"), ("quarter", "source", "event", "number")),
    "last_seq": CopiedTable(("only",), ("only", "seq")),
}
_IDS_WITHOUT_ROW = """
SELECT count(*) FROM old.ids WHERE seq NOT IN (SELECT seq FROM old.messages UNION ALL SELECT seq FROM old.quarantined)
"""
_ROW = (
    "(seq INTEGER PRIMARY KEY, source TEXT NOT NULL, message_id TEXT NOT NULL, type TEXT NOT NULL, event TEXT,"
    " user_id TEXT, anonymous_id TEXT, device_id TEXT, previous_id TEXT, group_id TEXT, occurred_at INTEGER NOT NULL,"
    " received_at INTEGER NOT NULL, bundle TEXT, faults BLOB, body BLOB NOT NULL, envelope BLOB, traits BLOB)"
)
_BOOKS = (*_COUNTS[:9], "purged", *_COUNTS[9:11], "quarantine_purged", "misdated", "conflicting")
# As it was then: that of today is another.
_SCHEMA = f"""
CREATE TABLE messages {_ROW};
CREATE TABLE quarantined {_ROW};
CREATE UNIQUE INDEX quarantined_ids ON quarantined (message_id, source);
CREATE TABLE id_runs (
    name TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, month TEXT NOT NULL, ids INTEGER NOT NULL
);
CREATE TABLE purged_ids (
    message_id TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (message_id, source)
) WITHOUT ROWID;
CREATE TABLE books (
    source TEXT NOT NULL, event TEXT NOT NULL, {", ".join(f"{name} INTEGER NOT NULL DEFAULT 0" for name in _BOOKS)},
    PRIMARY KEY (source, event)
) WITHOUT ROWID;
CREATE TABLE refusals (
    quarter INTEGER NOT NULL, source TEXT NOT NULL, event TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (quarter, source, event)
) WITHOUT ROWID;
CREATE TABLE last_seq (only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL);
INSERT INTO last_seq VALUES (1, 0);
CREATE TABLE seal (
    only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL, messages INTEGER NOT NULL, steps INTEGER NOT NULL
);
INSERT INTO seal VALUES (1, 0, 0, 0);
CREATE TABLE marks (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE purges (
    number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, rule BLOB NOT NULL, source TEXT NOT NULL,
    event TEXT NOT NULL, stored INTEGER NOT NULL, quarantined INTEGER NOT NULL
);
CREATE TABLE probe (only INTEGER PRIMARY KEY CHECK (only = 1), at INTEGER NOT NULL, filler BLOB NOT NULL);
PRAGMA user_version = 6;
"""
_STEP = JournalStep(5, _SCHEMA, _TABLES, SnapshotBeforeEnvironments, _IDS_WITHOUT_ROW)


def _migrate(files: MigrationFiles) -> None:
    copy_journal_tables(files, _STEP)


FROM_1 = Migration(replaces=JOURNAL_FILES, adds=("cache", "ids", "warehouse", "replaced"), run=_migrate)
