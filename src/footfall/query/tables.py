"""The Arrow tables behind the views of a dataset. Each column is read when a query first uses it, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from footfall.analytics import Dataset
from footfall.analytics.engine import literal
from footfall.analytics.exports import body_parts
from footfall.identity.junk import junk_sql
from footfall.identity.sessions import SESSION_GAP_US
from footfall.printable import counted
from footfall.query.sql_text import quoted
from footfall.query.typed import typed_columns
from footfall.query.views import SqlView, ViewColumn

__all__ = ["ViewTables"]

_TIMES = ("occurred_at", "received_at")
_BODY_PARTS = ("name", "category", "properties", "traits", "context", "message")
_USED = "person_id IS NOT NULL AND counted"

# Made whole from all messages, for a row needs all of its own.
_DERIVED: Mapping[str, str] = {
    "persons": f"""
        SELECT person_id,
               CASE min(reason) WHEN 'anonymous' THEN 'anonymous' WHEN 'contested' THEN 'session' ELSE 'user' END
                   AS kind,
               max(canonical_user_id) AS user_id, make_timestamptz(min(occurred_at)) AS first_seen,
               make_timestamptz(max(occurred_at)) AS last_seen, count(*) AS messages
        FROM messages WHERE {_USED} GROUP BY person_id ORDER BY person_id
    """,
    "devices": f"""
        WITH named AS (
            SELECT anonymous_id AS device, 'installation' AS kind, * FROM messages
            WHERE anonymous_id IS NOT NULL AND NOT ({junk_sql("anonymous_id")})
            UNION ALL
            SELECT device_id, 'product', * FROM messages
            WHERE device_id IS NOT NULL AND NOT ({junk_sql("device_id")})
        )
        SELECT device, kind, count(DISTINCT person_id) FILTER (counted) AS persons,
               make_timestamptz(min(occurred_at)) AS first_seen, make_timestamptz(max(occurred_at)) AS last_seen,
               count(*) AS messages
        FROM named GROUP BY device, kind ORDER BY kind, device
    """,
    "sessions": f"""
        WITH placed AS (
            SELECT person_id, coalesce(CASE WHEN {junk_sql("anonymous_id")} THEN NULL ELSE anonymous_id END,
                                       CASE WHEN {junk_sql("device_id")} THEN NULL ELSE device_id END) AS device,
                   occurred_at, source, message_id, type = 'reset' AS is_reset
            FROM messages WHERE {_USED}
        ), cut AS (
            SELECT *, coalesce(
                lag(is_reset) OVER timeline OR occurred_at - lag(occurred_at) OVER timeline > {SESSION_GAP_US}, true
            ) AS starts
            FROM placed
            WINDOW timeline AS (PARTITION BY person_id, device ORDER BY occurred_at, source, message_id)
        ), numbered AS (
            SELECT *, sum(starts::INTEGER) OVER (
                PARTITION BY person_id, device ORDER BY occurred_at, source, message_id
            ) AS number
            FROM cut
        )
        SELECT person_id, device, make_timestamptz(min(occurred_at)) AS started_at,
               make_timestamptz(max(occurred_at)) AS ended_at, count(*) AS messages
        FROM numbered GROUP BY person_id, device, number ORDER BY started_at, person_id, device
    """,
}


class ViewTables:
    """Makes Arrow tables of views, with the columns that are asked for."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._columns: dict[tuple[str, str], Any] = {}
        self._unread: dict[tuple[str, str], int] = {}

    def table(self, view: SqlView, names: Iterable[str]) -> Any:
        """An Arrow table of all rows of a view, with these of its columns in the view's order, one at least."""
        import pyarrow  # loaded with the engine

        wanted = [view.columns[name] for name in names] or [next(iter(view.columns.values()))]
        self._read(view, [column for column in wanted if (view.name, column.name) not in self._columns])
        arrays = [self._columns[view.name, column.name] for column in wanted]
        return pyarrow.table(arrays, names=[column.name for column in wanted])

    def notes(self, named: Mapping[str, Sequence[str]]) -> list[str]:
        """A line for each of these columns, by view, that could not show all of its values."""
        counts = ((view, column, self._unread.get((view, column), 0)) for view in named for column in named[view])
        return [
            f"{counted(count, 'value')} of {quoted(view)}.{quoted(column)} cannot be shown in its type: "
            "NULL there, as sent in properties"
            for view, column, count in counts
            if count
        ]

    def _read(self, view: SqlView, wanted: Sequence[ViewColumn]) -> None:
        if not wanted:
            return
        self._dataset.whole(self._dataset.load_messages)
        if view.name in _DERIVED and not view.event:
            table = self._dataset.connection.sql(_DERIVED[view.name]).to_arrow_table()
            self._keep(view, {name: table.column(name) for name in view.columns})
            return
        messages = {column.message for column in wanted if column.message}
        typed = [column for column in wanted if not column.message]
        if typed:
            messages.add("properties")
        columns = self._messages(messages, view.event)
        self._keep(view, {column.name: columns[column.message] for column in wanted if column.message})
        for column, entry in zip(typed, typed_columns(columns["properties"], typed) if typed else (), strict=True):
            self._keep(view, {column.name: entry.values})
            self._unread[view.name, column.name] = entry.unread

    def _keep(self, view: SqlView, columns: Mapping[str, Any]) -> None:
        self._columns |= {(view.name, name): array for name, array in columns.items()}

    def _messages(self, names: Iterable[str], event: str) -> Mapping[str, Any]:
        """Columns of all messages, or of those of an event, in order of `seq`."""
        import pyarrow  # loaded with the engine

        which = f"WHERE type = 'track' AND event = {literal(event)}" if event else ""
        parts = [name for name in _BODY_PARTS if name in names]
        asked = {name: _sql_of(name) for name in names if name not in parts}
        if parts:
            asked |= {name: _sql_of(name) for name in ("type", "body", "envelope")} | {"own_traits": "traits"}
        selected = ", ".join(f"{sql} AS {name}" for name, sql in asked.items())
        table = self._dataset.connection.sql(f"SELECT {selected} FROM messages {which} ORDER BY seq").to_arrow_table()
        columns = {name: table.column(name) for name in asked}
        for name in _TIMES:
            if name in columns:
                columns[name] = columns[name].cast(pyarrow.timestamp("us", "UTC"))
        if parts:
            columns |= _body_parts(columns, parts)
        return columns


def _sql_of(name: str) -> str:
    return "CASE WHEN reason <> 'blocked' THEN person_id END" if name == "person_id" else name


def _body_parts(columns: Mapping[str, Any], wanted: Sequence[str]) -> Mapping[str, Any]:
    """What is read from the bodies of messages, as an export has it."""
    import pyarrow  # loaded with the engine

    sources = (columns[name].to_pylist() for name in ("type", "body", "envelope", "own_traits"))
    rows = [body_parts(*values) for values in zip(*sources, strict=True)]
    return {name: pyarrow.chunked_array([[row[name] for row in rows]], pyarrow.string()) for name in wanted}
