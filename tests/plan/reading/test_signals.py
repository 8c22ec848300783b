"""Signals are read with what is left out filled in; their faults are among those of tests/plan/data/faults.txt."""

from __future__ import annotations

from pathlib import Path

from tests.plan.reading.loading import loaded

from footfall.plan import bundle_bytes, from_bundle
from footfall.plan.model import EventFilter, PlannedSignal, Where


def test_a_signal_is_read_and_survives_a_bundle(tmp_path: Path) -> None:
    text = "events: {e: {properties: {n: {type: integer}}}}\n"
    text += "signals: {s: {event: e, where: {n: {lte: 6}}, silent: 2h, answer: Call, owner: care}}\n"
    plan = loaded(tmp_path, text)

    assert plan.signals["s"] == PlannedSignal(
        name="s", filter=EventFilter(event="e", where=(Where(property="n", op="lte", values=(6,)),)), by="user",
        count=1, answer="Call", cooldown=7 * 86_400, silent=7_200, owner="care",
    )  # fmt: skip
    assert from_bundle(bundle_bytes(plan)).signals == plan.signals
