"""What has no usable id was only counted, is a bot's, or names nobody; as the message itself says."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from tests.analytics.persons.parts import ListPart
from tests.storage.sealing import seal

import footfall
from footfall.analytics import KPIS, Dataset, report
from footfall.analytics.persons.nobody import with_nobodys_reasons
from footfall.collector.collector import Collector
from footfall.identity.attribution import Observation
from footfall.plan import read
from footfall.testing import ManualClock
from footfall.timestamps import local_time

PLAN = read({
    "plan": "p",
    "consent": {"rule": "opt_in", "default": "count_only", "purposes": {"statistics": {}}},
    "events": {"seen": {}, "bought": {}},
    "kpis": {
        "views": {"measure": {"count": "seen"}},
        "viewers": {"measure": {"unique": "seen.actor"}},
        "buying": {"measure": {"journey": "buying", "from": "see", "to": "buy"}},
    },
    "journeys": {"buying": {"steps": [{"id": "see", "event": "seen"}, {"id": "buy", "event": "bought"}]}},
}).require()  # fmt: skip


def test_only_what_is_blocked_is_looked_at_again() -> None:
    first = [
        Observation("web", "a0", "page", 0),
        Observation("web", "a1", "page", 1, nobody="unconsented"),
        Observation("web", "a2", "page", 2, nobody="bot"),
    ]
    parts = [ListPart(first), ListPart([Observation("web", "b", "page", 0, nobody="bot")])]
    reasons = pyarrow.array(["blocked", "anonymous", "blocked", "blocked", "blocked"])
    part, row = (pyarrow.array(values, pyarrow.int32()) for values in ([1, 0, 0, 0, 0], [0, 0, 1, 2, 0]))

    assert with_nobodys_reasons(reasons, parts, part, row).to_pylist() == [
        "bot", "anonymous", "unconsented", "bot", "blocked",
    ]  # fmt: skip


def test_where_nothing_is_blocked_nothing_is_read() -> None:
    part = ListPart([Observation("web", "a", "page", 0, "ann")])
    reasons = pyarrow.array(["explicit"])
    zero = pyarrow.array([0], pyarrow.int32())

    assert with_nobodys_reasons(reasons, [part], zero, zero) is reasons
    assert part.reads == []


def message(event: str, user: str, agrees: bool) -> dict[str, Any]:
    return {
        "type": "track", "event": event, "userId": user, "messageId": f"{event}-{user}",
        "context": {"consent": {"categoryPreferences": {"statistics": agrees}}},
    }  # fmt: skip


@pytest.mark.parametrize("is_sealed", [False, True])
def test_what_was_only_counted_is_in_counts_of_events_and_in_nothing_else(tmp_path: Path, is_sealed: bool) -> None:
    clock = ManualClock()
    with Collector(tmp_path / "data", plan=PLAN, clock=clock) as collector:
        messages = [message(event, f"u{n}", n < 2) for n in range(5) for event in ("seen", "bought")]
        collector.take(json.dumps({"batch": messages}).encode())
        if is_sealed:
            seal(collector.store.journal, collector.store.warehouse, collector.store.journal.watermark())
    now = local_time(clock.now_us()) + timedelta(hours=1)
    answer = report(Dataset.open(tmp_path / "data", PLAN, clock=clock), PLAN, now=now)

    values = {kpi.name: kpi.value for kpi in answer[KPIS]}
    assert values == {"views": 5, "viewers": 2, "buying": 1}
    with footfall.open(tmp_path / "data", PLAN) as base:
        reasons = base.sql("select reason, count(*), count(person_id) from messages group by 1 order by 1").rows
        persons = base.sql("select count(*) from persons").rows
    assert reasons == [("explicit", 4, 4), ("unconsented", 6, 0)]
    assert persons == [(2,)]
