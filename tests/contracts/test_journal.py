"""What every Journal keeps to, run over each implementation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, find, given, settings
from hypothesis import strategies as st

from footfall.errors import JournalError
from footfall.storage import Changes, Entry, Journal, Row, RowState, Snapshot, SqliteJournal
from footfall.storage.books import COUNTS, imbalances, in_quarantine, kept, total
from footfall.storage.journal import Purge, SealMark, counter_name
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.uncounted import REPEAT_DAYS, UncountedCount, UncountedReport
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal

Make = Callable[[], Journal]


def row(
    message_id: str,
    *,
    kind: RowState = "stored",
    source: str = "shop",
    event: str | None = "seen",
    body: bytes | None = None,
) -> Row:
    return Row(
        kind=kind,
        source=source,
        message_id=message_id,
        type="track" if event is not None else "page",
        event=event,
        user_id="u1",
        anonymous_id=None,
        device_id=None,
        previous_id=None,
        group_id=None,
        occurred_at=1_700_000_000_000_000,
        received_at=1_700_000_000_000_001,
        bundle=None,
        faults=b"[]" if kind == "quarantined" else None,
        body=b'{"messageId":"%s"}' % message_id.encode() if body is None else body,
        envelope=None,
    )


def counts(**numbers: int) -> dict[str, int]:
    return dict.fromkeys(COUNTS, 0) | numbers


def all_of(journal: Journal, kind: RowState = "stored", *, after: int = 0, until: int | None = None) -> list[Entry]:
    return [entry for chunk in journal.scan(kind, after=after, until=until) for entry in chunk]


NOON = datetime(2026, 11, 1, 12, 7, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(params=["sqlite", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Make]:
    journals: list[Journal] = []

    def new() -> Journal:
        path = tmp_path / f"{len(journals)}" / "journal.db"
        path.parent.mkdir()
        journals.append(SqliteJournal(path, clock=clock) if request.param == "sqlite" else MemoryJournal(clock=clock))
        return journals[-1]

    yield new
    for journal in journals:
        journal.close()


@pytest.fixture
def journal(make: Make) -> Journal:
    return make()


def test_a_row_comes_back_as_it_was_committed(journal: Journal) -> None:
    full = Row(
        "stored", "shop", "m-1", "track", "seen", "u", "a", "d", "p", "g", -5, 7, "b" * 64, b"[{}]",
        b'{"total": 1.10, "n": "\x00 \xff"}', b'{"context":{}}',
    )  # fmt: skip

    fresh = journal.commit(Changes([full], {}))

    assert fresh == [True]
    assert all_of(journal) == [Entry(1, full)]


def test_a_row_is_kept_once_by_source_and_message_id(journal: Journal) -> None:
    first = journal.commit(Changes([row("a"), row("a"), row("a", source="app")], {}))
    second = journal.commit(Changes([row("a"), row("b")], {}))

    assert first == [True, False, True]
    assert second == [False, True]
    assert [(entry.row.source, entry.row.message_id) for entry in all_of(journal)] == [
        ("shop", "a"),
        ("app", "a"),
        ("shop", "b"),
    ]


@pytest.mark.parametrize("kind", ["stored", "quarantined"])
def test_a_message_of_another_environment_is_no_repeat_and_is_counted_apart(kind: RowState, journal: Journal) -> None:
    rows = [row("m", kind=kind)._replace(environment=environment) for environment in ("staging", None, "test")]

    assert journal.commit(Changes(rows, {})) == [True, True, True]
    assert journal.commit(Changes(rows[::-1], {})) == [False, False, False]
    assert [entry.row for entry in all_of(journal, kind)] == rows
    assert {source: line["received"] for (source, _), line in journal.books().items()} == {
        "shop": 2, "shop (staging)": 2, "shop (test)": 2,
    }  # fmt: skip


def test_what_passes_in_one_environment_leaves_its_like_of_another_in_quarantine(journal: Journal) -> None:
    waiting = [row("m", kind="quarantined")._replace(environment=environment) for environment in (None, "staging")]
    journal.commit(Changes(waiting, {}))

    journal.commit(Changes([row("m")._replace(environment="staging")], {}))

    assert [entry.row.environment for entry in all_of(journal, "quarantined")] == [None]
    with journal.snapshot() as snapshot:
        assert snapshot.in_quarantine() == {("shop", "seen"): 1}
        assert imbalances(snapshot.books(), watermark=snapshot.watermark(), quarantine=snapshot.in_quarantine()) == []


def test_a_purge_of_an_environment_leaves_the_others(journal: Journal) -> None:
    rows = [row("m")._replace(environment=environment) for environment in (None, "staging")]
    waiting = [row("q", kind="quarantined")._replace(environment=environment) for environment in (None, "staging")]
    journal.commit(Changes([*rows, *waiting], {}))

    journal.commit(Changes((), {}, purge=Purge(PurgeRule(environment="staging"), {})))

    assert [entry.row.environment for kind in ("stored", "quarantined") for entry in all_of(journal, kind)] == [
        None, None,
    ]  # fmt: skip
    line = journal.books()["shop (staging)", "seen"]
    assert (line["purged"], line["quarantine_purged"]) == (1, 1)
    assert journal.commit(Changes([*rows, *waiting], {})) == [False] * 4


def test_a_repeat_is_a_duplicate_unless_it_passes_where_its_like_lies_in_quarantine(journal: Journal) -> None:
    journal.commit(Changes([row("a", kind="quarantined"), row("b"), row("c", kind="quarantined")], {}))

    fresh = journal.commit(Changes([row("a"), row("b", kind="quarantined"), row("c", kind="quarantined")], {}))

    assert fresh == [True, False, False]
    assert [entry.row.message_id for entry in all_of(journal, "quarantined")] == ["c"]
    assert [(entry.seq, entry.row.message_id) for entry in all_of(journal)] == [(2, "b"), (4, "a")]


def test_stored_messages_whose_time_cannot_be_right_are_counted_once(journal: Journal) -> None:
    faults = b'[{"path":"timestamp","code":"misdated","expected":"","got":""}]'
    odd, quarantined = row("m1")._replace(faults=faults), row("m2", kind="quarantined")._replace(faults=faults)
    other = row("m3")._replace(faults=b'[{"path":"a","code":"enum","expected":"","got":"misdated"}]')
    for _ in range(2):
        journal.commit(Changes([odd, quarantined, other], {}))

    assert journal.books()["shop", "seen"] == counts(received=6, stored=2, duplicate=3, quarantined=1, misdated=1)


def test_a_repeat_that_passes_is_stored_and_its_like_counts_as_superseded(journal: Journal) -> None:
    journal.commit(Changes([row("a", kind="quarantined", event="sene")], {}))

    journal.commit(Changes([row("a", event="seen"), row("a", event="seen")], {}))

    assert journal.lookup("a") == [Entry(2, row("a", event="seen"))]
    assert journal.books() == {
        ("shop", "seen"): counts(received=2, stored=1, duplicate=1),
        ("shop", "sene"): counts(received=1, quarantined=1, superseded=1),
    }


def test_a_repeat_in_the_same_commit_takes_the_place_of_what_was_quarantined_before_it(journal: Journal) -> None:
    fresh = journal.commit(Changes([row("a", kind="quarantined"), row("a"), row("a", kind="quarantined")], {}))

    assert fresh == [True, True, False]
    assert all_of(journal, "quarantined") == []
    assert all_of(journal) == [Entry(2, row("a"))]
    assert journal.books()["shop", "seen"] == counts(received=3, stored=1, duplicate=1, quarantined=1, superseded=1)


def test_a_repeat_with_other_bytes_is_a_duplicate_and_counts_as_conflicting(journal: Journal) -> None:
    waiting, stored = row("a", kind="quarantined"), row("b")
    other = b'{"messageId":"other"}'
    journal.commit(Changes([waiting, stored, stored._replace(body=other), row("b", source="app")], {}))
    journal.commit(Changes([waiting, stored, waiting._replace(body=other), stored._replace(body=other)], {}))

    assert journal.books()["shop", "seen"] == counts(received=7, stored=1, quarantined=1, duplicate=5, conflicting=3)
    assert journal.books()["app", "seen"] == counts(received=1, stored=1)


def test_a_second_click_of_a_signed_link_is_a_duplicate_without_a_conflict(journal: Journal) -> None:
    click = row("click-abcdefghijklmnopqrst-_")

    journal.commit(Changes([click, click._replace(body=b'{"context":{"page":"/other"}}')], {}))

    assert journal.books()["shop", "seen"] == counts(received=2, stored=1, duplicate=1)


def test_a_second_attempt_to_send_a_message_never_counts_as_conflicting(journal: Journal) -> None:
    first = row("a")._replace(body=b'{"messageId":"a","sentAt":"2026-11-01T12:00:00Z"}', envelope=b'{"context":{}}')
    again = first._replace(body=b'{"messageId":"a","sentAt":"2026-11-01T12:00:09Z"}', envelope=None)
    bare = first._replace(body=b'{"messageId":"a"}')

    fresh = journal.commit(Changes([first, again, bare], {}))

    assert fresh == [True, False, False]
    assert journal.books()["shop", "seen"] == counts(received=3, stored=1, duplicate=2)


def test_a_repeat_is_compared_with_the_row_that_was_stored_last(journal: Journal) -> None:
    other = b'{"messageId":"other"}'
    journal.commit(Changes([row("a", kind="quarantined"), row("b", kind="quarantined")], {}))
    journal.commit(Changes([row("a")._replace(body=other)], {}, [Entry(2, row("b")._replace(body=other))]))

    journal.commit(Changes([row("a")._replace(body=other), row("b")._replace(body=other)], {}))

    assert journal.books()["shop", "seen"]["conflicting"] == 0


@pytest.mark.parametrize(
    "other",
    [
        "0193F2A4-7C1E-7ABC-8DEF-0123456789AB",
        "{0193f2a4-7c1e-7abc-8def-0123456789ab}",
        "0193f2a47c1e7abc8def0123456789ab",
    ],
)
def test_ids_that_only_look_alike_are_different_messages(journal: Journal, other: str) -> None:
    uuid = "0193f2a4-7c1e-7abc-8def-0123456789ab"

    assert journal.commit(Changes([row(uuid), row(other), row(uuid), row(other)], {})) == [True, True, False, False]


@pytest.mark.parametrize("message_id", ["", "a\0b", "x" * 1_000_000, "\N{NO-BREAK SPACE}", "ü"])
def test_any_text_is_an_id(journal: Journal, message_id: str) -> None:
    rows = [row(message_id), row(f"{message_id}\0")]

    assert journal.commit(Changes(rows, {})) == [True, True]
    assert journal.commit(Changes(rows, {})) == [False, False]
    assert [entry.row.message_id for entry in journal.lookup(message_id)] == [message_id]


def test_a_release_moves_the_row_and_changes_no_count_of_the_intake(journal: Journal) -> None:
    journal.commit(Changes([row("a", kind="quarantined", event="sene"), row("b")], {}))
    (entry,) = all_of(journal, "quarantined")

    fresh = journal.commit(Changes([], {}, [Entry(entry.seq, row("a", event="seen"))]))

    assert fresh == [True]
    assert all_of(journal, "quarantined") == []
    assert journal.lookup("a") == [Entry(3, row("a", event="seen"))]
    assert journal.books()["shop", "sene"] == counts(received=1, quarantined=1, released=1)


def test_a_released_row_with_a_time_that_cannot_be_right_counts_as_misdated(journal: Journal) -> None:
    journal.commit(Changes([row("a", kind="quarantined", event="sene")], {}))
    misdated = row("a")._replace(faults=b'[{"path":"timestamp","code":"misdated","expected":"","got":""}]')

    journal.commit(Changes([], {}, [Entry(1, misdated)]))

    assert journal.books()["shop", "sene"] == counts(received=1, quarantined=1, released=1, misdated=1)


def test_what_is_no_longer_in_quarantine_is_not_released_again(journal: Journal) -> None:
    journal.commit(Changes([row("a", kind="quarantined"), row("b")], {}))
    release = Changes([], {}, [Entry(1, row("a")), Entry(2, row("b")), Entry(9, row("c"))])

    assert journal.commit(release) == [True, False, False]
    assert journal.commit(release) == [False, False, False]
    assert [entry.row.message_id for entry in all_of(journal)] == ["b", "a"]
    assert journal.watermark() == 3


def test_a_released_message_that_comes_again_is_a_duplicate(journal: Journal) -> None:
    journal.commit(Changes([row("a", kind="quarantined")], {}))
    journal.commit(Changes([], {}, [Entry(1, row("a"))]))

    assert journal.commit(Changes([row("a"), row("a", kind="quarantined")], {})) == [False, False]


def test_a_probe_is_committed_and_no_reader_sees_it(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b", kind="quarantined")], {("shop", "seen"): 1}))
    before = (all_of(journal), all_of(journal, "quarantined"), journal.books(), journal.watermark())

    fresh = [journal.commit(Changes((), {}, probe=size)) for size in (0, 100_000, 1)]

    assert fresh == [[], [], []]
    assert (all_of(journal), all_of(journal, "quarantined"), journal.books(), journal.watermark()) == before


def test_the_books_count_what_became_of_every_message(journal: Journal) -> None:
    rows = [row("a"), row("a"), row("b", kind="quarantined"), row("c", event=None)]
    journal.commit(Changes(rows, {("shop", "seen"): 2, ("app", "(unreadable)"): 1}))

    assert journal.books() == {
        ("app", "(unreadable)"): counts(received=1, rejected=1),
        ("shop", "(page)"): counts(received=1, stored=1),
        ("shop", "seen"): counts(received=5, stored=1, duplicate=1, quarantined=1, rejected=2),
    }


def test_what_is_rejected_is_counted_by_the_quarter_of_an_hour(journal: Journal, clock: ManualClock) -> None:
    for seconds in (0, 7 * 60, 2 * 60):
        clock.advance(seconds)
        journal.commit(Changes([], {("shop", "seen"): 2}))

    noon = int(datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000
    with journal.snapshot() as snapshot:
        assert snapshot.refusals() == [(noon, "shop", "seen", 4), (noon + 900_000_000, "shop", "seen", 2)]


def report(id_: str = "c", *, day: str = "2026-11-01", is_lasting: bool = False, **counts: int) -> UncountedReport:
    return UncountedReport("shop", id_, day, counts, is_lasting)


def uncounted(journal: Journal) -> list[UncountedCount]:
    with journal.snapshot() as snapshot:
        return snapshot.history().uncounted()


def test_uncounted_hits_add_up_by_day_source_and_reason_and_are_no_messages(journal: Journal) -> None:
    staging = UncountedReport("shop (staging)", "c", "2026-11-01", {"static": 5})
    reports = [report("c", static=2, prefetch=1), report("d", static=3), staging]
    journal.commit(Changes([row("a")], {}, uncounted=reports))
    journal.commit(Changes([], {}, uncounted=[report("d", day="2026-11-02", static=4)]))

    assert uncounted(journal) == [
        ("2026-11-01", "shop", "prefetch", 1),
        ("2026-11-01", "shop", "static", 5),
        ("2026-11-01", "shop (staging)", "static", 5),
        ("2026-11-02", "shop", "static", 1),
    ]
    assert journal.books() == {("shop", "seen"): counts(received=1, stored=1)}
    assert journal.watermark() == 1


@given(drawn=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reports_that_are_lost_repeated_or_late_change_no_sum_once_the_last_has_come(
    drawn: st.DataObject, make: Make
) -> None:
    journal = make()
    hits = drawn.draw(st.lists(st.tuples(st.sampled_from("cd"), st.sampled_from(["static", "prefetch"])), min_size=1))
    reports, so_far = [], {"c": Counter[str](), "d": Counter[str]()}
    for id_, reason in hits:
        so_far[id_][reason] += 1
        reports.append(report(id_)._replace(counts=dict(so_far[id_])))
    sent = drawn.draw(st.lists(st.sampled_from(reports)))

    for each in [*sent, *(report(id_)._replace(counts=counts) for id_, counts in so_far.items())]:
        journal.commit(Changes([], {}, uncounted=[each]))

    sums = sorted(Counter(reason for _, reason in hits).items())
    assert uncounted(journal) == [("2026-11-01", "shop", reason, number) for reason, number in sums]
    journal.close()


@pytest.mark.parametrize(("is_lasting", "number"), [(True, 2), (False, 4)])
def test_only_a_lasting_report_adds_nothing_when_it_comes_again_after_the_days_of_repeats(
    journal: Journal, clock: ManualClock, *, is_lasting: bool, number: int
) -> None:
    for days in (0, REPEAT_DAYS, 1):
        clock.advance(days * 86_400)
        journal.commit(Changes([], {}, uncounted=[report("c", is_lasting=is_lasting, static=2)]))

    assert uncounted(journal) == [("2026-11-01", "shop", "static", number)]


def test_a_snapshot_shows_one_moment_whatever_is_committed_meanwhile(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b", kind="quarantined")], {}))

    with journal.snapshot() as snapshot:
        before = (snapshot.watermark(), snapshot.in_quarantine(), snapshot.books())
        journal.commit(Changes([row("b")], {("shop", "seen"): 1}))
        after = (snapshot.watermark(), snapshot.in_quarantine(), snapshot.books())

        assert (
            before
            == after
            == (2, {("shop", "seen"): 1}, {("shop", "seen"): counts(received=2, stored=1, quarantined=1)})
        )
        assert [chunk[0].row.message_id for chunk in snapshot.scan("quarantined")] == ["b"]
        assert snapshot.lookup("b")[0].row.kind == "quarantined"
        assert snapshot.refusals() == []


def test_scan_gives_what_lies_between_in_order_and_in_chunks(journal: Journal) -> None:
    journal.commit(Changes([row(str(number)) for number in range(10)], {}))

    chunks = list(journal.scan("stored", after=2, until=9, chunk=3))

    assert [[entry.seq for entry in chunk] for chunk in chunks] == [[3, 4, 5], [6, 7, 8], [9]]


def test_scan_shows_one_moment_while_commits_go_on(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b")], {}))
    scan = journal.scan("stored", chunk=1)
    seen = [entry.row.message_id for entry in next(scan)]

    journal.commit(Changes([row("c")], {}))
    seen += [entry.row.message_id for chunk in scan for entry in chunk]

    assert seen == ["a", "b"]
    assert journal.watermark() == 3


def test_lookup_finds_a_message_of_any_source_and_kind(journal: Journal) -> None:
    rows = [row("a"), row("b"), row("a", source="app", kind="quarantined")]
    journal.commit(Changes(rows, {}))

    assert [(entry.seq, entry.row) for entry in journal.lookup("a")] == [(1, rows[0]), (3, rows[2])]
    assert journal.lookup("z") == []


def sealed(journal: Journal, seq: int) -> SealMark:
    """Move the mark to `seq` as a seal does."""
    with journal.snapshot() as snapshot:
        mark = snapshot.state().seal
        number = sum(len(chunk) for chunk in snapshot.scan("stored", until=seq))
    moved = SealMark(seq, mark.messages + number, mark.steps + 1)
    journal.commit(Changes([], {}, seal=moved))
    return moved


def mark_of(journal: Journal) -> SealMark:
    with journal.snapshot() as snapshot:
        return snapshot.state().seal


def test_a_new_journal_has_sealed_nothing(journal: Journal) -> None:
    assert mark_of(journal) == SealMark(0, 0, 0)
    assert journal.forget() == 0


def test_readers_pass_over_what_is_sealed_before_and_after_it_is_forgotten(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b", kind="quarantined"), row("c"), row("d")], {}))
    mark = sealed(journal, 3)

    def what_readers_see() -> object:
        ids = [entry.row.message_id for kind in KINDS for entry in all_of(journal, kind)]
        return ids, [journal.lookup(name) == [] for name in "abcd"], journal.watermark(), mark_of(journal)

    before = what_readers_see()
    assert journal.forget() == 2
    assert before == what_readers_see() == (["d", "b"], [True, False, True, False], 4, mark)


def test_what_is_sealed_changes_no_count_of_the_books(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b", kind="quarantined")], {("shop", "seen"): 1}))
    before = journal.books()

    sealed(journal, 2)
    journal.forget()

    assert journal.books() == before


def test_rows_are_forgotten_in_chunks_the_oldest_first_and_never_one_above_the_mark(journal: Journal) -> None:
    journal.commit(Changes([row(str(number)) for number in range(7)], {}))
    sealed(journal, 5)

    assert [journal.forget(2) for _ in range(4)] == [2, 2, 1, 0]
    assert [entry.row.message_id for entry in all_of(journal)] == ["5", "6"]


def test_a_repeat_of_a_message_that_was_forgotten_is_a_duplicate(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b", kind="quarantined")], {}))
    journal.commit(Changes([], {}, [Entry(2, row("b"))]))
    sealed(journal, 3)
    journal.forget()

    assert journal.commit(Changes([row("a"), row("a", kind="quarantined"), row("b")], {})) == [False] * 3
    assert all_of(journal) == []


def test_a_row_in_quarantine_below_the_mark_is_still_released(journal: Journal) -> None:
    journal.commit(Changes([row("a", kind="quarantined"), row("b")], {}))
    sealed(journal, 2)
    journal.forget()

    assert journal.commit(Changes([], {}, [Entry(1, row("a"))])) == [True]
    assert all_of(journal) == [Entry(3, row("a"))]


@pytest.mark.parametrize(
    "mark",
    [SealMark(1, 1, 2), SealMark(2, 2, 0), SealMark(4, 3, 2)],
    ids=["lower number", "fewer steps", "beyond the watermark"],
)
def test_a_mark_never_goes_back_nor_beyond_the_watermark_and_nothing_else_is_committed_then(
    journal: Journal, mark: SealMark
) -> None:
    journal.commit(Changes([row("a"), row("b"), row("c")], {}))
    earlier = sealed(journal, 2)
    books = journal.books()

    with pytest.raises(JournalError, match="cannot become"):
        journal.commit(Changes([row("d")], {("shop", "seen"): 1}, seal=mark))

    assert (mark_of(journal), journal.books(), journal.watermark()) == (earlier, books, 3)


def test_a_mark_moves_together_with_the_rows_of_its_commit(journal: Journal) -> None:
    journal.commit(Changes([row("a")], {}))

    with journal.snapshot() as snapshot:
        before = snapshot.watermark()
        journal.commit(Changes([row("b")], {}, seal=SealMark(1, 1, 1)))
        assert (snapshot.state().seal, before, len(list(snapshot.scan("stored")))) == (SealMark(0, 0, 0), 1, 1)

    assert (mark_of(journal), journal.watermark()) == (SealMark(1, 1, 1), 2)


def test_a_closed_journal_forgets_nothing(journal: Journal) -> None:
    journal.close()

    with pytest.raises(JournalError, match="closed"):
        journal.forget()


def purged(journal: Journal, rule: PurgeRule) -> None:
    journal.commit(Changes([], {}, purge=Purge(rule, {})))


def test_a_purge_removes_what_its_rule_names_and_counts_it(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b", event="left"), row("c", source="app"), row("d", event=None)], {}))
    journal.commit(Changes([row("e", kind="quarantined"), row("f", kind="quarantined", event="left")], {}))

    purged(journal, PurgeRule(event="seen", source="shop"))
    purged(journal, PurgeRule(event="(page)"))

    assert [entry.row.message_id for entry in all_of(journal)] == ["b", "c"]
    assert [entry.row.message_id for entry in all_of(journal, "quarantined")] == ["f"]
    books = journal.books()
    assert books["shop", "seen"] == counts(received=2, stored=1, quarantined=1, purged=1, quarantine_purged=1)
    assert books["shop", "(page)"] == counts(received=1, stored=1, purged=1)
    assert (kept(total(books)), in_quarantine(total(books))) == (2, 1)
    with journal.snapshot() as snapshot:
        assert imbalances(books, watermark=6, quarantine=snapshot.in_quarantine()) == []


def test_a_purge_by_time_is_of_receipt_from_its_first_moment_to_before_its_last(journal: Journal) -> None:
    first = row("a").received_at
    journal.commit(Changes([row(name)._replace(received_at=first + number) for number, name in enumerate("abc")], {}))

    purged(journal, PurgeRule(since=first + 1, until=first + 2))

    assert [entry.row.message_id for entry in all_of(journal)] == ["a", "c"]


def test_what_was_purged_stays_out_when_it_is_sent_again(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b", kind="quarantined"), row("c", kind="quarantined", source="app")], {}))
    purged(journal, PurgeRule(source="shop"))

    again = [row("a"), row("b", kind="quarantined"), row("b"), row("b")._replace(body=b"{}"), row("c", source="app")]
    fresh = journal.commit(Changes(again, {}))

    assert fresh == [False, False, False, False, True]
    assert [entry.row.message_id for entry in all_of(journal)] == ["c"]
    assert journal.books()["shop", "seen"]["conflicting"] == 0
    assert journal.commit(Changes([row("a")._replace(body=b"{}")], {})) == [False]
    assert journal.books()["shop", "seen"]["conflicting"] == 1


def test_a_purge_of_sealed_messages_moves_the_mark_and_counts_them_once(journal: Journal) -> None:
    journal.commit(Changes([row("a"), row("b"), row("c", event="left"), row("d")], {}))
    sealed(journal, 3)
    rule = PurgeRule(event="seen")

    purge = Purge(rule, {("shop", "seen"): 2})
    journal.commit(Changes([], {}, seal=SealMark(3, 1, 2), purge=purge))

    assert mark_of(journal) == SealMark(3, 1, 2)
    assert all_of(journal) == []
    assert journal.books()["shop", "seen"] == counts(received=3, stored=3, purged=3)
    assert journal.forget() == 1


def test_a_purge_that_finds_nothing_changes_nothing(journal: Journal) -> None:
    journal.commit(Changes([row("a")], {}))
    books = journal.books()

    purged(journal, PurgeRule(event="left"))
    purged(journal, PurgeRule(event="' OR 1=1 --", source="'"))

    assert (journal.books(), len(all_of(journal))) == (books, 1)


def test_an_empty_commit_changes_nothing(journal: Journal) -> None:
    assert journal.commit(Changes([], {})) == []
    assert journal.watermark() == 0
    assert journal.books() == {}


def test_a_closed_journal_refuses_and_closing_twice_is_no_error(journal: Journal) -> None:
    journal.close()
    journal.close()

    with pytest.raises(JournalError, match="closed"):
        journal.commit(Changes([row("a")], {}))
    with pytest.raises(JournalError, match="closed"):
        journal.books()


class Follower:
    """Reads a journal bit by bit, as a reader does that goes on after the last watermark."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._watermark = 0
        self.entries: list[Entry] = []

    def follow(self) -> None:
        with self._journal.snapshot() as snapshot:
            until = snapshot.watermark()
            for chunk in snapshot.scan("stored", after=self._watermark, until=until):
                self.entries += chunk
        self._watermark = until


