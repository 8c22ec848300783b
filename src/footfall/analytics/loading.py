"""Loads journal rows into DuckDB by way of Arrow: messages with the person of each, and what is in quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from footfall.analytics.engine import hand_over, rows
from footfall.analytics.event_names import meanings
from footfall.events import Fault
from footfall.identity.attribution import namespace
from footfall.identity.ids import comparable_sql
from footfall.identity.sql import attribute_sql
from footfall.plan.model import Plan
from footfall.storage.columns import COLUMNS, Column
from footfall.storage.journal import Entry, Refusals, Snapshot, counter_name

if TYPE_CHECKING:
    import duckdb

__all__ = ["CHUNK", "load", "load_intake"]

CHUNK = 20_000
"""So many rows are read from the journal at a time."""

_decode_faults = msgspec.json.Decoder(tuple[Fault, ...]).decode

_MESSAGES = """
CREATE TABLE messages AS
SELECT places.ord, r.* REPLACE (coalesce(names.canonical, r.event) AS event), a.person_id, a.reason,
       a.evidence_source, a.evidence_message_id, a.user_id AS canonical_user_id, a.counted, a.alias_effect
FROM received r
JOIN (SELECT seq, row_number() OVER (ORDER BY occurred_at, source, message_id) AS ord FROM received) places USING (seq)
JOIN attributions a ON a.source = r.source AND a.message_id = r.message_id
LEFT JOIN names ON names.wire = r.event AND r.received_at < names.before
"""

_ASKED = """
CREATE VIEW asked_messages AS
SELECT seq, source, type, event, occurred_at, received_at, person_id AS person, counted, reason = 'device' AS is_device
FROM messages
"""


def load(
    connection: duckdb.DuckDBPyConnection,
    chunks: Iterable[Sequence[Entry]],
    plan: Plan | None,
    columns: Sequence[Column] = COLUMNS,
) -> None:
    """Fill the table `messages`. Persons follow the plan's id, or the empty id where no plan was ever used.

    Ids are as they are compared; `body` has them as they were sent.
    """
    types = ", ".join(f"{column.asked} {column.contents.duckdb}" for column in columns)
    connection.execute(f"CREATE TABLE received (seq BIGINT, {types})")
    values = ", ".join(comparable_sql(column.asked) if column.is_id else column.asked for column in columns)
    for chunk in chunks:
        hand_over(connection, _arrow(chunk, columns), f"INSERT INTO received SELECT seq, {values} FROM handed")
    connection.execute(
        "CREATE VIEW observations AS SELECT source, message_id, type, occurred_at, user_id, anonymous_id, device_id, "
        "previous_id FROM received"
    )
    attribute_sql(lambda sql: rows(connection, sql), namespace(plan.id if plan else ""))
    connection.execute("CREATE TABLE names (wire VARCHAR, canonical VARCHAR, before BIGINT)")
    if names := [(name, *meaning) for name, meaning in meanings(plan).items()]:
        connection.executemany("INSERT INTO names VALUES (?, ?, ?)", names)
    connection.execute(_MESSAGES)
    connection.execute(_ASKED)
    connection.execute("DROP VIEW observations; DROP TABLE received; DROP TABLE attributions; DROP TABLE names")


def _arrow(chunk: Sequence[Entry], columns: Sequence[Column]) -> Any:
    import pyarrow  # loaded with the engine

    fields = chunk[0].row._fields
    values = dict(zip(fields, zip(*(entry.row for entry in chunk), strict=True), strict=True))
    arrays = {"seq": pyarrow.array([entry.seq for entry in chunk], pyarrow.int64())}
    for column in columns:
        arrays[column.asked] = pyarrow.array(values[column.name], pyarrow.type_for_alias(column.contents.arrow))
    return pyarrow.table(arrays)


def load_intake(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot | None) -> None:
    """Fill the tables `quarantine`, `quarantine_faults` and `refusals`; they stay empty without a snapshot."""
    connection.execute(
        "CREATE TABLE quarantine (seq BIGINT, event VARCHAR, occurred_at BIGINT);"
        "CREATE TABLE quarantine_faults (seq BIGINT, path VARCHAR, code VARCHAR);"
        "CREATE TABLE refusals (quarter BIGINT, number BIGINT)"
    )
    if snapshot is None:
        return
    for chunk in snapshot.scan("quarantined", chunk=CHUNK):
        _load_quarantined(connection, chunk)
    _load_refusals(connection, snapshot.refusals())


def _load_quarantined(connection: duckdb.DuckDBPyConnection, chunk: Sequence[Entry]) -> None:
    import pyarrow  # loaded with the engine

    lines = [(entry.seq, counter_name(entry.row.event, entry.row.type), entry.row.occurred_at) for entry in chunk]
    faults = [
        (entry.seq, *fault)
        for entry in chunk
        if entry.row.faults
        for fault in {(fault.general_path, fault.code) for fault in _decode_faults(entry.row.faults)}
    ]
    table = pyarrow.table(dict(zip(("seq", "event", "occurred_at"), zip(*lines, strict=True), strict=True)))
    hand_over(connection, table, "INSERT INTO quarantine SELECT * FROM handed")
    if faults:
        table = pyarrow.table(dict(zip(("seq", "path", "code"), zip(*faults, strict=True), strict=True)))
        hand_over(connection, table, "INSERT INTO quarantine_faults SELECT * FROM handed")


def _load_refusals(connection: duckdb.DuckDBPyConnection, refusals: Sequence[Refusals]) -> None:
    import pyarrow  # loaded with the engine

    if refusals:
        columns = zip(*((refusal.quarter, refusal.number) for refusal in refusals), strict=True)
        table = pyarrow.table(dict(zip(("quarter", "number"), columns, strict=True)))
        hand_over(connection, table, "INSERT INTO refusals SELECT * FROM handed")
