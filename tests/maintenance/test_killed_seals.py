"""Sealing and compacting are killed at each step, in real processes: every message is there once, and it goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(("who", "least"), [("owner", 40), ("child", 20), ("compaction", 20)])
def test_a_run_that_is_killed_at_any_step_loses_nothing_and_is_done_by_the_next(
    tmp_path: Path, who: str, least: int
) -> None:
    command = [sys.executable, "-m", "tests.maintenance.killed_seals", who, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) >= least
