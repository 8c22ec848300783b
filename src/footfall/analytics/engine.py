"""The query engine: DuckDB in memory, and Arrow to hand it rows. Both load when the first dataset is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from footfall.errors import MissingExtraError

if TYPE_CHECKING:
    import duckdb

__all__ = ["Rows", "connect", "hand_over", "literal", "rows"]

Rows = list[tuple[Any, ...]]


def connect() -> duckdb.DuckDBPyConnection:
    """A fresh database in memory. Raises MissingExtraError when DuckDB or pyarrow is not installed."""
    try:
        import duckdb  # 40 ms that a process without reports does not pay
        import pyarrow  # noqa: F401 - the same; missing, it must be said here and not in the middle of a load
    except ImportError as error:
        raise MissingExtraError("reading the data", "server") from error
    return duckdb.connect(":memory:")


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    """Every row of one query."""
    return connection.execute(sql).fetchall()


def hand_over(connection: duckdb.DuckDBPyConnection, table: Any, sql: str) -> None:
    """Run `sql` with the Arrow `table` known to it as `handed`; nothing is copied on the way."""
    connection.register("handed", table)
    try:
        connection.execute(sql)
    finally:
        connection.unregister("handed")


def literal(value: str | bool | Sequence[str]) -> str:
    """A value as SQL takes it: in a plain string DuckDB knows no escape but the doubled quote."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "(" + ", ".join(literal(item) for item in value) + ")"
