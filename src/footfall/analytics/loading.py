"""Loads journal rows into DuckDB by way of Arrow, and joins each message with the person it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from footfall.analytics.engine import hand_over, rows
from footfall.analytics.window import microseconds
from footfall.identity.attribution import namespace
from footfall.identity.ids import comparable_sql
from footfall.identity.sql import attribute_sql
from footfall.plan.model import Plan
from footfall.storage.columns import COLUMNS, Column
from footfall.storage.journal import Entry

if TYPE_CHECKING:
    import duckdb

__all__ = ["load"]

_MESSAGES = """
CREATE TABLE messages AS
SELECT places.ord, r.* REPLACE (coalesce(names.canonical, r.event) AS event), a.person_id, a.reason,
       a.evidence_source, a.evidence_message_id, a.user_id AS canonical_user_id, a.counted, a.alias_effect
FROM received r
JOIN (SELECT seq, row_number() OVER (ORDER BY occurred_at, source, message_id) AS ord FROM received) places USING (seq)
JOIN attributions a ON a.source = r.source AND a.message_id = r.message_id
LEFT JOIN names ON names.wire = r.event AND (names.before IS NULL OR r.received_at < names.before)
"""


def load(
    connection: duckdb.DuckDBPyConnection,
    chunks: Iterable[Sequence[Entry]],
    plan: Plan | None,
    columns: Sequence[Column] = COLUMNS,
) -> None:
    """Fill the table `messages`. Persons follow the plan's id, or the empty id where no plan was ever used.

    Ids stand there as they are compared; as they were sent, they stand in `body`.
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
    known = _names(plan)
    if known:
        connection.executemany("INSERT INTO names VALUES (?, ?, ?)", known)
    connection.execute(_MESSAGES)
    connection.execute("DROP VIEW observations; DROP TABLE received; DROP TABLE attributions; DROP TABLE names")


def _arrow(chunk: Sequence[Entry], columns: Sequence[Column]) -> Any:
    import pyarrow  # loaded with the engine

    fields = chunk[0].row._fields
    values = dict(zip(fields, zip(*(entry.row for entry in chunk), strict=True), strict=True))
    arrays = {"seq": pyarrow.array([entry.seq for entry in chunk], pyarrow.int64())}
    for column in columns:
        arrays[column.asked] = pyarrow.array(values[column.name], pyarrow.type_for_alias(column.contents.arrow))
    return pyarrow.table(arrays)


def _names(plan: Plan | None) -> list[tuple[str, str, int | None]]:
    """Names that mean an event of the plan: messages that were taken in without it still carry their wire names."""
    if plan is None:
        return []
    found: dict[str, tuple[str, str, int | None]] = {}
    for event in plan.events.values():
        found.setdefault(event.wire_name, (event.wire_name, event.name, None))
        for alias in event.aliases:
            before = None
            if alias.until:
                before = microseconds(datetime.fromisoformat(alias.until).replace(tzinfo=UTC), plan.timezone)
            found.setdefault(alias.name, (alias.name, event.name, before))
    return [entry for wire, entry in found.items() if wire not in plan.events]
