"""A report is right whenever the process that seals or compacts was killed, and after the run that goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(("who", "every", "least"), [("owner", 13, 4), ("child", 25, 4), ("compaction", 13, 4)])
def test_a_report_after_a_kill(tmp_path: Path, who: str, every: int, least: int) -> None:
    command = [sys.executable, "-m", "tests.truth.killed", who, str(tmp_path), str(every)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (process.returncode, process.stderr) == (0, "")
    assert int(process.stdout) >= least
