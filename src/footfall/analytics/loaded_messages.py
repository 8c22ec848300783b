"""Loads every message whole into one DuckDB table, with its person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow

from footfall.analytics.engine import hand_over
from footfall.analytics.event_names import Meaning
from footfall.analytics.message_table import canonical_events
from footfall.analytics.persons import COUNTED_SQL, Persons
from footfall.identity.ids import comparable_sql
from footfall.storage.columns import BYTES, COLUMNS
from footfall.storage.parquet.table_part import TablePart
from footfall.storage.part import Part

if TYPE_CHECKING:
    import duckdb

__all__ = ["load_messages"]


def load_messages(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], persons: Persons, names: Mapping[str, Meaning]
) -> None:
    """Make the table `messages`, in the order of (occurred_at, source, message_id)."""
    if not parts:
        parts = [TablePart([])]  # it has the columns
        persons = Persons.of(parts)
    tables = [_table(part, number, persons, names) for number, part in enumerate(parts)]
    ids = ", ".join(f"{comparable_sql(column.name)} AS {column.name}" for column in COLUMNS if column.is_id)
    hand_over(
        connection,
        pyarrow.concat_tables(tables),
        "CREATE TABLE messages AS SELECT row_number() OVER (ORDER BY occurred_at, source, message_id) AS ord, "
        f"handed.* REPLACE ({ids}), {COUNTED_SQL} AS counted FROM handed ORDER BY ord",
    )


def _table(part: Part, number: int, persons: Persons, names: Mapping[str, Meaning]) -> Any:
    table = part.read(["seq", *(column.name for column in COLUMNS)])
    arrays = {"seq": table.column("seq")}
    for column in COLUMNS:
        values = table.column(column.name)
        arrays[column.asked] = values.cast(pyarrow.string()) if column.contents is BYTES else values
    arrays["event"] = canonical_events(part, names, table.column("received_at")).cast(pyarrow.string())
    evidence, person = persons.evidence(number), persons.column(number)
    users = dict(
        zip(persons.table.column("person").to_pylist(), persons.table.column("user_id").to_pylist(), strict=True)
    )
    arrays |= {
        "person": person,
        "person_id": persons.row_ids(number),
        "reason": persons.reasons(number),
        "evidence_source": evidence.column("source"),
        "evidence_message_id": evidence.column("message_id"),
        "canonical_user_id": pyarrow.array([users.get(each) for each in person.to_pylist()], pyarrow.string()),
        "alias_effect": persons.alias_effects(number),
    }
    return pyarrow.table(arrays)
