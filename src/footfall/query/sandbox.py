"""Runs one SELECT in a new DuckDB, which can reach the tables that it is given and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from footfall.analytics.engine import literal
from footfall.query.failures import clear_error
from footfall.query.views import unique_names

if TYPE_CHECKING:
    import duckdb

__all__ = ["Parameters", "SelectRun", "sandbox"]

T = TypeVar("T")

Parameters = Sequence[Any] | Mapping[str, Any]

# No file, no network, no extension, no variable of Python, no temporary file for what is too big for the memory.
_CONFIG: Mapping[str, str] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "memory_limit": "50%",
}
# Arrow or its readers have no such type, or cut it: they get its text.
_AS_TEXT = {"INTERVAL", "BIT", "BIGNUM", "UHUGEINT", "TIME WITH TIME ZONE"}
_BATCH = 10_000
_LOOK_SECONDS = 0.2
_STOPS, _STOP_SECONDS = 100, 0.05  # how often an interrupted query is asked to end, and how long it has each time


def sandbox(tables: Mapping[str, Any] | None = None, timezone: str = "UTC", **config: str) -> duckdb.DuckDBPyConnection:
    """A new DuckDB in memory with these Arrow tables by name, locked. Times are on the clock of `timezone`."""
    import duckdb  # 40 ms that a process without queries does not pay

    connection = duckdb.connect(":memory:", config={**_CONFIG, **config})
    for name, table in (tables or {}).items():
        connection.register(name, table)
    connection.execute(f"SET TimeZone = {literal(timezone)}")
    connection.execute("SET lock_configuration = true")
    return connection


class SelectRun:
    """A SELECT that runs: its columns in Arrow, and its rows in batches as they come, once."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        sql: str,
        parameters: Parameters | None = None,
        columns: Sequence[str] = (),
        places: Mapping[str, str] | None = None,
    ) -> None:
        self._connection, self._columns, self._places = connection, columns, places
        try:
            names, self._reader = self._carry_out(lambda: _reader(connection, sql, parameters))
        except BaseException:
            self.close()
            raise
        import pyarrow  # loaded with the engine

        fields = [field.with_name(name) for field, name in zip(self._reader.schema, unique_names(names), strict=True)]
        self.schema = pyarrow.schema(fields)

    def __iter__(self) -> Iterator[Any]:
        import pyarrow  # loaded with the engine

        # The end is None, for a thread hands on no StopIteration.
        while (batch := self._carry_out(lambda: next(self._reader, None))) is not None:
            yield pyarrow.RecordBatch.from_arrays(batch.columns, schema=self.schema)

    def close(self) -> None:
        """Let the memory go; at the end of its thread, where an interrupted function still computes."""
        import duckdb  # loaded with the engine

        with suppress(duckdb.Error):  # DuckDB closes no connection that is busy
            self._connection.close()

    def _carry_out(self, work: Callable[[], T]) -> T:
        """Do the work in a thread: DuckDB itself notices no Ctrl-C while it computes."""
        outcome: Future[T] = Future()
        try:
            Thread(target=_settle, args=(outcome, work), name="footfall-query", daemon=True).start()
            while not wait([outcome], _LOOK_SECONDS).done:
                pass  # a signal that came to another thread shows only here
            return outcome.result()
        except KeyboardInterrupt:
            for _ in range(_STOPS):  # the first may come before DuckDB begins
                self._connection.interrupt()
                if wait([outcome], _STOP_SECONDS).done:
                    break
            raise
        except Exception as error:
            raise clear_error(error, self._columns, self._places) from error


def _reader(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters | None) -> tuple[list[str], Any]:
    """The names of the columns of a SELECT, and an Arrow reader of its rows."""
    relation: Any = connection.sql(sql, params=parameters) if parameters else connection.sql(sql)
    names, types = relation.columns, [str(type_) for type_ in relation.types]
    if not _AS_TEXT.isdisjoint(types):
        shown = (f"#{n}::VARCHAR" if type_ in _AS_TEXT else f"#{n}" for n, type_ in enumerate(types, 1))
        relation = relation.project(", ".join(shown))
    return names, relation.to_arrow_reader(_BATCH)


def _settle(outcome: Future[T], work: Callable[[], T]) -> None:
    try:
        outcome.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised where the outcome is awaited
        outcome.set_exception(error)
