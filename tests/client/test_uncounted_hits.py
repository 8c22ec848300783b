"""Every hit that became no page view counts once at the collector, whatever happens to the reports of them."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.client.interrupted import interruptions, run

from footfall import AsyncClient, Client, ClientOptions
from footfall.client.uncounted_hits import LINGER, HitReport, UncountedHits
from footfall.collector import Collector
from footfall.delivery import InProcessTransport, RetryPolicy
from footfall.errors import RefusedError, TransportError, UnreachableError
from footfall.events import Answer, Batch
from footfall.storage.uncounted import UncountedReport, increase
from footfall.testing import ManualClock, Recorder
from footfall.testing.journal import MemoryJournal

DAY = 86_400.0
QUICK = RetryPolicy(initial=0.001, maximum=0.001)


def numbered() -> UncountedHits:
    ids = itertools.count(1)
    return UncountedHits(lambda: f"id-{next(ids)}")


def read(report: HitReport | None) -> tuple[str, dict[str, int]]:
    assert report is not None
    (content,) = msgspec.json.decode(report.text)
    return content["id"], content["counts"]


def test_a_report_says_how_many_hits_there_were_so_far() -> None:
    hits = numbered()
    for reason in ("static", "prefetch", "static"):
        hits.add(reason, 0.0)
    first = hits.report(1.0)
    hits.add("static", 2.0)

    assert read(first) == ("id-1", {"static": 2, "prefetch": 1})
    assert read(hits.report(3.0)) == ("id-1", {"static": 3, "prefetch": 1})


def test_a_report_is_due_when_hits_have_lingered_or_at_a_flush_and_not_again_once_it_was_taken() -> None:
    hits = numbered()
    assert hits.due(0.0) is None
    hits.add("static", 10.0)
    assert hits.due(15.0) == LINGER - 5.0
    hits.flush()
    assert hits.due(15.0) == 0.0
    was_flushed = hits.is_flushed

    report = hits.report(15.0)
    assert report is not None
    hits.settle(report)

    assert (was_flushed, hits.is_flushed) == (False, True)
    assert hits.due(15.0) is None
    assert hits.report(15.0) is None


def test_an_id_ends_with_a_day_once_its_reports_are_answered() -> None:
    hits = numbered()
    hits.add("static", 0.0)
    unanswered = hits.report(0.0)
    hits.add("static", DAY)
    assert read(hits.report(DAY)) == ("id-1", {"static": 2})
    assert unanswered is not None
    last = hits.report(DAY)
    assert last is not None
    hits.settle(last)
    hits.add("own", DAY)

    assert read(hits.report(DAY)) == ("id-2", {"static": 0, "own": 1})


class Ledger:
    """What a collector adds up of reports."""

    def __init__(self) -> None:
        self.sums: Counter[str] = Counter()
        self._before: dict[str, dict[str, int]] = {}

    def take(self, report: HitReport) -> None:
        id_, counts = read(report)
        before = self._before.setdefault(id_, {})
        more = increase(before, UncountedReport("shop", id_, "2026-11-30", counts))
        before.update({reason: counts[reason] for reason in more})
        self.sums.update(more)


STEPS = st.lists(
    st.one_of(
        st.sampled_from(["static", "prefetch", "own"]),
        st.sampled_from(["SEND", "LOSE", "LOSE ANSWER", "REPEAT", "DAY"]),
    ),
    max_size=30,
)


@example(["static", "LOSE ANSWER", "DAY", "static", "SEND", "REPEAT"])
@example(["static", "SEND", "DAY", "own", "LOSE", "REPEAT", "DAY", "static"])
@given(STEPS)
def test_whatever_is_lost_or_repeated_each_hit_counts_once(steps: list[str]) -> None:
    hits, collector, now, network = numbered(), Ledger(), 0.0, list[HitReport]()
    for step in [*steps, "SEND"]:
        report = hits.report(now) if step in ("SEND", "LOSE", "LOSE ANSWER") else None
        if report is not None:
            network.append(report)
            if step != "LOSE":
                collector.take(report)
            if step == "SEND":
                hits.settle(report)
        elif step == "REPEAT":
            for late in reversed(network):
                collector.take(late)
        elif step == "DAY":
            now += DAY
        elif step.islower():
            hits.add(step, now)

    assert collector.sums == Counter(step for step in steps if step.islower())


def report_all(hits: UncountedHits, collector: Ledger, now: float) -> None:
    while (report := hits.report(now)) is not None:
        collector.take(report)
        hits.settle(report)


@pytest.mark.parametrize("by", ["hit", "interrupt"])
def test_wherever_a_signal_comes_each_hit_counts_once(by: str) -> None:
    current: list[UncountedHits] = []

    def act() -> None:
        if by == "interrupt":
            raise KeyboardInterrupt
        current[-1].add("own", 1.0)

    places = 0
    for interruption in interruptions(act, "signal"):
        hits, collector = numbered(), Ledger()
        current.append(hits)

        def work(hits: UncountedHits = hits, collector: Ledger = collector) -> None:
            for now in (0.0, DAY):
                hits.add("static", now)
                report_all(hits, collector, now)

        run(work, interruption)
        report_all(hits, collector, DAY)
        assert collector.sums == {reason: total for reason, total in hits.totals.items() if total}, interruption.place
        if by == "hit":
            assert collector.sums == {"static": 2, **({"own": 1} if interruption.happened else {})}, interruption.place
        places += interruption.happened

    assert places > 20


# With a collector


class Losing(InProcessTransport):
    """Delivers, and loses answers or batches as `fates` says: "answer", "batch" or "" for neither."""

    def __init__(self, collector: Collector, fates: list[str]) -> None:
        super().__init__(collector)
        self._fates = fates

    def send(self, batch: Batch) -> Answer:
        fate = self._fates.pop(0) if self._fates else ""
        if fate == "batch":
            raise UnreachableError("lost")
        answer = super().send(batch)
        if fate == "answer":
            raise UnreachableError("the answer was lost")
        return answer


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def collector(tmp_path_factory: pytest.TempPathFactory, journal: MemoryJournal) -> Iterator[Collector]:
    with Collector(tmp_path_factory.mktemp("uncounted") / "data", journal=journal) as collector:
        yield collector


def sums(journal: MemoryJournal) -> Mapping[str, int]:
    with journal.snapshot() as snapshot:
        return {count.reason: count.number for count in snapshot.history().uncounted()}


@pytest.mark.parametrize("fates", [[], ["answer"], ["batch", "answer", "batch"], ["answer", "answer"]])
def test_hits_arrive_once_alone_or_beside_messages(
    collector: Collector, journal: MemoryJournal, fates: list[str]
) -> None:
    client = Client(Losing(collector, list(fates)), options=ClientOptions(retry=QUICK))
    for number in range(3):
        client.leave_uncounted("static")
        if number == 1:
            client.track("a", user_id="u")
        assert client.flush(30)
    client.leave_uncounted("prefetch")

    assert client.close(30)
    assert sums(journal) == {"static": 3, "prefetch": 1}
    assert client.stats().uncounted == {"static": 3, "prefetch": 1}
    assert journal.books()["default", "a"]["stored"] == 1


def test_an_async_client_reports_its_hits_too(collector: Collector, journal: MemoryJournal) -> None:
    async def run() -> None:
        client = AsyncClient(Losing(collector, ["answer"]), options=ClientOptions(retry=QUICK))
        client.leave_uncounted("static")
        assert await client.flush(30)
        client.leave_uncounted("static")
        assert await client.aclose(30)

    asyncio.run(run())

    assert sums(journal) == {"static": 2}


def test_two_clients_of_a_site_add_up(collector: Collector, journal: MemoryJournal) -> None:
    for _ in range(2):
        with Client(InProcessTransport(collector)) as client:
            client.leave_uncounted("static")

    assert sums(journal) == {"static": 2}


def test_hits_travel_alone_after_a_while_and_are_in_no_balance() -> None:
    clock, recorder = ManualClock(), Recorder()
    client = Client(recorder, clock=clock)
    client.leave_uncounted("static")
    clock.until_waiting()
    assert recorder.attempts == []

    clock.advance(LINGER)
    client.flush()

    (batch,) = recorder.batches
    assert batch.messages == ()
    assert b'"counts":{"static":1}' in batch.encode()
    books = client.stats()
    assert (books.accepted, books.delivered, books.pending, books.balanced) == (0, 0, 0, True)
    client.close()


@pytest.mark.parametrize("error", [RefusedError("bad", status=400), RefusedError("too large", status=413)])
def test_a_report_that_a_collector_refuses_is_not_sent_for_ever_and_costs_no_message(error: TransportError) -> None:
    recorder = Recorder(fail_with=[error])
    client = Client(recorder)
    client.leave_uncounted("static")
    client.flush(30)
    client.track("a", user_id="u")

    assert client.close(30)
    assert len(recorder.attempts) == 2
    assert client.stats().dropped == {}


def test_a_batch_that_is_dropped_leaves_its_report_for_the_next() -> None:
    recorder = Recorder(fail_with=[RefusedError("bad", status=400)])
    client = Client(recorder)
    client.leave_uncounted("static")
    client.track("a", user_id="u")
    client.close(30)

    (batch,) = recorder.batches
    assert (batch.messages, b"static" in batch.uncounted) == ((), True)
    assert client.stats().dropped == {"refused": 1}


def test_a_closed_or_disabled_client_sends_no_report() -> None:
    recorder = Recorder()
    closed, disabled = Client(recorder), Client(disabled=True)
    closed.close()

    for client in (closed, disabled):
        client.leave_uncounted("static")
        client.close(30)

    assert recorder.attempts == []


def decoded(batch: Batch) -> Any:
    return msgspec.json.decode(batch.encode())


def test_a_body_without_hits_has_no_word_of_them() -> None:
    assert decoded(Batch((), "now")).keys() == {"batch", "sentAt"}
    assert decoded(Batch((b"{}",), "now", b'[{"id":"c"}]'))["uncounted"] == [{"id": "c"}]


def test_a_reason_with_half_a_character_stops_no_other() -> None:
    hits = numbered()

    for reason in ("static", "\ud800", "\ud800"):
        hits.add(reason, 0.0)

    assert read(hits.report(0.0)) == ("id-1", {"static": 1, "?": 2})
