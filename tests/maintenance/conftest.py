"""A folder with a store in memory, and children that find these tests."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from footfall.collector.job_settings import JobSettings
from footfall.maintenance.context import JobContext
from footfall.storage import Store
from footfall.testing import ManualClock
from footfall.testing.control import MemoryControl

ROOT = Path(__file__).parents[2]


class SteppedClock(ManualClock):
    """A clock that one thread waits on, and that moves from one of its waits to the next."""

    def __init__(self) -> None:
        super().__init__()
        self._waits = 0
        self._entered = threading.Condition()

    def wait(self, condition: threading.Condition, timeout: float | None) -> bool:
        with self._entered:
            self._waits += 1
            self._entered.notify_all()
        return super().wait(condition, timeout)

    def step(self, seconds: float) -> None:
        """Move time forward; returns once the thread has done what is to be done, and waits again."""
        self.until_waiting()
        with self._entered:
            waits = self._waits
        self.advance(seconds)
        with self._entered:
            self._entered.wait_for(lambda: self._waits > waits)
        self.until_waiting()


@pytest.fixture
def control() -> MemoryControl:
    return MemoryControl()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def context(control: MemoryControl, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobContext:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return JobContext(tmp_path, cast("Store", SimpleNamespace(control=control)), JobSettings(), clock)
