"""Signals in Python are rows with their state, person and evidence, as of the moment of the data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import footfall
from footfall import storage
from footfall.collector import Collector
from footfall.errors import UsageError
from footfall.plan.model import EventFilter, Plan, PlannedSignal
from footfall.query.signals import signal_rows
from footfall.storage.signals import SignalRecord, SignalStep

MINUTE = 60_000_000
TROUBLE = PlannedSignal(
    name="trouble", filter=EventFilter(event="failed"), by="user", count=1, answer="Call", cooldown=0, owner="care"
)
PLAN = Plan(id="p", timezone="Europe/Oslo", signals={"trouble": TROUBLE})
RECORDS = [
    SignalRecord("a", "trouble", "ann", 0, (1, 2), MINUTE),
    SignalRecord("b", "trouble", "bob", MINUTE, (3,), MINUTE),
    SignalRecord("c", "gone", "eve", 2 * MINUTE, (4,), 2 * MINUTE),
]
STEPS = [
    SignalStep("a", "taken", "", "kari", 3 * MINUTE),
    SignalStep("b", "taken", "Calls back", "ola", 4 * MINUTE),
    SignalStep("b", "done", "Paid", "kari", 5 * MINUTE),
]


def ids(state: str) -> list[str]:
    return [row[0] for row in signal_rows(RECORDS, STEPS, PLAN, state).rows]  # type: ignore[arg-type] # also none


def test_a_row_has_the_state_the_person_and_the_evidence() -> None:
    result = signal_rows(RECORDS, STEPS, PLAN, "done")
    (row,) = result.to_arrow().to_pylist()

    assert row == {
        "id": "b", "signal": "trouble", "state": "done", "at": datetime(1970, 1, 1, 0, 1, tzinfo=UTC), "person": "bob",
        "evidence": [3], "owner": "care", "answer": "Call", "author": "kari", "notes": ["Calls back", "Paid"],
    }  # fmt: skip


def test_signals_are_chosen_by_their_state() -> None:
    assert [ids(state) for state in ("open", "taken", "done", "all")] == [["c"], ["a"], ["b"], ["a", "b", "c"]]
    with pytest.raises(UsageError, match="no state 'lost' of a signal; it is one of open, taken, done, all"):
        ids("lost")


def test_a_signal_that_the_plan_has_no_more_has_no_owner_and_no_answer() -> None:
    (row,) = signal_rows(RECORDS, STEPS, PLAN, "open").to_arrow().to_pylist()

    assert (row["owner"], row["answer"], row["author"], row["notes"]) == (None, None, None, [])


def test_open_data_has_those_of_its_folder(tmp_path: Path) -> None:
    Collector(tmp_path, plan=PLAN).close()
    with storage.open(tmp_path, "beside") as store:
        store.signals.add(RECORDS)
        for step in STEPS:
            store.signals.add_step(step)
    with footfall.open(tmp_path) as opened:
        states = [(row[0], row[2]) for row in opened.signals("all").rows]
        waiting = [row[0] for row in opened.signals().rows]

    assert states == [("a", "taken"), ("b", "done"), ("c", "open")]
    assert waiting == ["c"]
