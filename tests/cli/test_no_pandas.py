"""A command loads no pandas, and its arrays are as ever."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from footfall.cli.no_pandas import hide_pandas
hide_pandas()
import pyarrow
print(pyarrow.array([1, None]).to_pylist(), pyarrow.table({"a": ["x"]}).to_pylist(), "pandas" in sys.modules)
"""


def test_arrays_are_made_without_it() -> None:
    process = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert (process.stdout, process.stderr) == ("[1, None] [{'a': 'x'}] False\n", "")
