"""A command loads neither numpy nor pandas, takes memory by the C library, and is answered by Arrow as ever."""

from __future__ import annotations

import os
import subprocess
import sys

from footfall.cli.arrow_setup import let_numpy_load, set_up_arrow

PROGRAM = """
import sys
from footfall.cli.arrow_setup import set_up_arrow
set_up_arrow()
import pyarrow
import duckdb
print(pyarrow.array([1, None]).to_pylist(), pyarrow.table({"a": ["x"]}).to_pylist())
connection = duckdb.connect()
connection.register("given", pyarrow.table({"a": pyarrow.array([1, 2])}))
print(connection.execute("SELECT sum(a), [1.5] FROM given").fetchall(), connection.sql("FROM given").to_arrow_table())
print(not {"numpy", "pandas"}.isdisjoint(sys.modules), pyarrow.default_memory_pool().backend_name)
"""


def test_arrays_are_made_and_asked_without_them() -> None:
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"},
    )

    assert process.stdout.splitlines() == [
        "[1, None] [{'a': 'x'}]",
        "[(3, [Decimal('1.5')])] pyarrow.Table", "a: int64", "----", "a: [[1,2]]",
        "False system",
    ]  # fmt: skip
    assert process.stderr == ""


def test_an_allocator_that_the_user_chose_stays() -> None:
    environment = {"ARROW_DEFAULT_MEMORY_POOL": "jemalloc"}
    finders = list(sys.meta_path)
    try:
        set_up_arrow(environment)
    finally:
        sys.meta_path[:] = finders

    assert environment == {"ARROW_DEFAULT_MEMORY_POOL": "jemalloc"}


def test_a_command_that_needs_numpy_can_have_it_after_all() -> None:
    finders = list(sys.meta_path)
    set_up_arrow({})
    let_numpy_load()

    assert sys.meta_path == finders
