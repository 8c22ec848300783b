"""The client of event loops: the same books without a thread, on asyncio's loop and on uvloop's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest

from footfall import AsyncClient, ClientOptions, Delivery, UsageError
from footfall.delivery import RetryPolicy
from footfall.errors import OverloadedError, UnauthorizedError, UnreachableError
from footfall.events import Answer, Batch
from footfall.testing import ManualClock, Recorder

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    if request.param == "asyncio":
        return asyncio.run
    uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed")
    return cast("Run", uvloop.run)


async def turns(count: int = 20) -> None:
    """Let every task that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


class Hanging(Recorder):
    """A transport that never answers."""

    async def send_async(self, batch: Batch) -> Answer:
        await asyncio.get_running_loop().create_future()
        raise AssertionError


def test_messages_arrive_in_order_without_a_thread(run: Run) -> None:
    recorder = Recorder()

    async def work() -> None:
        before = set(threading.enumerate())
        async with AsyncClient(recorder, options=ClientOptions(max_batch=10)) as client:
            for number in range(35):
                assert client.track(f"event {number}")
            assert await client.flush() == Delivery(35, 0, {})
            assert not set(threading.enumerate()) - before

    run(work())

    assert recorder.events == [f"event {number}" for number in range(35)]
    assert recorder.closed


def test_a_message_lingers_on_the_clients_clock() -> None:
    recorder, clock = Recorder(), ManualClock()

    async def work() -> None:
        client = AsyncClient(recorder, clock=clock, options=ClientOptions(linger=0.5))
        client.track("a")
        await turns()
        assert recorder.batches == []
        clock.advance(0.5)
        await turns()
        assert len(recorder.batches) == 1
        await client.aclose()

    asyncio.run(work())


def test_a_failed_batch_is_sent_again_when_its_wait_is_over_and_later_ones_stay_behind_it() -> None:
    recorder, clock = Recorder(fail_with=[OverloadedError("slow down", retry_after=10.0)]), ManualClock()

    async def work() -> None:
        options = ClientOptions(max_batch=1, retry=RetryPolicy(initial=0.001))
        client = AsyncClient(recorder, clock=clock, options=options)
        client.track("a")
        client.track("b")
        await turns()
        clock.advance(9.9)
        await turns()
        assert recorder.batches == []
        clock.advance(0.2)
        await turns()
        assert [len(batch.messages) for batch in recorder.batches] == [1, 1]
        assert recorder.events == ["a", "b"]
        assert [batch.sent_at[11:22] for batch in recorder.attempts] == ["00:00:00.00", "00:00:10.10", "00:00:10.10"]
        await client.aclose()

    asyncio.run(work())


def test_flush_and_close_are_bounded_while_a_send_hangs(run: Run) -> None:
    async def work() -> None:
        client = AsyncClient(Hanging())
        client.track("a")
        assert await client.flush(0.01) == Delivery(0, 1, {}, "unanswered: the collector has not answered yet")
        assert await client.aclose(0.01) == Delivery(0, 1, {}, "unanswered: the collector has not answered yet")
        assert client.stats().balanced

    run(work())


def test_what_was_called_before_a_loop_runs_is_sent_once_one_does(run: Run) -> None:
    recorder = Recorder()
    client = AsyncClient(recorder)
    client.track("before")

    async def work() -> None:
        client.track("inside")
        await client.aclose()

    run(work())

    assert recorder.events == ["before", "inside"]


