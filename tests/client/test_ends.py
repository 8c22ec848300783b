"""The ends of a process: in each that lets anything run, what was accepted is sent."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections import Counter
from pathlib import Path
from weakref import ref

import pytest
from tests.client.ending import events, log_of, run

from footfall import AsyncClient, Client
from footfall.events import Answer, Batch
from footfall.testing import Recorder


def test_the_first_message_may_come_in_a_handler_of_atexit(tmp_path: Path) -> None:
    assert events(tmp_path, "atexit.register(lambda: client.track('last words', user_id='ann'))") == ["last words"]


@pytest.mark.parametrize("seconds", [0, 1])  # a time in another second is written anew
def test_what_a_finalizer_sends_after_the_end_is_refused_in_the_log(tmp_path: Path, seconds: int) -> None:
    code = f"""
    from footfall.clock import SystemClock

    class Clock(SystemClock):
        calls = 0

        def now_us(self):
            self.calls += 1
            return self.calls * {seconds * 1_000_000}

    class Late:
        def __del__(self):
            client.track("late", user_id="ann")

    late = Late()
    client = footfall.Client(FileTransport(sys.argv[1]), clock=Clock())
    client.track("in time", user_id="ann")
    """

    assert log_of(tmp_path, code).startswith('"late" was not sent: closed;')


def test_a_finalizer_after_the_end_of_a_closed_client_is_refused_in_the_log(tmp_path: Path) -> None:
    code = """
    class Late:
        def __del__(self):
            client.track("late", user_id="ann")

    late = Late()
    client.close()
    """

    assert log_of(tmp_path, code).startswith('"late" was not sent: closed;')


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("client.track('late', {'at': WHEN}, user_id='ann', timestamp=WHEN)", "closed"),
        ("client.track(SOLD, user_id='ann', timestamp=WHEN)", "closed"),
        ("client.identify('ann', {'since': WHEN}, timestamp=WHEN)", "closed"),
        ("other.track('late', {'at': WHEN}, user_id='ann', timestamp=WHEN)", "closed"),
        ("disabled.track('late', {'at': WHEN}, user_id='ann', timestamp=WHEN)", "disabled"),
        ("client.flush()", "unreachable"),
        ("client.close()", "unreachable"),
        ("client.stats()", "unreachable"),
        ("first_step(other.flush())", "unreachable"),
        ("first_step(other.aclose())", "unreachable"),
    ],
)
def test_any_call_of_a_finalizer_after_the_end_returns(tmp_path: Path, call: str, reason: str) -> None:
    code = f"""
    from datetime import UTC, datetime
    import logging, threading

    from footfall.errors import UnreachableError

    class Down:
        def send(self, batch):
            raise UnreachableError("down")

        def close(self):
            pass

        async def send_async(self, batch):
            raise UnreachableError("down")

        async def close_async(self):
            pass

    class Sold:
        __footfall_event__ = "sold"

    class Late:
        def __del__(self):
            os.write(1, {call}.reason.encode())

    def first_step(coroutine):
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value

    @atexit.register
    def join():  # what a thread still refers to is not finalized
        for thread in set(threading.enumerate()) - {{threading.main_thread()}}:
            thread.join(30)

    logging.disable()
    WHEN, SOLD, late = datetime.now(UTC), Sold(), Late()
    options = footfall.ClientOptions(linger=3600.0, close_timeout=0.2)
    client = footfall.Client(Down(), options=options)
    other = footfall.AsyncClient(Down(), options=options)
    disabled = footfall.Client(disabled=True)
    client.track("in time", user_id="ann")
    other.track("in time", user_id="ann")
    """

    ran = run(tmp_path, code)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.partition(":")[0] == reason


@pytest.mark.parametrize("call", ["track('late', user_id='ann')", "flush()", "close()", "stats()"])
def test_a_finalizer_does_not_wait_for_a_thread_that_was_stopped_with_the_lock(tmp_path: Path, call: str) -> None:
    code = f"""
    import threading

    from footfall.clock import SystemClock

    ends, has_lock = threading.Event(), threading.Event()

    class Clock(SystemClock):
        def wait(self, condition, timeout):
            if threading.current_thread() is not thread:
                return super().wait(condition, timeout)
            has_lock.set()
            time.sleep(3600)

    class Hangs(FileTransport):
        def send(self, batch):
            time.sleep(3600)

    class Late:
        def __del__(self):
            client.{call}
            os.write(1, b"returned")

    def flush():
        ends.wait()
        client.flush()

    @atexit.register
    def stop():
        ends.set()
        assert has_lock.wait(30)

    thread = threading.Thread(target=flush, daemon=True)
    thread.start()
    sys.last_value = Late()  # Python lets go of this as it begins to unload modules
    options = footfall.ClientOptions(linger=0, close_timeout=0.2)
    client = footfall.Client(Hangs(sys.argv[1]), options=options, clock=Clock())
    client.track("in time", user_id="ann")
    """

    ran = run(tmp_path, code)

    assert (ran.returncode, ran.stdout) == (0, "returned")


def test_an_async_client_that_nobody_closed_sends_as_the_process_ends(tmp_path: Path) -> None:
    code = """
    import asyncio
    late = footfall.AsyncClient(FileTransport(sys.argv[1]), options=footfall.ClientOptions(linger=3600.0))

    async def main():
        late.track("in the loop", user_id="ann")

    import logging
    logging.disable()
    asyncio.run(main())
    late.track("after it", user_id="ann")
    """

    assert events(tmp_path, code) == ["in the loop", "after it"]


def test_a_client_leaves_what_it_was_made_with_alone_until_it_has_sent(tmp_path: Path) -> None:
    code = """
    class Journal(FileTransport):
        is_open = True

        def send(self, batch):
            assert self.is_open
            return super().send(batch)

        def end(self):
            self.is_open = False

    journal = Journal(sys.argv[1])
    atexit.register(journal.end)
    footfall.Client(journal, options=footfall.ClientOptions(linger=3600.0)).track("a", user_id="ann")
    """

    assert events(tmp_path, code) == ["a"]


def test_a_forgotten_client_is_freed() -> None:
    class Counted(Recorder):
        alive = 0

        def __init__(self) -> None:
            super().__init__()
            Counted.alive += 1

        def __del__(self) -> None:
            Counted.alive -= 1

    for _ in range(10):
        Client(Counted())
    with Client(Counted()) as client:
        client.track("a")
    del client
    gc.collect()

    assert Counted.alive == 0


def ours() -> Counter[str]:
    """The objects of our types that are alive, hooks for forks and for the end of the process among them."""
    gc.collect()
    kinds = (type(thing) for thing in gc.get_objects())
    return Counter(kind.__qualname__ for kind in kinds if str(kind.__module__).startswith("footfall"))


def senders() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "footfall"}


def join(threads: set[threading.Thread]) -> None:
    """Wait for the end of threads, and keep none of them in a variable."""
    for thread in threads:
        thread.join(30)


@pytest.mark.parametrize("way", ["made", "sent", "closed", "http", "async"])
@pytest.mark.slow
def test_a_thousand_clients_that_are_forgotten_leave_nothing_behind(way: str) -> None:
    def use() -> None:
        if way == "async":
            asyncio.run(use_async())
            return
        client = Client(Nowhere()) if way != "http" else Client("http://127.0.0.1:9", write_key="key")
        if way in ("closed", "sent"):
            client.track("a", user_id="kari")
            client.flush(30)
        if way == "closed":
            client.close(30)

    async def use_async() -> None:
        async with AsyncClient(Nowhere()) as client:
            client.track("a", user_id="kari")

    use()
    before, threads_before = ours(), senders()
    for _ in range(1_000):
        use()

    gc.collect()  # a client that is freed wakes its thread, which then ends
    join(senders() - threads_before)
    assert senders() <= threads_before
    assert ours() - before == Counter()


def test_a_client_that_is_forgotten_with_messages_pending_sends_them_first() -> None:
    before, transport = senders(), Nowhere()
    client = Client(transport)
    client.track("a", user_id="kari")
    threads = senders() - before
    freed = ref(client)
    del client

    gc.collect()
    for thread in threads:
        thread.join(30)
    assert transport.sent == 1
    assert freed() is None


def test_a_thread_that_ended_before_its_client_is_freed_without_gc() -> None:
    before = senders()
    client = Client(Nowhere())
    client.track("a", user_id="kari")
    (thread,) = senders() - before
    client.close(30)
    thread.join(30)
    freed = ref(thread)
    gc.disable()
    try:
        del thread
        assert freed() is None
    finally:
        gc.enable()


class Nowhere:
    """A transport that knows no client."""

    def __init__(self) -> None:
        self.sent = 0

    def send(self, batch: Batch) -> Answer:
        self.sent += len(batch.messages)
        return Answer(len(batch.messages))

    def close(self) -> None:
        """Nothing is open."""

    async def send_async(self, batch: Batch) -> Answer:
        return self.send(batch)

    async def close_async(self) -> None:
        """Nothing is open."""
