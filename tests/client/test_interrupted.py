"""Whatever runs, or is raised, in the middle of a call: it comes back, the books balance, no number is doubled."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from tests.client.interrupted import At, Interruption, interruptions, run

from footfall import AsyncClient, Client, ClientOptions
from footfall.client.ledger import Ledger
from footfall.client.memory_store import MemoryStore
from footfall.client.outbox import HIGH, LOW, Outbox
from footfall.clock import SystemClock
from footfall.delivery import RetryPolicy
from footfall.errors import OverloadedError, RefusedError, TransportError
from footfall.events import Answer, Receipt
from footfall.testing import Recorder

_SEQ = re.compile(rb'"seq":(\d+)')

AT_ONCE = ClientOptions(linger=0.0, retry=RetryPolicy(initial=0.001, maximum=0.001))
SMALL = ClientOptions(linger=60.0, queue_bytes=2_500)


def numbers_in(recorder: Recorder) -> list[int]:
    return [int(_SEQ.findall(message)[0]) for batch in recorder.batches for message in batch.messages]


class Trial:
    """A client that sends to a recorder, what its calls returned, and what happens inside of them."""

    def __init__(self, options: ClientOptions, *, fail_with: tuple[TransportError, ...] = ()) -> None:
        self.recorder = Recorder(fail_with=fail_with)
        self.client = Client(self.recorder, options=options)
        self.receipts: list[Receipt] = []

    def track(self) -> None:
        self.receipts.append(self.client.track("nested", {"n": 1}, user_id="kari"))

    def flush(self) -> None:
        self.track()
        self.client.flush(30)

    def close(self) -> None:
        self.client.close(30)

    def stats(self) -> None:
        assert self.client.stats().balanced

    def interrupt(self) -> None:
        raise KeyboardInterrupt

    def check(self, *, receipts_count: bool) -> None:
        """Close the client, and compare its books with what was sent and with what its calls returned."""
        assert self.client.close(30).pending == 0
        ledger = self.client.stats()
        assert ledger.balanced
        numbers = [
            int(number[1]) for batch in self.recorder.batches for m in batch.messages if (number := _SEQ.search(m))
        ]
        assert len(numbers) == len(set(numbers)) == ledger.delivered
        assert len(set(range(1, ledger.accepted + 1)) - set(numbers)) == sum(ledger.dropped.values())
        ids = {message["messageId"] for message in self.recorder.messages}
        assert len(ids) == ledger.delivered
        assert ledger.pending_bytes == 0
        assert "internal" not in ledger.refused
        accepted = sum(map(bool, self.receipts))
        assert accepted == ledger.accepted if receipts_count else accepted <= ledger.accepted


def calls(trial: Trial) -> None:
    trial.track()
    trial.receipts.append(trial.client.identify("kari", {"plan": "pro"}))
    trial.track()


def flush(trial: Trial) -> None:
    trial.track()
    trial.client.flush(30)


def close(trial: Trial) -> None:
    trial.track()
    trial.client.close(30)


def overflow(trial: Trial) -> None:
    for _ in range(7):
        trial.receipts.append(trial.client.track("long", {"text": "x" * 200}, user_id="kari"))


WORKS = [(calls, AT_ONCE), (flush, AT_ONCE), (close, AT_ONCE), (overflow, SMALL)]


def trials(
    act: Callable[[Trial], object], at: At, make: Callable[[], Trial] = lambda: Trial(AT_ONCE)
) -> Iterator[tuple[Trial, Interruption]]:
    """A new trial for each place in turn."""
    current: list[Trial] = []
    for interruption in interruptions(lambda: act(current[-1]), at):
        current.append(make())
        yield current[-1], interruption


@pytest.mark.parametrize("at", ["call", "line"])
@pytest.mark.parametrize(("work", "options"), WORKS)
@pytest.mark.slow
def test_a_call_inside_of_any_call_is_a_message_more(
    work: Callable[[Trial], None], options: ClientOptions, at: At
) -> None:
    places = 0
    for trial, interruption in trials(Trial.track, at, lambda: Trial(options)):
        assert run(lambda: work(trial), interruption) is None  # noqa: B023 - it is over before the next one
        trial.check(receipts_count=True)
        places += interruption.happened

    assert places > 100


@pytest.mark.parametrize(("work", "options"), WORKS)
def test_an_interrupt_passes_and_leaves_whole_books(work: Callable[[Trial], None], options: ClientOptions) -> None:
    places = 0
    for trial, interruption in trials(Trial.interrupt, "signal", lambda: Trial(options)):
        raised = run(lambda: work(trial), interruption)  # noqa: B023 - see above
        assert isinstance(raised, KeyboardInterrupt) == interruption.happened, interruption.place
        trial.check(receipts_count=False)
        places += interruption.happened

    assert places > 50


@pytest.mark.slow
@pytest.mark.parametrize("act", [Trial.flush, Trial.close])
@pytest.mark.parametrize("work", [calls, flush, close])
def test_a_flush_or_a_close_inside_of_any_call_comes_back(
    work: Callable[[Trial], None], act: Callable[[Trial], None]
) -> None:
    for trial, interruption in trials(act, "signal"):
        assert run(lambda: work(trial), interruption) is None  # noqa: B023 - see above
        trial.check(receipts_count=True)


@pytest.mark.slow
@pytest.mark.parametrize("act", [Trial.track, Trial.stats, Trial.close])
def test_a_finalizer_in_the_thread_that_sends_may_call_too(act: Callable[[Trial], None]) -> None:
    errors = (OverloadedError("busy"), RefusedError("too long", status=413), RefusedError("no"))
    places = 0
    for trial, interruption in trials(act, "signal", lambda: Trial(AT_ONCE, fail_with=errors)):
        assert run(lambda: calls(trial), interruption, in_new_threads=True) is None  # noqa: B023 - see above
        assert trial.client.close(30).pending == 0
        assert trial.client.stats().balanced
        places += interruption.happened

    assert places > 50


def taken(box: Outbox, now: float) -> list[int]:
    """The numbers of all that is still to be sent."""
    numbers: list[int] = []
    while (in_flight := box.take(now)) is not None:
        numbers += [entry[0] for entry in in_flight.entries]
        box.delivered(Answer(len(in_flight.entries)))
    return numbers


def send(box: Outbox, numbers: list[int]) -> None:
    """Take from the outbox with each outcome that there is."""
    failures = [OverloadedError("busy"), RefusedError("too long", status=413), RefusedError("no"), None, None, None]
    for now, failure in enumerate(failures, 1):
        in_flight = box.take(float(1000 * now))
        if in_flight is not None and failure is None:
            box.delivered(Answer(len(in_flight.entries)))
            numbers += [entry[0] for entry in in_flight.entries]
        elif in_flight is not None and failure is not None:
            box.failed(failure, float(1000 * now), 0.5)


def drop(box: Outbox, now: float) -> None:
    """Have all that is still to be sent refused."""
    while box.take(now) is not None:
        box.failed(RefusedError("no"), now, 0.5)


@pytest.mark.parametrize("act", [taken, drop])
def test_the_books_balance_wherever_something_is_sent_while_they_are_written(
    act: Callable[[Outbox, float], object],
) -> None:
    current: list[Outbox] = []
    places = 0
    for interruption in interruptions(lambda: act(current[-1], 1.0), "signal"):
        box = Outbox(ClientOptions(linger=0.0), MemoryStore())
        current.append(box)
        box.put(b'{"n":', b"}", LOW, 0.0)
        books: list[Ledger] = []
        run(lambda: books.append(box.ledger()), interruption)  # noqa: B023 - see above
        assert books[0].balanced, interruption.place
        places += interruption.happened

    assert places > 5


# An interrupt in a generator that is closed has nobody to go to.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("by", ["put", "interrupt"])
def test_what_is_taken_is_neither_lost_nor_doubled_wherever_it_is_interrupted(by: str) -> None:
    current: list[Outbox] = []

    def act() -> None:
        if by == "interrupt":
            raise KeyboardInterrupt
        assert current[-1].put(b'{"n":', b"}", LOW, 0.0) != "full"
        assert current[-1].ledger().balanced

    places = 0
    for interruption in interruptions(act, "signal"):
        box = Outbox(ClientOptions(max_batch=4, linger=0.0), MemoryStore())
        current.append(box)
        for rank in (LOW, HIGH, LOW, LOW, HIGH, LOW, LOW):
            box.put(b'{"n":', b"}", rank, 0.0)
        numbers: list[int] = []
        run(lambda: send(box, numbers), interruption)  # noqa: B023 - see above
        box.interrupted()
        assert box.ledger().balanced, interruption.place
        rest = taken(box, 1_000_000.0)
        ledger = box.ledger()
        # An interrupt may come between the outcome and our own list of it.
        delivered = ledger.delivered - len(rest)
        assert (ledger.balanced, ledger.pending, ledger.pending_bytes) == (True, 0, 0)
        assert len(set(numbers + rest)) == len(numbers + rest)
        assert delivered - len(numbers) in ((0,) if by == "put" else range(5))
        places += interruption.happened

    assert places > 50


@pytest.mark.parametrize("at", ["call", "line"])
def test_an_id_that_is_made_while_another_one_is_made_is_another_one(at: At) -> None:
    current: list[SystemClock] = []
    ids: list[str] = []
    for interruption in interruptions(lambda: ids.append(current[-1].new_id()), at):
        current.append(SystemClock())
        run(lambda: ids.extend(current[-1].new_id() for _ in range(3)), interruption)

    assert len(ids) > 30
    assert len(set(ids)) == len(ids)


def test_an_id_after_one_that_was_interrupted_is_whole() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    for interruption in interruptions(interrupt, "signal"):
        clock = SystemClock()
        run(clock.new_id, interruption)
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", clock.new_id()), interruption.place


LOADING = """
import dataclasses, enum, sys
from footfall import Client
from footfall.testing import Recorder

