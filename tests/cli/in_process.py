"""Runs `footfall` inside of the test's own process: its output, its errors, its exit code, without a new interpreter.

What only a process shows (what is loaded, a pipe that closes, a signal) has tests that start one.
"""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

from click.testing import CliRunner

from footfall.cli import main

__all__ = ["footfall"]


def footfall(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`footfall ARGUMENTS` in the folder `cwd`, with nothing on standard input."""
    words = list(map(str, arguments))
    code: object = None
    with contextlib.chdir(cwd or Path.cwd()), CliRunner().isolation() as (out, err, _):
        try:
            main(words)
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(words, code, out.getvalue().decode(), err.getvalue().decode())
