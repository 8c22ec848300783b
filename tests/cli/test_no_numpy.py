"""A command loads neither numpy nor pandas, and what it asks Arrow and DuckDB is answered as ever."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from footfall.cli.no_numpy import hide_numpy
hide_numpy()
import pyarrow
import duckdb
print(pyarrow.array([1, None]).to_pylist(), pyarrow.table({"a": ["x"]}).to_pylist())
connection = duckdb.connect()
connection.register("given", pyarrow.table({"a": pyarrow.array([1, 2])}))
print(connection.execute("SELECT sum(a), [1.5] FROM given").fetchall(), connection.sql("FROM given").to_arrow_table())
print(not {"numpy", "pandas"}.isdisjoint(sys.modules))
"""


def test_arrays_are_made_and_asked_without_them() -> None:
    process = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert process.stdout.splitlines() == [
        "[1, None] [{'a': 'x'}]",
        "[(3, [Decimal('1.5')])] pyarrow.Table", "a: int64", "----", "a: [[1,2]]",
        "False",
    ]  # fmt: skip
    assert process.stderr == ""
