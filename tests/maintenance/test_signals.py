"""The job of signals asks a process for the last week, and what is purged is forgotten only where there are signals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from footfall import storage
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.context import JobContext
from footfall.maintenance.signals import forget, run
from footfall.storage.signals import SignalRecord
from footfall.testing import ManualClock

WEEK_US = 7 * 86_400 * 1_000_000


class Asked(JobContext):
    """A context whose child says that there are two."""

    calls: list[tuple[str, Mapping[str, object]]]

    def child(self, target: str, arguments: Mapping[str, object]) -> Any:
        self.calls = [*getattr(self, "calls", []), (target, arguments)]
        return 2


def test_it_looks_back_a_week(tmp_path: Path) -> None:
    clock = ManualClock()
    with storage.open(tmp_path / "data", "write") as store:
        context = Asked(tmp_path / "data", store, JobSettings(), clock)

        assert run(context) == "2 new signals"
        ((_, arguments),) = context.calls
        assert arguments == {"data": str(tmp_path / "data"), "since": clock.now_us() - WEEK_US}


def test_nothing_is_forgotten_where_there_is_no_signal(tmp_path: Path) -> None:
    with storage.open(tmp_path / "data", "write") as store:
        context = Asked(tmp_path / "data", store, JobSettings(), ManualClock())
        forget(context)
        has_asked = hasattr(context, "calls")
        store.signals.add([SignalRecord("a", "s", "ann", 1, (1,), 2)])
        forget(context)

    assert not has_asked
    assert len(context.calls) == 1
