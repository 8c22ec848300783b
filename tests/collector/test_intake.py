"""What requests hold is bounded at every stop, and free again whatever ends them."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from footfall.collector import Collector, CollectorSettings, create_app
from footfall.collector.admission import Admission
from footfall.collector.app import App
from footfall.collector.intake import Intake
from footfall.collector.intake_log import IntakeLog
from footfall.errors import JournalError, RequestError
from footfall.storage.journal import Changes
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal

AUTH = (b"authorization", b"Basic " + base64.b64encode(b"wk:"))
Message = MutableMapping[str, Any]


class StalledJournal(MemoryJournal):
    """Keeps every commit waiting until `go_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def commit(self, changes: Changes) -> list[bool]:
        """See Journal."""
        self.go_on.wait()
        return super().commit(changes)


class ThreadClock(ManualClock):
    """Remembers the threads that ask for the time: it is asked once for each request that is judged."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[str] = []

    def now_us(self) -> int:
        """See Clock."""
        self.threads.append(threading.current_thread().name)
        return super().now_us()


@pytest.fixture
def journal() -> Iterator[StalledJournal]:
    journal = StalledJournal()
    yield journal
    journal.go_on.set()


def collector(folder: Path, journal: MemoryJournal, clock: ManualClock | None = None, **limits: Any) -> Collector:
    settings = CollectorSettings(**limits)
    return Collector(folder / "data", clock=clock or ManualClock(), journal=journal, settings=settings)


def batch(number: int, size: int = 10, **more: Any) -> bytes:
    messages = [
        {"type": "track", "event": "e", "userId": "u", "messageId": f"{more}-{index}", "properties": {"p": "x" * size}}
        for index in range(number)
    ]
    return json.dumps({"batch": messages, **more}).encode()


def parts(*bodies: bytes, is_whole: bool = True) -> list[Message]:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    messages[-1]["more_body"] = not is_whole
    return messages


async def ask(
    app: App,
    messages: list[Message],
    headers: tuple[tuple[bytes, bytes], ...] = (AUTH,),
    send: Callable[[Message], Awaitable[None]] | None = None,
) -> list[Message]:
    """Hand a request to the application. When it wants more of it than there is, it waits for ever."""
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else await asyncio.get_running_loop().create_future()

    async def collect(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/batch", "headers": list(headers)}
    await app(scope, receive, send or collect)
    return sent


async def turns(number: int = 20) -> None:
    """Let every other task of the loop come to where it waits."""
    for _ in range(number):
        await asyncio.sleep(0)


def taken(collector: Collector) -> tuple[int, int, int, int]:
    admission: Admission = collector.intake.admission
    keyed, unkeyed = admission.keyed, admission.unkeyed
    return keyed.requests, keyed.size, unkeyed.requests, unkeyed.size


def test_a_stalled_disk_fills_the_budget_and_what_comes_then_is_told_to_come_back(
    tmp_path: Path, journal: StalledJournal
) -> None:
    budget = 3_000_000
    packed = [gzip.compress(batch(100, 9_000, n=number)) for number in range(6)]

    async def run() -> tuple[list[list[Message]], list[int]]:
        sizes: list[int] = []
        with collector(tmp_path, journal, max_waiting_bytes=budget, large_threads=1) as taking:
            app = create_app(taking, {"wk": "shop"})
            tasks = []
            for body in packed:
                tasks.append(asyncio.create_task(ask(app, parts(body))))
                await turns()
                with taking.intake.admit(is_keyed=True) as claim:
                    await taking.intake.lane.run(int, claim)  # when its turn comes, the one before it is judged
                sizes.append(taking.intake.admission.keyed.size)
            journal.go_on.set()
            return await asyncio.gather(*tasks), sizes

    answers, sizes = asyncio.run(run())
    statuses = [sent[0]["status"] for sent in answers]

    assert max(map(len, packed)) < 20_000
    assert max(sizes) <= budget
    assert set(statuses) == {200, 503}
    assert all((b"retry-after", b"2") in sent[0]["headers"] for sent in answers if sent[0]["status"] == 503)
    assert sum(len(changes.rows) for changes in journal.commits) == 100 * statuses.count(200)


ENDS: dict[str, tuple[list[Message], tuple[tuple[bytes, bytes], ...], list[JournalError], int]] = {
    "an answer": (parts(batch(3)), (AUTH,), [], 200),
    "a large answer": (parts(b'{"batch":[' + b"1," * 4_000 + b"1]}"), (AUTH,), [], 200),
    "a large body": (parts(batch(1_000, 1_000)), (AUTH,), [], 200),
    "a key in the body": (parts(batch(3, writeKey="wk")), (), [], 200),
    "no key": (parts(batch(3)), (), [], 401),
    "another key": (parts(batch(3, writeKey="no")), (), [], 401),
    "a broken body": (parts(b'{"batch":['), (AUTH,), [], 400),
    "a broken stream": (parts(gzip.compress(batch(3))[:-9]), (AUTH,), [], 400),
    "a broken stream in the lane": (parts(gzip.compress(batch(900, 1_000))[:-9]), (AUTH,), [], 400),
    "too many messages": (parts(b'{"batch":[' + b"1," * 9_000 + b"1]}"), (AUTH,), [], 413),
    "a bomb": (parts(gzip.compress(bytes(30_000_000))), (AUTH,), [], 413),
    "a failing disk": (parts(batch(3)), (AUTH,), [JournalError("full")], 503),
}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_held_any_more_after(end: str, tmp_path: Path) -> None:
    messages, headers, failures, status = ENDS[end]
    journal = MemoryJournal()
    journal.fail_with += failures
    with collector(tmp_path, journal) as taking:
        sent = asyncio.run(ask(create_app(taking, {"wk": "shop"}), list(messages), headers))

        assert sent[0]["status"] == status
    assert taken(taking) == (0, 0, 0, 0)


@pytest.mark.parametrize("headers", [(AUTH,), ()])
def test_nothing_is_held_of_a_sender_who_went_away(headers: tuple[tuple[bytes, bytes], ...], tmp_path: Path) -> None:
    with collector(tmp_path, MemoryJournal()) as taking:
        app = create_app(taking, {"wk": "shop"})

        assert asyncio.run(ask(app, [*parts(b"{", is_whole=False), {"type": "http.disconnect"}], headers)) == []
        assert taken(taking) == (0, 0, 0, 0)


def test_rows_are_held_until_they_are_written_though_nobody_waits_for_the_answer(
    tmp_path: Path, journal: StalledJournal
) -> None:
    async def run() -> None:
        task = asyncio.create_task(ask(app, parts(batch(3))))
        await turns()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with collector(tmp_path, journal) as taking:
        app = create_app(taking, {"wk": "shop"})
        asyncio.run(run())
        requests, size, *_ = taken(taking)
        journal.go_on.set()

    assert (requests, size > 3 * 1_000) == (1, True)
    assert taken(taking) == (0, 0, 0, 0)


def test_an_answer_is_held_until_its_reader_has_taken_it(tmp_path: Path) -> None:
    sizes: list[int] = []
    texts: list[bytes] = []

    async def read_slowly(message: Any) -> None:
        sizes.append(taking.intake.admission.keyed.size)
        texts.append(message.get("body", b""))

    with collector(tmp_path, MemoryJournal()) as taking:
        app = create_app(taking, {"wk": "shop"})
        asyncio.run(ask(app, parts(b'{"batch":[' + b"1," * 4_000 + b"1]}"), send=read_slowly))

        assert [len(text) for text in texts] == [0, sizes[0], 0]
        assert sizes == [sizes[0]] * 3
        assert taken(taking) == (0, 0, 0, 0)


def test_strangers_who_wait_take_no_place_of_a_sender_with_a_key(tmp_path: Path) -> None:
    async def run() -> list[list[Message]]:
        strangers = [asyncio.create_task(ask(app, parts(b"{", is_whole=False), ())) for _ in range(3)]
        await turns()
        one_more = await ask(app, parts(batch(1, writeKey="wk")), ())
        keyed = await ask(app, parts(batch(1)))
        for task in strangers:
            task.cancel()
        await asyncio.gather(*strangers, return_exceptions=True)
        return [one_more, keyed]

    with collector(tmp_path, MemoryJournal(), max_waiting_requests=1, max_unkeyed_requests=3) as taking:
        app = create_app(taking, {"wk": "shop"})
        one_more, keyed = asyncio.run(run())

        assert (one_more[0]["status"], keyed[0]["status"]) == (503, 200)
        assert taken(taking) == (0, 0, 0, 0)


def test_strangers_bytes_have_a_budget_of_their_own(tmp_path: Path) -> None:
    async def run() -> list[list[Message]]:
        stranger = asyncio.create_task(ask(app, parts(b" " * 900, is_whole=False), ()))
        await turns()
        answers = [await ask(app, parts(b" " * 200), ()), await ask(app, parts(batch(1)))]
        stranger.cancel()
        await asyncio.gather(stranger, return_exceptions=True)
        return answers

    with collector(tmp_path, MemoryJournal(), max_unkeyed_bytes=1_000) as taking:
        app = create_app(taking, {"wk": "shop"})

        assert [sent[0]["status"] for sent in asyncio.run(run())] == [503, 200]


def test_a_stranger_whose_body_does_not_come_is_sent_away(tmp_path: Path) -> None:
    with collector(tmp_path, MemoryJournal(), unkeyed_timeout=0.01) as taking:
        app = create_app(taking, {"wk": "shop"})
        sent = asyncio.run(ask(app, parts(b"{", is_whole=False), ()))

        assert (sent[0]["status"], json.loads(sent[1]["body"])["error"]["code"]) == (408, "timeout")
        assert (b"connection", b"close") in sent[0]["headers"]
        assert taken(taking) == (0, 0, 0, 0)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_large_body_needs_its_key_in_the_header(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    body = pack(batch(9, 200, writeKey="wk"))

    with collector(tmp_path, MemoryJournal(), max_unkeyed_body_bytes=1_000) as taking:
        app = create_app(taking, {"wk": "shop"})
        refused = asyncio.run(ask(app, parts(body[:9], body[9:]), ()))
        with_key = asyncio.run(ask(app, parts(body)))

    assert (refused[0]["status"], with_key[0]["status"]) == (413, 200)
    assert "Authorization header" in json.loads(refused[1]["body"])["error"]["message"]


def test_many_tiny_messages_are_judged_beside_the_event_loop(tmp_path: Path) -> None:
    clock = ThreadClock()
    with collector(tmp_path, MemoryJournal(), clock) as taking:
        app = create_app(taking, {"wk": "shop"})
        bodies = [b'{"batch":[' + b",".join([b"{}"] * number) + b"]}" for number in (500, 501, 5_000)]
        bodies += [gzip.compress(bodies[2]), gzip.compress(batch(400, 9_000)), batch(400, 9_000)]
        clock.threads.clear()
        for body in bodies:
            asyncio.run(ask(app, parts(body)))

    here = threading.current_thread().name
    assert [name == here for name in clock.threads if name == here or "large" in name] == [True] + [False] * 5


def test_a_full_lane_tells_large_requests_to_come_back(tmp_path: Path) -> None:
    go_on = threading.Event()

    async def run() -> list[int]:
        lane = taking.intake.lane
        busy = [asyncio.create_task(lane.run(go_on.wait, taking.intake.admit(is_keyed=True))) for _ in range(2)]
        await turns()
        large = await ask(app, parts(batch(600)))
        small = await ask(app, parts(batch(3)))
        go_on.set()
        await asyncio.gather(*busy)
        return [large[0]["status"], small[0]["status"]]

    with collector(tmp_path, MemoryJournal(), large_threads=1, max_waiting_large=1) as taking:
        app = create_app(taking, {"wk": "shop"})

        assert asyncio.run(run()) == [503, 200]


def test_a_batch_handed_over_in_the_process_keeps_to_the_same_limits(tmp_path: Path) -> None:
    with collector(tmp_path, MemoryJournal(), max_waiting_bytes=20_000) as taking:
        taking.take(batch(2, 100))
        with pytest.raises(RequestError) as overload:
            taking.take(batch(100, 1_000))
        taking.take(batch(2, 100))

        assert overload.value.status == 503
        assert taken(taking) == (0, 0, 0, 0)


def test_memory_is_given_back_after_a_burst_and_only_then() -> None:
    clock = ManualClock()
    calls: list[int] = []
    intake = Intake(
        CollectorSettings(),
        clock=clock,
        intake_log=IntakeLog(clock),
        rules_for=lambda _: None,
        give_back=lambda: calls.append(intake.admission.keyed.size),
    )
    for size in (1_000, 40_000_000):
        with intake.admit(is_keyed=True) as claim:
            claim.hold(size)
            intake.tidy()
        intake.tidy()
        intake.tidy()
    intake.close()

    assert calls == [0]
