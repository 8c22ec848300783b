"""Reports of uncounted hits come from anybody with a write key, and say nothing but numbers of known reasons."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.collector import Collector, CollectorSettings, create_app
from footfall.collector.dialects import BATCH
from footfall.collector.pipeline import decide, request_context
from footfall.collector.uncounted import uncounted_reports
from footfall.errors import JournalError
from footfall.storage.environments import Sender
from footfall.storage.uncounted import UncountedCount, UncountedReport
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.web.reasons import REASONS

TODAY = "2026-11-30"
REPORT = {"id": "c-1", "counts": {"static": 2}}


def reports(*given: object) -> list[UncountedReport]:
    return uncounted_reports(list(given), "shop", TODAY)


def test_a_report_is_of_its_source_and_of_today_unless_it_names_its_day() -> None:
    assert reports(REPORT, REPORT | {"day": "2026-11-01"}) == [
        UncountedReport("shop", "c-1", TODAY, {"static": 2}),
        UncountedReport("shop", "c-1", "2026-11-01", {"static": 2}, is_lasting=True),
    ]


def test_a_reason_that_is_not_known_counts_as_other_and_its_text_is_not_kept() -> None:
    counts = {"<script>": 2, "ann@example.com": 3, "own": 1}

    assert reports(REPORT | {"counts": counts})[0].counts == {"other": 5, "own": 1}


@pytest.mark.parametrize(
    "report",
    [
        5, None, [], {}, {"id": "c-1"}, {"counts": {"static": 1}}, REPORT | {"id": "ann@example.com"},
        REPORT | {"id": "x" * 65}, REPORT | {"id": ""}, REPORT | {"id": 5}, REPORT | {"counts": []},
        REPORT | {"counts": {"static": 0}}, REPORT | {"counts": {"static": -1}}, REPORT | {"counts": {"static": True}},
        REPORT | {"counts": {"static": 1.5}}, REPORT | {"counts": {"static": 10**10}}, REPORT | {"day": 5},
        REPORT | {"day": "2026-02-30"}, REPORT | {"day": "1 May"}, REPORT | {"day": "0001-01-01"},
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_is_left_out_and_the_next_one_counts(report: object) -> None:
    assert reports(report, REPORT) == reports(REPORT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)
ALIKE = st.fixed_dictionaries(
    {"id": st.just("c-1") | JSON, "counts": JSON | st.dictionaries(st.sampled_from([*REASONS, "x"]), st.integers())},
    optional={"day": JSON | st.dates().map(str)},
)


@given(JSON | st.lists(ALIKE | JSON))
def test_whatever_comes_only_numbers_of_known_reasons_are_made_of_it(value: Any) -> None:
    for report in uncounted_reports(value, "shop", TODAY):
        assert report.counts.keys() <= REASONS.keys()
        assert all(number > 0 for number in report.counts.values())


def test_a_body_cannot_bring_more_reports_than_some() -> None:
    assert len(uncounted_reports([REPORT] * 1000, "shop", TODAY)) == 100


# In a request


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal(clock=ManualClock())


@pytest.fixture
def collector(tmp_path: Path, journal: MemoryJournal) -> Iterator[Collector]:
    with Collector(tmp_path / "data", journal=journal, clock=ManualClock()) as collector:
        yield collector


def counts(journal: MemoryJournal) -> list[UncountedCount]:
    with journal.snapshot() as snapshot:
        return snapshot.history().uncounted()


def post(collector: Collector, content: bytes, key: str = "wk") -> httpx.Response:
    app = create_app(collector, {"wk": "shop", "st": Sender("shop", "staging")})

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://collector") as client:
            return await client.post("/v1/batch", content=content, auth=(key, ""))

    return asyncio.run(send())


def test_a_report_alone_is_on_the_disk_when_it_is_answered_and_counts_once(
    collector: Collector, journal: MemoryJournal
) -> None:
    content = json.dumps({"batch": [], "uncounted": [REPORT]}).encode()

    answers = [post(collector, content).status_code for _ in range(2)]
    post(collector, content, key="st")

    assert answers == [200, 200]
    assert [(count.source, count.number) for count in counts(journal)] == [("shop", 2), ("shop (staging)", 2)]


def test_a_sender_without_a_write_key_cannot_report(collector: Collector, journal: MemoryJournal) -> None:
    content = json.dumps({"batch": [], "uncounted": [REPORT]}).encode()

    assert post(collector, content, key="guessed").status_code == 401
    assert counts(journal) == []


def test_a_report_that_could_not_be_written_is_not_answered_for(collector: Collector, journal: MemoryJournal) -> None:
    content = json.dumps({"batch": [], "uncounted": [REPORT]}).encode()
    journal.fail_with.append(JournalError("no room"))

    assert [post(collector, content).status_code for _ in range(2)] == [503, 200]
    assert [count.number for count in counts(journal)] == [2]


@pytest.mark.parametrize(
    "batch",
    [b'[{"type":"track","event":"a","userId":"u"}]', b'[{"type":"track","event":"a","userId":"u"},{"a":}]', b"[5, {}]"],
)
def test_it_is_read_beside_good_messages_and_bad_ones(batch: bytes) -> None:
    body = b'{"batch":%b,"uncounted":[{"id":"c-1","counts":{"static":2}}]}' % batch

    envelope = BATCH.dialect.read(body, b"", "", CollectorSettings())

    assert envelope.uncounted == [REPORT]


def test_a_report_costs_no_message_of_its_batch(collector: Collector, journal: MemoryJournal) -> None:
    good = {"type": "track", "event": "a", "userId": "u"}
    for uncounted in (5, [None], {"id": 1}):
        post(collector, json.dumps({"batch": [good], "uncounted": uncounted}).encode())

    assert journal.books()["shop", "a"]["received"] == 3
    assert counts(journal) == []


@pytest.mark.parametrize(
    "report",
    [
        b"NaN", b"1e400", b"9" * 5_000, b'"\\ud800"', b"\xff", b"[" * 5_000 + b"]" * 5_000, b'"%b"' % (b"x" * 40_000),
        b"{%b}" % b",".join(b'"r%d":1' % number for number in range(10_000)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("body", [b'{"batch":[%b],"uncounted":[%b]}', b'{"uncounted":[%b],"batch":[%b]}'])
def test_a_report_that_cannot_be_read_or_is_too_long_costs_no_message_of_its_batch(
    collector: Collector, journal: MemoryJournal, body: bytes, report: bytes
) -> None:
    good = b'{"type":"track","event":"a","userId":"u"}'
    parts = (good, report) if body.startswith(b'{"batch"') else (report, good)

    assert post(collector, body % parts).status_code == 200
    assert journal.books()["shop", "a"]["stored"] == 1
    assert counts(journal) == []


def test_the_memory_of_reports_counts_for_the_limit_of_what_waits() -> None:
    counts = dict.fromkeys(REASONS, 10**6)
    body = json.dumps({"batch": [], "uncounted": [{"id": f"c-{number}", "counts": counts} for number in range(50)]})
    envelope = BATCH.dialect.read(body.encode(), b"", "", CollectorSettings())
    request = request_context(
        envelope, Sender("shop"), received_at=0, rules_for=lambda _: None, settings=CollectorSettings()
    )

    tracemalloc.start()
    decision = decide(envelope, request)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(decision.changes.uncounted) == 50
    assert decision.size >= taken
