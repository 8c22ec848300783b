"""The views that are worked out of all messages: persons, devices, sessions and page views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow

from footfall.analytics import Dataset
from footfall.analytics.engine import connect
from footfall.analytics.persons import COUNTED_SQL
from footfall.analytics.session_table import session_table, timelines
from footfall.identity.junk import junk_sql
from footfall.identity.sessions import SESSION_GAP_US
from footfall.query.columns import MOMENT, MessageColumns, joined

__all__ = ["DERIVED", "derived_table"]


class Derived(NamedTuple):
    """Which columns of messages a view is counted from, and the SQL over them that counts it.

    `type` is that of the messages that count; "" is any.
    """

    columns: tuple[str, ...]
    sql: str
    type: str = ""


def _text(column: str, path: str) -> str:
    return f"json_extract_string({column}, '$.{path}')"


_COUNTED: Mapping[str, Derived] = {
    "persons": Derived(
        ("person", "occurred_at"),
        f"""
        WITH counts AS (
            SELECT person, min(occurred_at) AS first_seen, max(occurred_at) AS last_seen, count(*) AS messages
            FROM messages WHERE {COUNTED_SQL} GROUP BY person
        )
        SELECT person, kind, user_id, first_seen, last_seen, messages
        FROM counts JOIN persons USING (person) ORDER BY first_seen, person
        """,
    ),
    "devices": Derived(
        ("person", "occurred_at", "anonymous_id", "device_id"),
        f"""
        WITH named AS (
            SELECT anonymous_id AS device, 'installation' AS kind, person, occurred_at FROM messages
            UNION ALL
            SELECT device_id, 'product', person, occurred_at FROM messages
        )
        SELECT device, kind, count(DISTINCT person) FILTER ({COUNTED_SQL}) AS persons, min(occurred_at) AS first_seen,
               max(occurred_at) AS last_seen, count(*) AS messages
        FROM named WHERE device IS NOT NULL GROUP BY device, kind HAVING NOT {junk_sql("device")} ORDER BY kind, device
        """,
    ),
    "page_views": Derived(
        (
            "seq",
            "person",
            "occurred_at",
            "source",
            "channel",
            "message_id",
            "audience",
            "name",
            "properties",
            "context",
        ),
        f"""
        WITH cut AS (
            SELECT *, person IS NOT NULL AND coalesce(
                epoch_us(occurred_at) - epoch_us(lag(occurred_at) OVER timeline) > {SESSION_GAP_US}, true
            ) AS starts
            FROM messages
            WINDOW timeline AS (PARTITION BY person, audience ORDER BY occurred_at, source, message_id)
        ), numbered AS (
            SELECT *, CASE WHEN person IS NOT NULL THEN sum(starts::INTEGER) OVER (
                ORDER BY person, audience, occurred_at, source, message_id
            ) END AS visit
            FROM cut
        )
        SELECT
            seq, occurred_at, source, channel, person, audience, name AS page, visit::BIGINT AS visit,
            CASE WHEN visit IS NOT NULL THEN starts END AS is_entry,
            CASE WHEN visit IS NOT NULL THEN row_number() OVER (
                PARTITION BY visit ORDER BY occurred_at DESC, source DESC, message_id DESC
            ) = 1 END AS is_exit,
            CASE WHEN visit IS NOT NULL THEN {_text("context", "returned")} IS NOT DISTINCT FROM 'true' END
            AS is_returned,
            {_text("properties", "title")} AS title,
            TRY_CAST({_text("properties", "status")} AS BIGINT) AS status,
            coalesce({_text("context", "origin.type")}, {_text("properties", "origin")}) AS origin,
            {_text("context", "origin.name")} AS origin_name,
            {_text("context", "referrer.host")} AS referrer,
            {_text("context", "campaign.name")} AS campaign,
            {_text("context", "browser.name")} AS browser,
            {_text("context", "browser.os")} AS os,
            {_text("context", "browser.device")} AS device,
            {_text("context", "location.country")} AS country,
            {_text("context", "locale")} AS locale
        FROM numbered ORDER BY seq
        """,
        type="page",
    ),
}
DERIVED = frozenset([*_COUNTED, "sessions"])
"""The names of these views."""


def derived_table(dataset: Dataset, messages: MessageColumns, name: str) -> Any:
    """All rows of one of these views, as an Arrow table. Raises DamagedFileError."""
    table = _sessions(dataset) if name == "sessions" else _counted(dataset, messages, _COUNTED[name])
    if "person" not in table.column_names:
        return table
    ids = dataset.persons.person_ids(table.column("person"))
    return table.set_column(table.column_names.index("person"), "person_id", ids)


def _counted(dataset: Dataset, messages: MessageColumns, derived: Derived) -> Any:
    pieces = messages.read("", derived.columns, type_=derived.type)
    columns = {column: joined(column, pieces) for column in derived.columns}
    with connect() as connection:
        connection.register("messages", pyarrow.table(columns))
        connection.register("persons", dataset.persons.table)
        return connection.sql(derived.sql).to_arrow_table()


def _sessions(dataset: Dataset) -> Any:
    sessions = session_table(timelines(dataset))
    columns = {
        "person": sessions["person"],
        "device": dataset.persons.dictionary.ids.take(sessions["device"]),
        "started_at": sessions["began"].cast(MOMENT),
        "ended_at": sessions["ended"].cast(MOMENT),
        "messages": sessions["messages"],
    }
    return pyarrow.table(columns).sort_by([(name, "ascending") for name in ("started_at", "person", "device")])