def test_a_client_outlives_a_loop_and_says_what_it_left(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder()
    client = AsyncClient(recorder, options=ClientOptions(linger=3600.0))

    async def first() -> None:
        client.track("first loop")
        await turns()

    async def second() -> None:
        client.track("second loop")
        await client.flush()
        await client.aclose()

    asyncio.run(first())
    assert "messages pending (1)" in caplog.text
    asyncio.run(second())

    assert recorder.events == ["first loop", "second loop"]


def test_a_batch_that_a_cancelled_loop_interrupts_is_not_lost() -> None:
    client = AsyncClient(Hanging(), options=ClientOptions(linger=0.0))

    async def work() -> None:
        client.track("a")
        await turns()

    asyncio.run(work())

    assert client.stats().pending == 1
    assert client.stats().balanced


def test_a_refused_key_ends_a_flush_at_once(run: Run) -> None:
    async def work() -> None:
        client = AsyncClient(Recorder(fail_with=[UnauthorizedError("HTTP 401")]))
        client.track("a")
        assert await client.flush(3600.0) == Delivery(0, 1, {}, "unauthorized: HTTP 401")
        assert await client.aclose(3600.0) == Delivery(0, 1, {}, "unauthorized: HTTP 401")

    run(work())


def test_flush_without_a_number_waits_as_by_default(run: Run) -> None:
    async def work() -> None:
        async with AsyncClient(Recorder(), options=ClientOptions(linger=3600.0)) as client:
            client.track("a")
            assert await client.flush(None) == Delivery(1, 0, {})

    run(work())


def test_tasks_have_scopes_of_their_own(run: Run) -> None:
    recorder = Recorder()

    async def visit(client: AsyncClient, user: str) -> None:
        with client.scope(user_id=user):
            await asyncio.sleep(0)
            client.track(user)

    async def work() -> None:
        async with AsyncClient(recorder) as client:
            await asyncio.gather(*(visit(client, user) for user in ("ann", "bob", "eve")))
            client.track("id_fault")

    run(work())

    assert {message["event"]: message.get("userId") for message in recorder.messages} == {
        "ann": "ann",
        "bob": "bob",
        "eve": "eve",
        "id_fault": None,
    }


def test_a_closed_client_takes_nothing(run: Run) -> None:
    async def work() -> None:
        client = AsyncClient(Recorder())
        await client.aclose()
        await client.aclose()
        assert client.track("late").reason == "closed"
        assert client.stats().refused == {"closed": 1}

    run(work())


def test_a_closing_client_tries_once_more_before_it_gives_up() -> None:
    recorder = Recorder(fail_with=[UnreachableError("gone")])

    async def work() -> None:
        client = AsyncClient(
            recorder, options=ClientOptions(linger=0.0, retry=RetryPolicy(initial=3600.0, maximum=3600.0))
        )
        client.track("a")
        await turns()
        assert client.stats().retries == 1
        assert await client.aclose() == Delivery(1, 0, {})

    asyncio.run(work())


def test_it_cannot_wait_in_track() -> None:
    with pytest.raises(UsageError, match="drop_oldest"):
        AsyncClient(Recorder(), options=ClientOptions(when_full="block"))


def test_a_loop_that_was_left_in_the_middle_of_a_send_does_not_stop_the_next_one() -> None:
    recorder = Recorder()

    class FirstHangs(Recorder):
        async def send_async(self, batch: Batch) -> Answer:
            if not self.attempts:
                self.attempts.append(batch)
                await asyncio.get_running_loop().create_future()
            return await recorder.send_async(batch)

    client = AsyncClient(FirstHangs(), options=ClientOptions(linger=0.0))

    async def first() -> None:
        client.track("a")
        await turns()

    async def second() -> None:
        client.track("b")
        assert await client.aclose() == Delivery(2, 0, {})

    left_behind = asyncio.new_event_loop()
    left_behind.run_until_complete(first())
    asyncio.run(second())
    for task in asyncio.all_tasks(left_behind):
        task.cancel()
    left_behind.run_until_complete(turns())
    left_behind.close()

    assert recorder.events == ["a", "b"]
    assert client.stats().balanced


def test_a_transport_that_fails_to_close_does_not_fail_the_application(caplog: pytest.LogCaptureFixture) -> None:
    class Stuck(Recorder):
        async def close_async(self) -> None:
            raise OSError("stuck")

    async def work() -> None:
        async with AsyncClient(Stuck()) as client:
            client.track("a")
        assert client.stats().delivered == 1

    asyncio.run(work())

    assert "OSError" in caplog.text


class Noticing(Recorder):
    """A transport that says when it was sent something, and from which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = threading.Event()
        self.threads: set[int] = set()

    async def send_async(self, batch: Batch) -> Answer:
        self.threads.add(threading.get_ident())
        answer = await super().send_async(batch)
        self.sent.set()
        return answer


def test_what_only_other_threads_call_is_sent_in_the_loop_in_which_it_was_made() -> None:
    async def work() -> None:
        recorder = Noticing()
        client = AsyncClient(recorder, options=ClientOptions(linger=0.0))
        await asyncio.to_thread(client.track, "a", user_id="ann")
        assert await asyncio.to_thread(recorder.sent.wait, 30)
        assert recorder.threads == {threading.get_ident()}
        await asyncio.to_thread(client.track, "b", user_id="ann")
        assert await client.aclose() == Delivery(2, 0, {})

    asyncio.run(work())


def test_what_other_threads_call_where_no_loop_was_met_is_sent_too() -> None:
    recorder = Noticing()
    client = AsyncClient(recorder, options=ClientOptions(linger=0.0))

    async def work() -> None:
        # As the plain `def` endpoints of a framework do.
        await asyncio.to_thread(client.track, "a", user_id="ann")
        assert await asyncio.to_thread(recorder.sent.wait, 30)
        assert await client.flush() == Delivery(1, 0, {})
        client.track("b", user_id="ann")
        assert await client.aclose() == Delivery(2, 0, {})

    asyncio.run(work())

    assert recorder.events == ["a", "b"]
    assert recorder.closed


def test_without_any_loop_messages_are_sent_as_they_come() -> None:
    recorder = Noticing()
    client = AsyncClient(recorder, options=ClientOptions(linger=0.0))

    client.track("a", user_id="ann")

    assert recorder.sent.wait(30)
    client._end_at_exit()
    assert client.stats().delivered == 1


def test_a_close_in_another_loop_ends_the_thread_that_sends_without_a_word() -> None:
    before = set(threading.enumerate())
    client = AsyncClient(Hanging())
    client.track("a", user_id="ann")
    (sender,) = set(threading.enumerate()) - before

    asyncio.run(client.aclose(0.01))
    sender.join(30)

    assert not sender.is_alive()  # and pytest fails for what a thread raises


def test_messages_of_many_threads_and_a_loop_are_each_sent_once() -> None:
    recorder = Recorder()

    async def work() -> None:
        async with AsyncClient(recorder) as client:

            def call(name: int) -> None:
                for number in range(100):
                    assert client.track(f"{name} {number}", user_id="ann")

            calls = [asyncio.to_thread(call, name) for name in range(4)]
            call(4)
            await asyncio.gather(*calls)
            assert await client.flush() == Delivery(500, 0, {})

    asyncio.run(work())

    assert len(set(recorder.events)) == 500
    assert [message["context"]["client"]["seq"] for message in recorder.messages] == list(range(1, 501))


def test_the_end_of_the_process_waits_for_an_attempt_that_may_still_end() -> None:
    recorder = Noticing()
    begun, goes_on = threading.Event(), threading.Event()

    class Slow(Recorder):
        async def send_async(self, batch: Batch) -> Answer:
            begun.set()
            await asyncio.to_thread(goes_on.wait, 30)
            return await recorder.send_async(batch)

        def send(self, batch: Batch) -> Answer:
            return recorder.send(batch)

    client = AsyncClient(Slow(), options=ClientOptions(linger=0.0))
    client.track("a", user_id="ann")
    assert begun.wait(30)
    client.track("b", user_id="ann")
    threading.Timer(0.05, goes_on.set).start()

    client._end_at_exit()

    assert recorder.events == ["a", "b"]
    assert client.stats().balanced
    assert client.track("late", user_id="ann").reason == "closed"
