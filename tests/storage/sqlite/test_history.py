"""The marks of minutes and the purges in a journal's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest
from tests.storage.sealing import row

from footfall.errors import JournalError
from footfall.storage import Changes, SqliteJournal
from footfall.storage.as_of import AsOf, as_of
from footfall.storage.history import Minute, PurgedCount
from footfall.storage.journal import Purge, SealMark
from footfall.storage.purge_rule import PurgeRule
from footfall.testing import ManualClock
from footfall.timestamps import epoch_us

NOON = datetime(2026, 11, 1, 12, 0, 10, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(tmp_path / "journal.db", clock=clock)) as journal:
        yield journal


def take(journal: SqliteJournal, clock: ManualClock, name: str) -> int:
    now = clock.now_us()
    journal.commit(Changes([row(name, received_at=now)], {}))
    return now


def marks(tmp_path: Path) -> list[tuple[int, int]]:
    with closing(apsw.Connection(str(tmp_path / "journal.db"))) as database:
        return [(int(seq), int(at)) for seq, at in database.execute("SELECT seq, at FROM marks")]


def test_the_first_commit_of_a_minute_that_adds_a_message_writes_a_mark(
    tmp_path: Path, journal: SqliteJournal, clock: ManualClock
) -> None:
    times = []
    for number, pause in enumerate((0, 49, 1, 3600, -3000, 1)):
        clock.set_wall(pause)
        times.append(take(journal, clock, str(number)))
    clock.set_wall(600)
    journal.commit(Changes([row("0")], {("shop", "seen"): 1}))

    assert marks(tmp_path) == [(seq, times[seq]) for seq in (0, 2, 3, 4)]


def test_a_commit_that_failed_marks_no_minute(tmp_path: Path, journal: SqliteJournal, clock: ManualClock) -> None:
    with pytest.raises(JournalError, match="the journal's last number"):
        journal.commit(Changes([row("a")], {}, seal=SealMark(9, 9, 9)))
    now = take(journal, clock, "a")

    assert marks(tmp_path) == [(0, now)]


def test_a_purge_is_kept_with_its_rule_and_what_it_removed_of_each_line(
    journal: SqliteJournal, clock: ManualClock
) -> None:
    for name in ("a", "b"):
        take(journal, clock, name)
    rule = PurgeRule(event="seen")
    journal.commit(Changes((), {}, purge=Purge(rule, {("app", "seen"): 4})))
    journal.commit(Changes((), {}, purge=Purge(rule, {})))

    with journal.snapshot() as snapshot:
        purged = snapshot.history().purged()

    now = clock.now_us()
    assert purged == [
        PurgedCount(2, now, rule, "app", "seen", 4, 0),
        PurgedCount(2, now, rule, "shop", "seen", 2, 0),
    ]


def test_messages_from_before_there_were_marks_go_by_when_they_were_received(
    tmp_path: Path, journal: SqliteJournal, clock: ManualClock
) -> None:
    times = []
    for name in ("a", "b", "c", "d"):
        times.append(take(journal, clock, name))
        clock.set_wall(100)
    with closing(apsw.Connection(str(tmp_path / "journal.db"))) as database:
        database.execute("DELETE FROM marks WHERE seq < 3")

    with journal.snapshot() as snapshot:
        numbers = [
            as_of(snapshot, datetime.fromtimestamp((time + later) / 1e6, UTC), now=clock.now_us()).seq
            for time in times
            for later in (0, 50_000_000)
        ]
        by_number = as_of(snapshot, 2, now=clock.now_us())
        minute = snapshot.history().minute_of(2)

    assert numbers == [1, 1, 2, 2, 3, 3, 4, 4]
    assert by_number == AsOf(2, times[1] + 1)
    assert minute == Minute(0, 3, None)


def test_the_first_moment_is_that_of_the_first_message(journal: SqliteJournal, clock: ManualClock) -> None:
    take(journal, clock, "a")

    with journal.snapshot() as snapshot:
        assert as_of(snapshot, NOON, now=clock.now_us()) == AsOf(1, epoch_us(NOON), by_time=True)
        assert as_of(snapshot, 1, now=clock.now_us()) == AsOf(1, epoch_us(NOON) + 1)
