"""What every Journal keeps to, run over each implementation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footfall.errors import JournalError
from footfall.storage import Changes, Entry, Journal, Kind, Row, SqliteJournal
from footfall.storage.journal import account
from footfall.testing.journal import MemoryJournal

Make = Callable[[], Journal]


def row(message_id: str, *, kind: Kind = "stored", source: str = "shop", event: str | None = "seen") -> Row:
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
        body=b'{"messageId":"%s"}' % message_id.encode(),
        envelope=None,
    )


def all_of(journal: Journal, kind: Kind = "stored", *, after: int = 0, until: int | None = None) -> list[Entry]:
    return [entry for chunk in journal.scan(kind, after=after, until=until) for entry in chunk]


@pytest.fixture(params=["sqlite", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    made: list[Journal] = []

    def new() -> Journal:
        path = tmp_path / f"journal-{len(made)}.db"
        made.append(SqliteJournal(path) if request.param == "sqlite" else MemoryJournal())
        return made[-1]

    yield new
    for journal in made:
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


def test_stored_and_quarantined_rows_share_their_ids(journal: Journal) -> None:
    journal.commit(Changes([row("a", kind="quarantined"), row("b")], {}))

    fresh = journal.commit(Changes([row("a"), row("b", kind="quarantined")], {}))

    assert fresh == [False, False]
    assert [entry.row.message_id for entry in all_of(journal, "quarantined")] == ["a"]
    assert [entry.row.message_id for entry in all_of(journal, "stored")] == ["b"]


def test_the_books_count_what_became_of_every_message(journal: Journal) -> None:
    rows = [row("a"), row("a"), row("b", kind="quarantined"), row("c", event=None)]
    journal.commit(Changes(rows, {("shop", "seen"): 2, ("app", "(unreadable)"): 1}))

    assert journal.books() == {
        ("app", "(unreadable)"): {"received": 1, "stored": 0, "duplicate": 0, "quarantined": 0, "rejected": 1},
        ("shop", "(page)"): {"received": 1, "stored": 1, "duplicate": 0, "quarantined": 0, "rejected": 0},
        ("shop", "seen"): {"received": 5, "stored": 1, "duplicate": 1, "quarantined": 1, "rejected": 2},
    }


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


IDS = st.sampled_from([f"m{number}" for number in range(8)])
ROWS = st.builds(
    row,
    IDS,
    kind=st.sampled_from(["stored", "quarantined"]),
    source=st.sampled_from(["shop", "app"]),
    event=st.sampled_from(["seen", "bought", None]),
)
REJECTED = st.dictionaries(st.tuples(st.sampled_from(["shop", "app"]), st.just("seen")), st.integers(1, 3), max_size=2)
LOGS = st.lists(st.builds(Changes, st.lists(ROWS, max_size=12), REJECTED), max_size=6)


@given(log=LOGS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_log_keeps_the_first_of_each_id_and_balances(make: Make, log: list[Changes]) -> None:
    journal = make()

    for changes in log:
        journal.commit(changes)

    rows = [row for changes in log for row in changes.rows]
    first = {(row.source, row.message_id): row for row in reversed(rows)}
    kept = [entry.row for kind in ("stored", "quarantined") for entry in all_of(journal, kind)]
    assert sorted(kept) == sorted(first.values())
    received = Counter((row.source, account(row.event, row.type)) for row in rows)
    for changes in log:
        received.update(changes.rejected)
    books = journal.books()
    assert {key: counts["received"] for key, counts in books.items()} == dict(received)
    assert all(
        counts["received"] == sum(number for name, number in counts.items() if name != "received")
        for counts in books.values()
    )
    assert journal.watermark() == len(kept)


def test_the_logs_that_are_drawn_hold_the_hard_cases() -> None:
    seen: Counter[str] = Counter()

    @given(log=LOGS)
    @settings(max_examples=100, deadline=None, derandomize=True)
    def draw(log: list[Changes]) -> None:
        rows = [row for changes in log for row in changes.rows]
        keys = [(row.source, row.message_id) for row in rows]
        seen["total"] += 1
        seen["repeated"] += len(keys) != len(set(keys))
        kinds = {(*key, row.kind) for key, row in zip(keys, rows, strict=True)}
        seen["both kinds of one id"] += len(kinds) > len(set(keys))
        seen["rejected"] += any(changes.rejected for changes in log)

    draw()
    assert all(seen[case] >= seen["total"] / 5 for case in ("repeated", "both kinds of one id", "rejected")), seen
