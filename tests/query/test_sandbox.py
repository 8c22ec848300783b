"""The DuckDB of a query has its tables and nothing else, whatever SQL it is handed."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pytest

from footfall.errors import UsageError
from footfall.query.sandbox import SelectRun, sandbox

# What the reader of statements refuses already: the lock of DuckDB refuses it too.
OUTSIDE = [
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from glob('/etc/*')",
    "select * from sniff_csv('/etc/passwd')",
    "select * from read_parquet('x.parquet')",
    "select * from read_json('x.json')",
    "copy (select 1) to '/tmp/footfall-was-here'",
    "attach '/tmp/footfall-was-here' as other",
    "load httpfs",
    "install httpfs",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "reset memory_limit",
    "set temp_directory = '/tmp'",
    "pragma enable_logging",
    "export database '/tmp/footfall-was-here'",
    "import database '/tmp'",
    "select * from outside",
]


@pytest.mark.parametrize("sql", OUTSIDE)
def test_a_locked_duckdb_reaches_nothing_outside(sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outside = pyarrow.table({"a": [1]})  # a variable that DuckDB would find by its name

    with sandbox({"t": outside}) as connection, pytest.raises(duckdb.Error):
        connection.sql(sql).fetchall()

    assert not Path("/tmp/footfall-was-here").exists()
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_big_for_the_memory_is_one_line_and_nothing_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match="needs more memory"):
        list(SelectRun(sandbox(memory_limit="20MB"), "select list(a) from range(20000000) t(a)"))
    assert list(tmp_path.iterdir()) == []


def test_times_are_on_the_clock_of_the_timezone() -> None:
    (batch,) = SelectRun(
        sandbox(timezone="Europe/Oslo"), "select '2026-11-01T23:30:00Z'::timestamptz::date::varchar as day"
    )

    assert batch.column("day").to_pylist() == ["2026-11-02"]


def test_columns_of_one_name_are_told_apart() -> None:
    run = SelectRun(sandbox(), "select 1 as a, 2 as a, 3 as A")

    assert run.schema.names == ["a", "a_2", "A_3"]


def test_what_arrow_has_no_type_for_is_text() -> None:
    (batch,) = SelectRun(sandbox(), "select interval 3 days as i, '101'::bit as b, 7 as n")

    assert batch.to_pylist() == [{"i": "3 days", "b": "101", "n": 7}]


@pytest.mark.parametrize("parameters", [[7], {"n": 7}])
def test_parameters_are_values_and_never_sql(parameters: list[int] | dict[str, int]) -> None:
    sql = "select ? as n" if isinstance(parameters, list) else "select $n as n"

    (batch,) = SelectRun(sandbox(), sql, parameters)

    assert batch.to_pylist() == [{"n": 7}]


def test_an_error_in_the_middle_of_the_rows_is_one_line_too() -> None:
    run = SelectRun(sandbox(), "select case when a = 200000 then 'x' else '1' end::int from range(300000) t(a)")

    with pytest.raises(UsageError, match=r"line 1, column \d+: Could not convert"):
        list(run)


_ENDLESS = """
import signal
import threading
from footfall.query.sandbox import SelectRun, sandbox

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what is in its background without one

def say_when_it_computes():
    while all(thread.name != "footfall-query" for thread in threading.enumerate()):
        pass
    print("begun", flush=True)

threading.Thread(target=say_when_it_computes, daemon=True).start()
list(SelectRun(sandbox(), "select count(*) from range(1000000000000) t(a) where sin(a) * a * a = 9"))
"""


def test_an_interrupt_ends_a_query_that_computes() -> None:
    with subprocess.Popen([sys.executable, "-c", _ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(60):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
                break
        process.kill()

    assert process.returncode == -signal.SIGINT


class Busy:
    """A connection that an interrupt does not stop, so that it cannot be closed either."""

    def sql(self, sql: str) -> Any:
        raise KeyboardInterrupt

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        raise duckdb.Error("connection is busy with another call")


def test_an_interrupt_ends_a_query_that_does_not_listen_without_another_error() -> None:
    connection: Any = Busy()

    with pytest.raises(KeyboardInterrupt):
        SelectRun(connection, "select 1")
