"""Signals are kept once and change by steps alone; what is purged leaves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.storage.signals import SignalRecord, SignalStep
from footfall.storage.sqlite.control import SqliteControl
from footfall.storage.sqlite.signals import SqliteSignals

FIRST = SignalRecord("a1", "s", "ann", 5, (1, 2), 9)
SECOND = SignalRecord("b2", "s", "bob", 3, (3,), 9)


@pytest.fixture
def signals(tmp_path: Path) -> SqliteSignals:
    return SqliteSignals(tmp_path / "control.db")


def test_a_new_store_has_none(signals: SqliteSignals) -> None:
    assert (signals.records(), signals.steps(), signals.forget([1])) == ([], [], 0)


def test_a_signal_is_kept_once(signals: SqliteSignals) -> None:
    assert signals.add([FIRST, SECOND]) == 2
    assert signals.add([FIRST._replace(at=99)]) == 0
    assert signals.records() == [SECOND, FIRST]


def test_steps_come_in_their_order(signals: SqliteSignals) -> None:
    steps = [SignalStep("a1", "taken", "", "kari", 9), SignalStep("a1", "done", "called", "ola", 8)]
    for step in steps:
        signals.add_step(step)

    assert signals.steps() == steps


def test_what_is_purged_leaves_the_evidence_and_the_last_takes_the_signal(signals: SqliteSignals) -> None:
    signals.add([FIRST, SECOND])
    signals.add_step(SignalStep("b2", "taken", "note", "kari", 9))

    assert signals.forget([1, 3]) == 1
    assert signals.records() == [FIRST._replace(evidence=(2,))]
    assert signals.steps() == []


def test_it_shares_the_file_with_the_rest_of_the_control_store(tmp_path: Path, signals: SqliteSignals) -> None:
    SqliteControl(tmp_path / "control.db").put_bundle("d", b"{}")
    signals.add([FIRST])

    assert SqliteControl(tmp_path / "control.db").bundles() == {"d": b"{}"}
    assert signals.records() == [FIRST]
