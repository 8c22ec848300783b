"""The SQL rules run on a list of observations, in a DuckDB of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import duckdb
import msgspec

from footfall.identity.attribution import Attribution, Observation
from footfall.identity.sql import attribute_sql

SCHEMA = (
    "source VARCHAR, message_id VARCHAR, type VARCHAR, occurred_at BIGINT,"
    " user_id VARCHAR, anonymous_id VARCHAR, device_id VARCHAR, previous_id VARCHAR"
)


class Duck:
    """A connection that counts the statements it is given."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.statements = 0

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        self.statements += 1
        return self.connection.execute(statement).fetchall()

    def load(self, *parts: Sequence[Observation]) -> None:
        """Fill the table of observations, part after part."""
        self.connection.execute(f"CREATE OR REPLACE TABLE observations ({SCHEMA})")
        for part in parts:
            if part:
                rows = [value for one in part for value in msgspec.structs.astuple(one)]
                places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(part))
                self.connection.execute(f"INSERT INTO observations VALUES {places}", rows)

    def effects(self) -> dict[tuple[str, str], str]:
        """What each alias does, as the last attribution said."""
        rows = self.run("SELECT source, message_id, alias_effect FROM attributions WHERE alias_effect IS NOT NULL")
        return {(source, message_id): effect for source, message_id, effect in rows}

    def attribute(self, ns: UUID) -> dict[tuple[str, str], Attribution]:
        attribute_sql(self.run, ns)
        rows = self.run(
            "SELECT source, message_id, person_id, reason, evidence_source, evidence_message_id, user_id, counted"
            " FROM attributions"
        )
        found = {
            (row[0], row[1]): Attribution(row[2], row[3], None if row[4] is None else (row[4], row[5]), row[6], row[7])
            for row in rows
        }
        assert len(found) == len(rows)
        return found
