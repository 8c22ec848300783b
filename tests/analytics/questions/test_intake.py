"""What came in beside the figures is counted by window, against a count by hand."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import answer

from footfall.analytics.dataset import Dataset
from footfall.analytics.engine import connect
from footfall.analytics.loading import Loaded, load_intake
from footfall.analytics.questions.intake import INTAKE, QuarantineReason
from footfall.analytics.window import Span
from footfall.collector import Collector
from footfall.storage import Changes, Row
from footfall.storage.books import in_quarantine, kept, total
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal

DAY = 86_400_000_000
NOON = int(datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000


def row(number: int, occurred_at: int, delay: int, kind: str, event: str | None, codes: list[str]) -> Row:
    faults = [{"path": f"lines[{place}].price", "code": code} for place, code in enumerate(codes)]
    return Row(
        "quarantined" if kind == "quarantined" else "stored", "shop", f"m{number}", "track" if event else "page", event,
        "u", None, None, None, None, occurred_at, occurred_at + delay, None, msgspec.json.encode(faults), b"{}", None,
    )  # fmt: skip


ROWS = st.lists(
    st.tuples(
        st.integers(-3, 3).map(lambda days: NOON + days * DAY),
        st.sampled_from([0, DAY, DAY + 1, 30 * DAY, -DAY]),
        st.sampled_from(["stored", "quarantined"]),
        st.sampled_from(["seen", "bought", None]),
        st.lists(st.sampled_from(["type", "required", "min", "enum"]), min_size=1, max_size=3),
    ),
    max_size=12,
)
EDGES = st.none() | st.integers(-3, 4).map(lambda days: NOON + days * DAY)


def dataset_of(journal: MemoryJournal) -> Dataset:
    connection = connect()
    with journal.snapshot() as snapshot:
        load_intake(connection, snapshot)
        entries = [entry for chunk in snapshot.scan("stored") for entry in chunk]
    return Dataset(connection, lambda _: Loaded([TablePart([table_of(entries)])], None))


@given(drawn=ROWS, since=EDGES, until=EDGES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_window_counts_what_a_loop_counts(
    drawn: list[tuple[int, int, str, str | None, list[str]]], since: int | None, until: int | None
) -> None:
    assume(since is None or until is None or since < until)
    rows = [row(number, *parts) for number, parts in enumerate(drawn)]
    journal = MemoryJournal()
    journal.commit(Changes(rows, {}))

    with dataset_of(journal) as dataset:
        intake = answer(INTAKE, dataset, span=Span(since, until))

    within = [
        message
        for message in rows
        if (since is None or message.occurred_at >= since) and (until is None or message.occurred_at < until)
    ]
    waiting = [message for message in within if message.kind == "quarantined"]
    reasons = Counter(
        (message.event or "(page)", "lines[].price", code)
        for message in waiting
        for code in {fault["code"] for fault in msgspec.json.decode(message.faults or b"[]")}
    )
    top = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))[:3]
    assert intake.stored == len(within) - len(waiting)
    assert intake.late == sum(
        message.received_at - message.occurred_at > DAY for message in within if message.kind == "stored"
    )
    assert intake.quarantined == len(waiting)
    assert intake.reasons == tuple(QuarantineReason(*reason, count) for reason, count in top)
    event(f"late: {intake.late > 0}, more than three reasons: {len(reasons) > 3}, empty: {not within}")


@pytest.mark.parametrize(
    ("since", "until", "rejected"),
    [(None, None, 5), (NOON, None, 5), (NOON + 1, None, 3), (None, NOON + 900_000_000, 2), (NOON + DAY, None, 0)],
)
def test_rejected_messages_count_by_the_quarter_of_an_hour(since: int | None, until: int | None, rejected: int) -> None:
    clock = ManualClock(datetime(2026, 11, 1, 12, 7, tzinfo=UTC))
    journal = MemoryJournal(clock=clock)
    journal.commit(Changes([], {("shop", "seen"): 2}))
    clock.advance(600)
    journal.commit(Changes([], {("shop", "seen"): 2, ("app", "seen"): 1}))

    with dataset_of(journal) as dataset:
        assert answer(INTAKE, dataset, span=Span(since, until)).rejected == rejected


def test_a_whole_folder_agrees_with_its_books(tmp_path: Path) -> None:
    batch = b'{"batch": [{"type":"track","event":"a","userId":"u"},{"type":"track","event":"a"},{"type":"?"},7,8]}'
    with Collector(tmp_path / "data") as collector:
        collector.take(batch)
        books = total(collector.stats())

    with Dataset.open(tmp_path / "data") as dataset:
        intake, contents = answer(INTAKE, dataset), dataset.contents()
    assert (intake.stored, intake.quarantined, intake.rejected) == (
        kept(books),
        in_quarantine(books),
        books["rejected"],
    )
    assert (contents.messages, contents.quarantined, contents.rejected) == (1, 2, 2)


def test_rows_that_are_at_hand_have_nothing_in_quarantine() -> None:
    with Dataset.of([]) as dataset:
        assert (dataset.contents().quarantined, dataset.contents().rejected) == (0, 0)
