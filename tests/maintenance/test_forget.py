"""Forgetting: what is sealed goes in transactions whose size follows from how long they take."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.storage.sealing import row

from footfall.collector.job_settings import JobSettings
from footfall.errors import JobStoppedError
from footfall.maintenance.context import JobContext
from footfall.maintenance.forget import FEWEST, MOST, Pace, forget_sealed
from footfall.storage import Changes, Store
from footfall.storage.journal import SealMark
from footfall.testing import ManualClock
from footfall.testing.journal import MemoryJournal


class SlowJournal(MemoryJournal):
    """A journal that takes a while to forget each row."""

    def __init__(self, clock: ManualClock, seconds: float) -> None:
        super().__init__()
        self.limits: list[int] = []
        self._manual = clock
        self._seconds = seconds

    def forget(self, limit: int = 1000) -> int:
        self.limits.append(limit)
        number = super().forget(limit)
        self._manual.advance(number * self._seconds)
        return number


def sealed_journal(number: int, *, seconds: float) -> tuple[JobContext, SlowJournal, ManualClock]:
    clock = ManualClock()
    journal = SlowJournal(clock, seconds)
    journal.commit(Changes([row(str(place)) for place in range(number)], {}))
    journal.commit(Changes((), {}, seal=SealMark(number, number, 1)))
    store = SimpleNamespace(journal=journal)
    return JobContext(Path("data"), cast("Store", store), JobSettings(), clock), journal, clock


def test_on_a_fast_disk_transactions_grow_until_they_take_ten_milliseconds() -> None:
    context, journal, _ = sealed_journal(20_000, seconds=2e-6)

    forget_sealed(context)

    assert journal.limits[:6] == [1000, 2000, 4000, 5000, 5000, 5000]
    assert list(journal.scan("stored")) == []


def test_on_a_slow_disk_they_stay_small() -> None:
    context, journal, _ = sealed_journal(5000, seconds=1e-4)

    forget_sealed(context)

    assert set(journal.limits) == {FEWEST}


def test_half_of_the_time_is_left_to_intake() -> None:
    context, _, clock = sealed_journal(20_000, seconds=2e-6)

    forget_sealed(context)

    assert clock.monotonic() == pytest.approx(2 * 20_000 * 2e-6)


def test_one_that_hangs_is_followed_by_a_pause_of_a_moment() -> None:
    context, _, clock = sealed_journal(1000, seconds=0.01)

    forget_sealed(context)

    assert clock.monotonic() == pytest.approx(10 + 0.1)


def test_a_job_that_is_stopped_ends_after_the_transaction_that_runs() -> None:
    context, journal, _ = sealed_journal(3000, seconds=2e-6)
    context.stop()

    with pytest.raises(JobStoppedError):
        forget_sealed(context)

    assert len(journal.limits) == 1


@given(st.lists(st.floats(0, 1e3)))
def test_a_transaction_is_never_empty_nor_without_bound(times: list[float]) -> None:
    pace = Pace()
    for seconds in times:
        pace.follow(seconds)

    assert FEWEST <= pace.rows <= MOST


@given(st.floats(1e-7, 1e-3))
def test_it_settles_where_a_transaction_takes_what_it_may(a_row: float) -> None:
    pace = Pace()
    for _ in range(12):
        pace.follow(pace.rows * a_row)

    assert pace.rows == pytest.approx(max(FEWEST, min(MOST, 0.01 / a_row)), abs=1)
