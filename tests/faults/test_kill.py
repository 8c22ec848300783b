"""A collector that is killed again and again, at work and while it starts, loses nothing that it acknowledged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from tests.faults.loops import loops
from tests.faults.senders import Senders, assert_nothing_lost

from footfall.clock import SystemClock
from footfall.testing.process import CollectorProcess

START = [sys.executable, "-c", "from footfall.cli import main; main()", "serve", "--port", "0", "--data"]


def test_nothing_that_was_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    data, chance = tmp_path / "data", random.Random(7)
    with Senders(4) as senders:
        for _ in range(loops(3)):
            collector = CollectorProcess(data)
            senders.aim(collector.port)
            senders.wait_for_answers(chance.choice([1, 5, 40]))
            collector.kill()
            senders.aim(None)
            killed_early(data, chance.uniform(0.05, 1.0))
        with CollectorProcess(data) as collector:
            senders.aim(collector.port)
            senders.wait_for_answers(4)

    assert_nothing_lost(data, senders)


def killed_early(data: Path, seconds: float) -> None:
    """Start a collector on the folder and kill it before, or just after, it listens."""
    process = subprocess.Popen(
        [*START, str(data)],
        env={**os.environ, "FOOTFALL_WRITE_KEYS": "test-key"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    SystemClock().sleep(seconds)
    process.kill()
    process.wait()