@pytest.fixture(params=["sqlite", "memory"])
def writers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Journal]]:
    """Four that write to the same journal."""
    memory = MemoryJournal()
    journals: list[Journal] = [
        SqliteJournal(tmp_path / "shared.db") if request.param == "sqlite" else memory for _ in range(4)
    ]
    yield journals
    for journal in journals:
        journal.close()


def test_a_reader_that_goes_on_after_the_watermark_misses_no_row_of_several_writers(writers: list[Journal]) -> None:
    follower = Follower(writers[0])

    def write(number: int) -> None:
        for turn in range(12):
            writers[number].commit(Changes([row(f"{number}-{turn}-{place}") for place in range(turn % 3 + 1)], {}))

    with ThreadPoolExecutor(len(writers)) as pool:
        tasks = [pool.submit(write, number) for number in range(len(writers))]
        while not all(task.done() for task in tasks):
            follower.follow()
    for task in tasks:
        task.result()
    follower.follow()

    assert follower.entries == all_of(writers[1])
    assert len(follower.entries) == len(writers) * 24


class Hasty(MemoryJournal):
    """Counts the number that the next row will get, as a writer's that has not committed yet."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with super().snapshot() as snapshot:
            number = snapshot.watermark() + 1
            snapshot.watermark = lambda: number  # type: ignore[method-assign]
            yield snapshot


def test_a_watermark_that_counts_rows_to_come_would_be_noticed() -> None:
    journal = Hasty()
    follower = Follower(journal)

    for name in "abc":
        follower.follow()
        journal.commit(Changes([row(name)], {}))
    follower.follow()

    assert [entry.row.message_id for entry in follower.entries] != ["a", "b", "c"]


IDS = st.sampled_from([f"m{number}" for number in range(8)])
ROWS = st.builds(
    row,
    IDS,
    kind=st.sampled_from(["stored", "quarantined"]),
    source=st.sampled_from(["shop", "app"]),
    event=st.sampled_from(["seen", "bought", None]),
    body=st.sampled_from([b"{}", b'{"sentAt":1}', b'{"sentAt":2}', b'{"n":1}']),
)
REJECTED = st.dictionaries(st.tuples(st.sampled_from(["shop", "app"]), st.just("seen")), st.integers(1, 3), max_size=2)


PROBES = st.none() | st.integers(0, 20_000)
REPORTS = st.builds(
    UncountedReport,
    st.sampled_from(["shop", "app"]),
    st.sampled_from(["c", "d"]),
    st.sampled_from(["2026-11-01", "2026-11-02"]),
    st.dictionaries(st.sampled_from(["static", "prefetch"]), st.integers(0, 3)),
    st.booleans(),
)
STEP = st.one_of(
    st.builds(
        Changes,
        st.lists(ROWS, max_size=12),
        REJECTED,
        st.just(()),
        PROBES,
        st.none(),
        st.just(()),
        st.none(),
        st.lists(REPORTS, max_size=2),
    ),
    st.sets(st.integers(1, 30)),
)
STEPS = st.lists(STEP, max_size=8)
"""Commits, and in between the numbers of rows to release, whether they are in quarantine or not."""
KINDS: tuple[RowState, ...] = ("stored", "quarantined")


def carry_out(journal: Journal, step: Changes | set[int]) -> None:
    if isinstance(step, Changes):
        journal.commit(step)
        return
    waiting = {entry.seq: entry.row for entry in all_of(journal, "quarantined")}
    stand_in = row("nobody")
    journal.commit(
        Changes([], {}, [Entry(seq, waiting.get(seq, stand_in)._replace(kind="stored")) for seq in sorted(step)])
    )


@given(steps=STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_commits_repeats_and_releases_each_id_is_there_once_and_the_books_balance(
    make: Make, steps: list[Changes | set[int]]
) -> None:
    journal = make()

    for step in steps:
        carry_out(journal, step)

    commits = [step for step in steps if isinstance(step, Changes)]
    received = Counter((row.source, counter_name(row.event, row.type)) for changes in commits for row in changes.rows)
    for changes in commits:
        received.update(changes.rejected)
    stored, waiting = ([entry.row for entry in all_of(journal, kind)] for kind in ("stored", "quarantined"))
    keys = [(row.source, row.message_id) for row in (*stored, *waiting)]
    with journal.snapshot() as snapshot:
        books, quarantine = snapshot.books(), snapshot.in_quarantine()
        assert imbalances(books, watermark=snapshot.watermark(), quarantine=quarantine) == []
        assert sum(refusal.number for refusal in snapshot.refusals()) == total(books)["rejected"]
    assert {key: line["received"] for key, line in books.items()} == dict(received)
    assert Counter(keys) == Counter({(row.source, row.message_id) for changes in commits for row in changes.rows})
    assert kept(total(books)) == len(stored)
    assert {key: in_quarantine(line) for key, line in books.items() if in_quarantine(line)} == quarantine
    passed = {(row.source, row.message_id) for changes in commits for row in changes.rows if row.kind == "stored"}
    assert passed <= {(row.source, row.message_id) for row in stored}


@given(steps=STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_journals_give_the_same_for_any_steps(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Changes | set[int]]
) -> None:
    on_disk = SqliteJournal(tmp_path_factory.mktemp("twin") / "journal.db")
    in_memory = MemoryJournal()

    for step in steps:
        carry_out(on_disk, step)
        carry_out(in_memory, step)

    assert on_disk.books() == in_memory.books()
    assert all_of(on_disk) == all_of(in_memory)
    assert uncounted(on_disk) == uncounted(in_memory)


MOMENTS = st.lists(st.tuples(st.integers(-100, 200), st.integers(0, 3)), max_size=8)
"""By how many seconds the clock is moved, back at times, and how many messages then come in; 0 releases what waits."""


@given(moments=MOMENTS, asked=st.integers(-300, 900))
@example([(60, 2), (49, 1), (-109, 3), (70, 0)], 80)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_journals_remember_the_same_of_any_moments(
    tmp_path_factory: pytest.TempPathFactory, moments: list[tuple[int, int]], asked: int
) -> None:
    clock = ManualClock(NOON)
    on_disk = SqliteJournal(tmp_path_factory.mktemp("twin") / "journal.db", clock=clock)
    in_memory = MemoryJournal(clock=clock)
    answers = []

    for journal in (on_disk, in_memory):
        start = clock.now_us()
        for turn, (seconds, number) in enumerate(moments):
            clock.set_wall(seconds)
            rows = [
                row(f"{turn}-{place}", kind=KINDS[place % 2])._replace(received_at=clock.now_us())
                for place in range(number)
            ]
            carry_out(journal, Changes(rows, {}) if rows else {entry.seq for entry in all_of(journal, "quarantined")})
        clock.set_wall((start - clock.now_us()) / 1_000_000)
        purged(journal, PurgeRule(source="shop", since=start + 60_000_000))
        at = start + asked * 1_000_000
        with journal.snapshot() as snapshot:
            history, last = snapshot.history(), snapshot.watermark()
            minutes = history.minutes_at(at)
            answers.append(
                (
                    minutes,
                    [history.minute_of(seq) for seq in range(1, last + 1)],
                    [history.first_after(at, after=minute.after, until=minute.until) for minute in minutes],
                    [history.latest(after=after, until=after + 3) for after in range(last)],
                    history.purged(),
                )
            )

    assert answers[0] == answers[1]
    assert all_of(on_disk, "quarantined") == all_of(in_memory, "quarantined")
    assert on_disk.watermark() == in_memory.watermark()
    on_disk.close()


@given(steps=st.lists(st.tuples(STEP, st.floats(0, 1), st.integers(0, 6)), max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_journal_that_is_sealed_now_and_then_does_as_one_that_never_is(
    make: Make, steps: list[tuple[Changes | set[int], float, int]]
) -> None:
    journal, plain = make(), MemoryJournal()

    for step, part, limit in steps:
        carry_out(journal, step)
        carry_out(plain, step)
        sealed(journal, max(mark_of(journal).seq, int(part * journal.watermark())))
        if limit:
            journal.forget(limit)

        mark = mark_of(journal)
        assert (journal.books(), journal.watermark()) == (plain.books(), plain.watermark())
        assert all_of(journal) == all_of(plain, after=mark.seq)
        assert all_of(journal, "quarantined") == all_of(plain, "quarantined")
        assert mark.messages == len(all_of(plain, until=mark.seq))


@given(steps=st.lists(st.tuples(st.integers(0, 3), STEP), max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_row_appears_at_or_below_a_watermark_whoever_writes(
    writers: list[Journal], steps: list[tuple[int, Changes | set[int]]]
) -> None:
    for number, step in steps:
        before = [(entry.seq, entry.row) for kind in KINDS for entry in all_of(writers[0], kind)]
        watermark = writers[0].watermark()
        carry_out(writers[number], step)

        after = [(entry.seq, entry.row) for kind in KINDS for entry in all_of(writers[1], kind, until=watermark)]
        assert set(after) <= set(before)
        assert writers[2].watermark() >= watermark


def outcomes(steps: list[Changes | set[int]]) -> Counter[str]:
    journal = MemoryJournal()
    for step in steps:
        carry_out(journal, step)
    return Counter(total(journal.books()))


@pytest.mark.parametrize("hard", ["duplicate", "conflicting", "superseded", "released", "rejected"])
@pytest.mark.slow
def test_the_steps_that_are_drawn_hold_the_hard_cases(hard: str) -> None:
    find(
        STEPS,
        lambda steps: outcomes(steps)[hard] > 0,
        settings=settings(max_examples=2000, phases=[Phase.generate]),
    )
