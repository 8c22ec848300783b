"""An earlier moment: which messages had come in by a number or a time, and what was purged since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import event, example, find, given
from hypothesis import strategies as st
from tests.storage.sealing import row, seal

from footfall import storage
from footfall.errors import UsageError
from footfall.storage import Changes, Entry
from footfall.storage.as_of import AsOf, as_of
from footfall.storage.journal import Purge
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.store_snapshot import StoreSnapshot
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal
from footfall.testing.warehouse import MemoryWarehouse
from footfall.timestamps import epoch_us

NOON = datetime(2026, 11, 1, 12, 0, 10, tzinfo=UTC)


class Intake:
    """A journal that takes in a message at each of some moments, in seconds after NOON."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.journal = MemoryJournal(clock=self.clock)
        self.warehouse = MemoryWarehouse()
        self.now = 0

    def take(self, second: int, *, kind: storage.RowState = "stored") -> None:
        self.go_to(second)
        name = f"{second}-{len(self.journal.commits)}"
        message = row(name, received_at=self.clock.now_us())._replace(kind=kind)
        self.journal.commit(Changes([message], {}))

    def go_to(self, second: int) -> None:
        self.clock.set_wall(second - self.now)
        self.now = second

    def snapshot(self) -> StoreSnapshot:
        with self.journal.snapshot() as tail:
            return StoreSnapshot(tail, lambda: self.warehouse)

    def at(self, point: int | datetime) -> AsOf:
        return as_of(self.snapshot(), point, now=epoch_us(NOON + timedelta(seconds=self.now)))


def time(second: int) -> datetime:
    return NOON + timedelta(seconds=second)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_beyond_the_calendar_of_utc_is_refused_as_any_other(text: str) -> None:
    intake = Intake()
    intake.take(0)

    with pytest.raises(UsageError, match=r"future|nothing had come in"):
        intake.at(datetime.fromisoformat(text))


@pytest.mark.parametrize("point", ["1", "2026-11-01", 1.5, True, None])
def test_what_is_neither_a_number_nor_a_time_is_refused_with_what_is(point: Any) -> None:
    intake = Intake()
    intake.take(0)

    with pytest.raises(UsageError, match="is no moment; name the seq of a message as an int, or a time as a datetime"):
        intake.at(point)


def test_a_time_means_what_had_been_received_by_then_to_the_second() -> None:
    intake = Intake()
    for second in (0, 20, 40, 200):
        intake.take(second)

    assert [intake.at(time(second)).seq for second in (0, 19, 20, 39, 100, 199, 200)] == [1, 1, 2, 2, 3, 3, 4]


def test_where_the_clock_went_back_a_time_means_the_first_moment_with_it() -> None:
    intake = Intake()
    for second in (0, 100, 200, 40, 140, 300):
        intake.take(second)

    assert [intake.at(time(second)).seq for second in (0, 40, 100, 140, 200, 299, 300)] == [1, 1, 2, 2, 5, 5, 6]


def test_a_number_means_the_moment_just_after_its_message_came() -> None:
    intake = Intake()
    for second in (0, 20, 100):
        intake.take(second)

    assert [intake.at(seq) for seq in (1, 2, 3)] == [
        AsOf(number, epoch_us(time(second)) + 1) for number, second in enumerate((0, 20, 100), 1)
    ]


def test_released_messages_had_not_come_in_before_their_release() -> None:
    intake = Intake()
    intake.take(0)
    intake.take(5, kind="quarantined")
    intake.go_to(30)
    ((entry,),) = intake.snapshot().scan("quarantined")
    intake.journal.commit(Changes((), {}, [Entry(entry.seq, entry.row._replace(kind="stored"))]))

    assert [intake.at(time(second)).seq for second in (29, 30)] == [2, 3]


MOMENTS = st.lists(st.integers(0, 400), min_size=1, max_size=12)


