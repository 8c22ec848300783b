"""A connection to DuckDB that looks at the plan of each statement before it runs."""

from __future__ import annotations

import re
from typing import Any

import duckdb

__all__ = ["Explaining"]

PLANNED = ("CREATE TABLE", "CREATE OR REPLACE", "INSERT INTO", "SELECT", "WITH", "FROM")


class Explaining:
    """`nested_loops` are the statements that would compare every row of a table with every row of another one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        # For up to 64 rows an ASOF join is planned as a loop, which is no fault: we look at what many rows get.
        self._connection = connection.execute("SET asof_loop_join_threshold = 0")
        self.joins = 0
        self.nested_loops: list[str] = []

    def execute(self, statement: str, *values: Any) -> duckdb.DuckDBPyConnection:
        self._explain(statement, *values)
        return self._connection.execute(statement, *values)

    def sql(self, statement: str) -> duckdb.DuckDBPyRelation:
        self._explain(statement)
        return self._connection.sql(statement)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def _explain(self, statement: str, *values: Any) -> None:
        if not statement.strip().startswith(PLANNED) or ";" in statement.strip().rstrip(";"):
            return
        ((_, plan),) = self._connection.execute(f"EXPLAIN (FORMAT JSON) {statement}", *values).fetchall()
        joins = re.findall(r'"name": "(\w*_JOIN)', plan)
        self.joins += len(joins)
        if {"BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN"} & set(joins):
            self.nested_loops.append(statement)
