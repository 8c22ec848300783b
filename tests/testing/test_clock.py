"""A clock that a test moves wakes those, and only those, whose time has come."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from uuid import UUID

from footfall.clock import Clock
from footfall.testing import ManualClock
from footfall.timestamps import format_us


def test_it_is_a_clock_that_stands_still() -> None:
    clock: Clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))

    assert format_us(clock.now_us()) == "2026-03-01T00:00:00.000000Z"
    assert clock.now_us() == clock.now_us()
    assert clock.monotonic() == 0.0


def test_sleeping_moves_it() -> None:
    clock = ManualClock()
    before = clock.now_us()

    clock.sleep(1.5)

    assert clock.now_us() - before == 1_500_000
    assert clock.monotonic() == 1.5


def test_its_dice_and_ids_are_the_same_each_time_and_differ_by_seed() -> None:
    def draws(seed: int) -> tuple[list[float], list[str]]:
        clock = ManualClock(seed=seed)
        return [clock.random() for _ in range(3)], [clock.new_id() for _ in range(3)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert [UUID(text).version for text in draws(1)[1]] == [7, 7, 7]
    assert len(set(draws(1)[1])) == 3


def test_tasks_wake_when_their_time_has_come() -> None:
    clock, woken = ManualClock(), []

    async def sleeper(seconds: float) -> None:
        await clock.sleep_async(seconds)
        woken.append(seconds)

    async def work() -> None:
        tasks = [asyncio.ensure_future(sleeper(seconds)) for seconds in (3.0, 1.0, 0.0)]
        await asyncio.sleep(0.0)
        await asyncio.sleep(0.0)
        assert woken == [0.0]
        clock.advance(1.0)
        await asyncio.sleep(0.0)
        assert woken == [0.0, 1.0]
        clock.advance(5.0)
        await asyncio.gather(*tasks)

    asyncio.run(work())

    assert woken == [0.0, 1.0, 3.0]


def test_a_thread_wakes_when_its_time_has_come_and_knows_that_it_does() -> None:
    clock, condition, notified = ManualClock(), threading.Condition(), []

    def waiter() -> None:
        with condition:
            notified.append(clock.wait(condition, 1.0))

    thread = threading.Thread(target=waiter)
    thread.start()
    clock.until_waiting()
    clock.advance(1.0)
    thread.join()

    assert notified == [False]


def test_a_thread_that_is_notified_knows_that_too() -> None:
    clock, condition, notified = ManualClock(), threading.Condition(), []

    def waiter() -> None:
        with condition:
            notified.append(clock.wait(condition, None))

    thread = threading.Thread(target=waiter)
    thread.start()
    clock.until_waiting()
    with condition:
        condition.notify()
    thread.join()

    assert notified == [True]


def test_a_wait_of_no_time_is_over_at_once() -> None:
    condition = threading.Condition()

    with condition:
        assert ManualClock().wait(condition, 0.0) is False


def test_the_wall_clock_can_be_set_while_no_time_passes() -> None:
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    before = clock.now_us()

    clock.set_wall(-3600.5)

    assert clock.now_us() == before - 3_600_500_000
    assert clock.monotonic() == 0.0
