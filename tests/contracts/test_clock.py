"""Every Clock keeps one contract: the machine's, and the one that a test moves."""

from __future__ import annotations

import asyncio
import threading
from uuid import UUID

import pytest

from footfall.clock import Clock, SystemClock
from footfall.testing import ManualClock


@pytest.fixture(params=["machine", "manual"])
def clock(request: pytest.FixtureRequest) -> Clock:
    clocks: dict[str, Clock] = {"machine": SystemClock(), "manual": ManualClock()}
    return clocks[request.param]


def test_time_is_after_2025_and_does_not_go_back(clock: Clock) -> None:
    first, started = clock.now_us(), clock.monotonic()

    assert first > 1_735_689_600_000_000
    assert clock.monotonic() >= started


def test_sleeping_lets_at_least_that_much_time_pass(clock: Clock) -> None:
    started = clock.monotonic()

    clock.sleep(0.01)

    assert clock.monotonic() - started >= 0.01


def test_a_sleep_of_nothing_ends(clock: Clock) -> None:
    asyncio.run(clock.sleep_async(0))


def test_waiting_for_nothing_says_that_time_passed(clock: Clock) -> None:
    condition = threading.Condition()

    with condition:
        assert clock.wait(condition, 0) is False


def test_a_wait_ends_when_the_condition_is_told(clock: Clock) -> None:
    condition = threading.Condition()
    told: list[bool] = []
    ready = threading.Event()

    def waiter() -> None:
        with condition:
            ready.set()
            told.append(clock.wait(condition, None))

    thread = threading.Thread(target=waiter)
    thread.start()
    ready.wait()
    with condition:
        condition.notify_all()
    thread.join()

    assert told == [True]


def test_chance_is_at_least_0_and_below_1(clock: Clock) -> None:
    assert all(0 <= clock.random() < 1 for _ in range(1000))


def test_ids_are_version_7_and_never_the_same(clock: Clock) -> None:
    ids = [clock.new_id() for _ in range(10_000)]

    assert {UUID(one).version for one in ids} == {7}
    assert {UUID(one).variant for one in ids} == {"specified in RFC 4122"}
    assert len(set(ids)) == len(ids)


def test_an_id_begins_with_the_time_in_milliseconds(clock: Clock) -> None:
    before = clock.now_us() // 1000
    made = UUID(clock.new_id()).int >> 80
    after = clock.now_us() // 1000

    assert before <= made <= after
