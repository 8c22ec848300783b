"""The tables of the journal's database."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.storage.books import COUNTS
from footfall.storage.journal import Kind

__all__ = ["NAMES", "SCHEMA", "SCHEMA_VERSION", "TABLES"]

SCHEMA_VERSION = 4

_COLUMNS = (
    "source TEXT NOT NULL, message_id TEXT NOT NULL, type TEXT NOT NULL, event TEXT, user_id TEXT, anonymous_id TEXT,"
    " device_id TEXT, previous_id TEXT, group_id TEXT, occurred_at INTEGER NOT NULL, received_at INTEGER NOT NULL,"
    " bundle TEXT, faults BLOB, body BLOB NOT NULL, envelope BLOB"
)
NAMES = ", ".join(column.split()[0] for column in _COLUMNS.split(", "))
TABLES: Mapping[Kind, str] = {"stored": "messages", "quarantined": "quarantined"}

SCHEMA = f"""
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
