"""Signals of several kinds are kept apart, each by its own cooldown, and late messages give no second one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.analytics.conftest import make_entry

from footfall.analytics import Dataset
from footfall.maintenance.find_signals import find_new
from footfall.plan import read
from footfall.storage.journal import Entry
from footfall.storage.sqlite.signals import SqliteSignals

MakeEntry = Callable[..., Entry]
PLAN = read({
    "plan": "p",
    "events": {"failed": {}},
    "signals": {
        "once": {"event": "failed", "cooldown": "10s", "answer": "a"},
        "twice": {"event": "failed", "count": 2, "answer": "a"},
    },
}).require()  # fmt: skip
EPOCH = datetime.fromtimestamp(0, UTC)


@pytest.fixture
def kept(tmp_path: Path) -> SqliteSignals:
    return SqliteSignals(tmp_path / "control.db")


def look(kept: SqliteSignals, *times: int) -> list[tuple[str, tuple[int, ...]]]:
    entries = [make_entry(seq, "failed", at, user="ann") for seq, at in enumerate(times, 1)]
    with Dataset.of(entries, PLAN) as dataset:
        records = find_new(dataset, kept, since=EPOCH, now=datetime.fromtimestamp(99, UTC))
    return sorted((record.name, record.evidence) for record in records)


def test_each_signal_has_its_own_cooldown(kept: SqliteSignals) -> None:
    assert look(kept, 1, 5, 20) == [("once", (1,)), ("once", (3,)), ("twice", (1, 2))]


def test_a_message_that_comes_late_gives_no_second_signal(kept: SqliteSignals) -> None:
    look(kept, 5, 20)

    assert look(kept, 5, 20, 6) == []
