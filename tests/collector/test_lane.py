"""The large lane runs what it has room for, and holds a request's share until its thread is done with it."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref

import pytest

from footfall.collector.admission import Admission, Budget
from footfall.collector.lane import Lane
from footfall.errors import RequestError

BUDGET = Budget(10, 1_000)


def test_a_lane_takes_as_many_as_it_has_threads_and_places_to_wait() -> None:
    door, lane, go_on = Admission(keyed=BUDGET, unkeyed=BUDGET), Lane(threads=1, waiting=1), threading.Event()

    async def run() -> int:
        with door.admit(is_keyed=True) as claim:
            tasks = [asyncio.create_task(lane.run(go_on.wait, claim)) for _ in range(3)]
            done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            go_on.set()
            await asyncio.gather(*waiting)
            return sum(isinstance(task.exception(), RequestError) for task in done)

    assert asyncio.run(run()) == 1
    assert asyncio.run(run()) == 1
    lane.close()
    assert (door.keyed.requests, door.keyed.size) == (0, 0)


def test_a_thread_keeps_its_share_although_nobody_waits_for_it_any_more() -> None:
    door, lane = Admission(keyed=BUDGET, unkeyed=BUDGET), Lane(threads=1, waiting=1)
    began, go_on = threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        go_on.wait()

    async def run() -> None:
        with door.admit(is_keyed=True) as claim:
            claim.hold(7)
            task = asyncio.create_task(lane.run(work, claim))
            await asyncio.to_thread(began.wait)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    size = door.keyed.size
    go_on.set()
    lane.close()

    assert size == 7
    assert (door.keyed.requests, door.keyed.size) == (0, 0)


def test_an_error_of_the_work_is_that_of_its_caller_and_frees_its_place() -> None:
    door, lane = Admission(keyed=BUDGET, unkeyed=BUDGET), Lane(threads=1, waiting=1)

    def fail() -> None:
        raise KeyError

    async def run() -> None:
        with door.admit(is_keyed=True) as claim:
            await lane.run(fail, claim)

    for _ in range(3):
        with pytest.raises(KeyError):
            asyncio.run(run())
    lane.close()
    assert (door.keyed.requests, door.keyed.size) == (0, 0)


def test_a_closed_lane_takes_nothing_more() -> None:
    door, lane = Admission(keyed=BUDGET, unkeyed=BUDGET), Lane(threads=1, waiting=1)
    lane.close()
    lane.close()

    async def run() -> None:
        with door.admit(is_keyed=True) as claim:
            await lane.run(lambda: None, claim)

    with pytest.raises(RequestError) as refused:
        asyncio.run(run())
    assert (refused.value.status, door.keyed.requests) == (503, 0)


def test_an_answer_is_never_refused_however_full_the_lane_is() -> None:
    door, lane, go_on = Admission(keyed=BUDGET, unkeyed=BUDGET), Lane(threads=1, waiting=1), threading.Event()

    async def run() -> str:
        with door.admit(is_keyed=True) as claim:
            tasks = [asyncio.create_task(lane.run(go_on.wait, claim)) for _ in range(2)]
            name = await lane.finish(lambda: threading.current_thread().name)
            go_on.set()
            await asyncio.gather(*tasks)
            return name

    name = asyncio.run(run())
    lane.close()

    assert name.startswith("footfall-answer")
    assert asyncio.run(lane.finish(lambda: "after it was closed")) == "after it was closed"


def test_nothing_that_a_refused_request_made_is_kept_with_its_refusal() -> None:
    class Content:
        """What a thread made of a request."""

    door, lane = Admission(keyed=BUDGET, unkeyed=BUDGET), Lane(threads=1, waiting=1)
    contents: list[weakref.ref[Content]] = []

    def refuse() -> None:
        content = Content()
        contents.append(weakref.ref(content))
        try:
            int("no number")
        except ValueError:
            raise RequestError(413, "too_large", "split it") from None

    async def run() -> None:
        with door.admit(is_keyed=True) as claim:
            await lane.run(refuse, claim)

    gc.disable()
    try:
        with pytest.raises(RequestError, match="split it"):
            asyncio.run(run())
        assert [content() for content in contents] == [None]
    finally:
        gc.enable()
        lane.close()
