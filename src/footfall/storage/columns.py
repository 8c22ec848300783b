"""The columns of a message, once: from this table SQLite's tables, Arrow's, the reports' and the exports' are made.

A new column is a line here, a field of `Row`, and an attribute of that name that a step of the collector sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["BYTES", "COLUMNS", "ENTRY_COLUMNS", "TEXT", "TIME", "Column", "ColumnType"]


class ColumnType(NamedTuple):
    """The type of a column in Python, and its name in SQLite, in Arrow, and in DuckDB."""

    python: type
    sqlite: str
    arrow: str
    duckdb: str


TEXT = ColumnType(str, "TEXT", "string", "VARCHAR")
TIME = ColumnType(int, "INTEGER", "int64", "BIGINT")
"""Microseconds since 1970-01-01 UTC."""

BYTES = ColumnType(bytes, "BLOB", "string", "VARCHAR")
"""JSON text in UTF-8."""


class Column(NamedTuple):
    """One value of a message as it is kept.

    `is_id` says that reports compare it as identity compares ids. `asked_as` is its name in reports, where that is
    another. `exported` is what an export says of it, "" where it has no column there.
    """

    name: str
    contents: ColumnType = TEXT
    is_required: bool = False
    is_id: bool = False
    asked_as: str = ""
    exported: str = ""

    @property
    def asked(self) -> str:
        """Its name in the table `messages` of a Dataset."""
        return self.asked_as or self.name


COLUMNS: Sequence[Column] = (
    Column("source", is_required=True, exported="Who sent it: the source of the write key"),
    Column("message_id", is_required=True, exported="The message's id, unique within its source"),
    Column("type", is_required=True, exported="track, identify, page, screen, group, alias or reset"),
    Column(
        "event",
        exported="The event's name in the plan, or as it was sent where the plan does not know it; of track messages"
        " only",
    ),
    Column("user_id", is_id=True, exported="The ids as they are compared (trimmed, NFC); `message` has what was sent"),
    Column("anonymous_id", is_id=True, exported="The browser or installation"),
    Column("device_id", is_id=True, exported="The connected product"),
    Column("previous_id", is_id=True, exported="Of an alias: the id that user_id had before"),
    Column("group_id", is_id=True, exported="Of a group: the group"),
    Column("occurred_at", TIME, is_required=True, exported="When it happened, put right by the sender's clock, in UTC"),
    Column("received_at", TIME, is_required=True, exported="When the collector took it in, in UTC"),
    Column("bundle"),
    Column("faults", BYTES, asked_as="warnings"),
    Column("body", BYTES, is_required=True),
    Column("envelope", BYTES, exported="What its batch said for all of its messages, as JSON text"),
    Column("traits", BYTES),
    Column(
        "environment",
        exported="staging or test, as the write key says; without a value it is production",
    ),
)
"""In the order of the fields of `Row`, whose `kind` is not among them: it says in which table a message is."""

ENTRY_COLUMNS = ("seq", *(column.name for column in COLUMNS))
"""The names of the columns of an Entry: its number in the order of receipt, and those of its row."""
