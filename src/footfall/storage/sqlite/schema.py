"""The tables of the journal's database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footfall.storage.books import COUNTS
from footfall.storage.columns import COLUMNS, Column
from footfall.storage.journal import RowState

__all__ = ["LINE_SOURCE", "SCHEMA", "SCHEMA_VERSION", "TABLES", "insert_into", "select_from", "table_of"]

SCHEMA_VERSION = 8

LINE_SOURCE = "source || coalesce(' (' || environment || ')', '')"
"""As `line_source` has it: what the books call a row's source."""

TABLES: Mapping[RowState, str] = {"stored": "messages", "quarantined": "quarantined"}


def table_of(name: str, columns: Sequence[Column] = COLUMNS) -> str:
    """The statement that makes a table of rows."""
    lines = [f"{column.name} {column.contents.sqlite}{' NOT NULL' * column.is_required}" for column in columns]
    return f"CREATE TABLE {name} (seq INTEGER PRIMARY KEY, {', '.join(lines)});\n"


def insert_into(name: str, columns: Sequence[Column] = COLUMNS) -> str:
    """The statement that adds a row: its `seq`, then its values in the order of the columns."""
    names = ", ".join(column.name for column in columns)
    return f"INSERT INTO {name} (seq, {names}) VALUES (?{', ?' * len(columns)})"  # noqa: S608 - our own names


def select_from(kind: RowState, columns: Sequence[Column] = COLUMNS) -> str:
    """The beginning of a query for rows of one kind: `seq`, then their values in the order of the columns."""
    names = ", ".join(column.name for column in columns)
    return f"SELECT seq, {names} FROM {TABLES[kind]}"  # noqa: S608 - our own names


SCHEMA = f"""
{"".join(map(table_of, TABLES.values()))}CREATE UNIQUE INDEX quarantined_ids ON quarantined (
    message_id, source, coalesce(environment, '')
);
CREATE TABLE id_runs (
    name TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, month TEXT NOT NULL, ids INTEGER NOT NULL
);
CREATE TABLE purged_ids (
    message_id TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (message_id, source)
) WITHOUT ROWID;
CREATE TABLE books (
    source TEXT NOT NULL, event TEXT NOT NULL, {", ".join(f"{name} INTEGER NOT NULL DEFAULT 0" for name in COUNTS)},
    PRIMARY KEY (source, event)
) WITHOUT ROWID;
CREATE TABLE refusals (
    quarter INTEGER NOT NULL, source TEXT NOT NULL, event TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (quarter, source, event)
) WITHOUT ROWID;
CREATE TABLE uncounted (
    day TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (day, source, reason)
) WITHOUT ROWID;
CREATE TABLE uncounted_reports (
    source TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL, number INTEGER NOT NULL, received_at INTEGER,
    PRIMARY KEY (source, id, reason)
) WITHOUT ROWID;
CREATE INDEX uncounted_reports_by_time ON uncounted_reports (received_at) WHERE received_at IS NOT NULL;
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
PRAGMA user_version = {SCHEMA_VERSION};
"""  # noqa: S608 - our own names