class Number(enum.IntEnum):
    ONE = 1

@dataclasses.dataclass
class Planned:
    n: int = 1
    __footfall_event__ = "planned"

client, receipts = Client(Recorder()), []

def call():
    receipts.append(client.track("e", {"numbers": {1, 2}}, user_id=Number.ONE, timestamp=1_796_000_000))
    receipts.append(client.track(Planned(), user_id="ann"))

def watch(frame, event, argument):
    if frame.f_code.co_filename.endswith(sys.argv[1]) and frame.f_code.co_name == "<module>":
        sys.settrace(None)
        call()
    return watch

sys.settrace(watch)
call()
sys.settrace(None)
assert len(receipts) == 4, receipts
assert all(receipts), receipts
client.close()
"""


@pytest.mark.parametrize("module", ["encoding_foreign.py", "given_time.py", "planned_event.py"])
def test_a_call_that_comes_while_what_it_needs_is_loaded_is_a_message_more(module: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADING, module], capture_output=True, text=True, check=False, timeout=60
    )

    assert (ran.returncode, ran.stderr) == (0, "")


class AsyncTrial:
    """An AsyncClient that sends to a recorder, which takes some rounds of the loop."""

    def __init__(self) -> None:
        self.recorder = Slow()
        self.client = AsyncClient(self.recorder, options=AT_ONCE)

    async def flush(self) -> None:
        self.client.track("a", user_id="kari")
        await asyncio.sleep(0)
        self.client.track("b", user_id="kari")
        await self.client.flush(30)

    async def close(self) -> None:
        self.client.track("a", user_id="kari")
        await self.client.aclose(30)

    def check(self) -> None:
        assert asyncio.run(self.client.aclose(30)).pending == 0
        ledger = self.client.stats()
        assert ledger.balanced
        # A batch whose answer was not waited for was sent again.
        numbers = {
            int(number[1]) for batch in self.recorder.batches for m in batch.messages if (number := _SEQ.search(m))
        }
        assert numbers == set(range(1, ledger.accepted + 1))


class Slow(Recorder):
    async def send_async(self, batch: Any) -> Answer:
        for _ in range(3):
            await asyncio.sleep(0)
        answer = await super().send_async(batch)
        await asyncio.sleep(0)
        return answer


@pytest.mark.parametrize("work", [AsyncTrial.flush, AsyncTrial.close])
def test_a_task_may_be_cancelled_at_each_of_its_awaits(work: Callable[[AsyncTrial], Awaitable[None]]) -> None:
    async def cancelled(trial: AsyncTrial, rounds: int) -> bool:
        task = asyncio.ensure_future(work(trial))
        for _ in range(rounds):
            await asyncio.sleep(0)
        was_over = task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return was_over

    rounds = 0
    while True:
        trial = AsyncTrial()
        is_over = asyncio.run(cancelled(trial, rounds))
        trial.check()
        if is_over:
            break
        rounds += 1

    assert rounds > 5


@pytest.mark.parametrize("work", [AsyncTrial.flush, AsyncTrial.close])
def test_a_call_inside_of_what_a_loop_does_is_a_message_more(work: Callable[[AsyncTrial], Awaitable[None]]) -> None:
    current: list[AsyncTrial] = []

    async def watched(interruption: Interruption) -> None:
        interruption.start()
        try:
            await work(current[-1])
        finally:
            interruption.stop()

    places = 0
    for interruption in interruptions(lambda: current[-1].client.track("nested", user_id="kari"), "signal"):
        current.append(AsyncTrial())
        asyncio.run(watched(interruption))
        current[-1].check()
        places += interruption.happened

    assert places > 100