@given(moments=MOMENTS, sealed=st.integers(0, 12), second=st.integers(0, 400))
@example([0, 100, 200, 40, 140, 300], 4, 150)
@example([60, 109, 0], 1, 80)
def test_any_time_means_the_longest_beginning_of_what_had_been_received_by_then(
    moments: list[int], sealed: int, second: int
) -> None:
    intake = Intake()
    for moment in moments:
        intake.take(moment)
    if limit := min(sealed, len(moments)):
        seal(intake.journal, intake.warehouse, limit)
    intake.go_to(400)
    event(f"the clock goes back: {moments != sorted(moments)}")
    beginning = next((number for number, moment in enumerate(moments) if moment > second), len(moments))

    if beginning:
        assert intake.at(time(second)).seq == beginning
    else:
        with pytest.raises(UsageError, match="nothing had come in by"):
            intake.at(time(second))


def test_the_moments_of_the_search_go_back() -> None:
    assert find(MOMENTS, lambda moments: moments != sorted(moments))


@pytest.mark.parametrize(
    ("point", "problem"),
    [
        (0, "there is no message 0: they are numbered from 1"),
        (-3, "there is no message -3"),
        (3, "there is no message 3 yet: the last one is 2"),
        (
            time(-1),
            "nothing had come in by 2026-11-01T12:00:09.000000Z: the first message came at 2026-11-01T12:00:10.000000Z",
        ),
        (time(61), "2026-11-01T12:01:11.000000Z lies in the future"),
    ],
)
def test_a_moment_that_is_not_there_is_refused(point: int | datetime, problem: str) -> None:
    intake = Intake()
    for second in (0, 60):
        intake.take(second)

    with pytest.raises(UsageError, match=problem):
        intake.at(point)


def test_an_empty_store_has_no_earlier_moment() -> None:
    with pytest.raises(UsageError, match="no message came in yet"):
        Intake().at(1)


def test_a_snapshot_as_of_a_moment_has_the_messages_up_to_it_alone() -> None:
    intake = Intake()
    for second in range(0, 600, 100):
        intake.take(second)
    seal(intake.journal, intake.warehouse, 4)
    snapshot = intake.snapshot().at(intake.at(3))

    assert [entry.seq for chunk in snapshot.scan("stored", after=1) for entry in chunk] == [2, 3]
    assert [entry.seq for chunk in snapshot.scan("stored", until=2) for entry in chunk] == [1, 2]
    assert [len(snapshot.lookup(f"{second}-{number}")) for second, number in ((200, 2), (300, 3), (500, 6))] == [
        1,
        0,
        0,
    ]
    assert snapshot.watermark() == 3


def test_what_was_purged_since_is_said_and_what_was_purged_before_is_not() -> None:
    intake = Intake()
    rules = [PurgeRule(event="seen", until=epoch_us(time(1))), PurgeRule(source="shop", since=epoch_us(time(250)))]
    for number, rule in enumerate(rules):
        for second in (0, 100, 200):
            intake.take(1000 * number + second)
        intake.journal.commit(Changes((), {}, purge=Purge(rule, {})))
        intake.go_to(intake.now + 1)

    moments = [(intake.at(time(second)).purged, second) for second in (199, 200, 201, 1199)]
    assert [len(purged) for purged, _ in moments] == [1, 0, 0, 1]
    first = "purged since: 1 message (event seen, received until 2026-11-01T12:00:11.000000Z);"
    assert intake.at(time(199)).since_text.startswith(first)
    assert intake.at(time(201)).since_text.startswith("purged since: nothing;")
    assert [intake.at(time(second)).messages_purged for second in (199, 201, 1199)] == [1, 0, 3]


def test_a_purge_after_the_last_message_counts_for_a_time_and_not_for_the_number() -> None:
    intake = Intake()
    intake.take(0)
    intake.go_to(10)
    intake.journal.commit(Changes((), {}, purge=Purge(PurgeRule(source="shop"), {})))

    assert [intake.at(point).messages_purged for point in (1, time(9), time(10))] == [1, 1, 0]
