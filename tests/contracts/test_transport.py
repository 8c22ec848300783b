"""What every transport promises: it takes batches, raises nothing but TransportErrors, and closes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from pytest_httpx import HTTPXMock
from tests.delivery.loopback import serving

from footfall import Client, ClientOptions
from footfall.delivery import FileTransport, HttpTransport, InProcessTransport, RetryPolicy, Transport
from footfall.errors import JournalError, TransportError, UnreachableError
from footfall.events import Answer, Batch, Verdict
from footfall.testing import Recorder

BATCH = Batch((b'{"type":"track","event":"a"}', b'{"type":"track","event":"b"}'), "2026-03-01T10:00:00.000000Z")


# What says nothing of a batch of two.
NO_ANSWERS = {
    "too_few": Answer(1),
    "too_many": Answer(3),
    "twice_the_same": Answer(2, (Verdict(0, "rejected"), Verdict(0, "duplicate"))),
    "of_another": Answer(2, (Verdict(2, "rejected"),)),
}


class Intake:
    def __init__(self, error: JournalError | None = None, answer: Answer | None = None) -> None:
        self.error = error
        self.answer = answer

    def take(self, body: bytes) -> Answer:
        if self.error is not None:
            raise self.error
        return self.answer or Answer(len(msgspec.json.decode(body)["batch"]))


KINDS = ["file", "http", "in_process", "recorder"]


@pytest.fixture(params=KINDS)
def working(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Transport]:
    with serving() as server:
        made: dict[str, Transport] = {
            "file": FileTransport(tmp_path / "out.jsonl"),
            "http": HttpTransport(server.url, "key"),
            "in_process": InProcessTransport(Intake()),
            "recorder": Recorder(),
        }
        yield made[request.param]
        made["http"].close()


@pytest.fixture(params=KINDS)
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Transport:
    made: dict[str, Transport] = {
        "file": FileTransport(tmp_path),
        "http": HttpTransport("http://127.0.0.1:9", "key"),
        "in_process": InProcessTransport(Intake(JournalError("disk full"))),
        "recorder": Recorder(fail_with=[UnreachableError("gone")]),
    }
    return made[request.param]


def test_it_takes_a_batch_and_says_how_many_messages_it_took(working: Transport) -> None:
    assert working.send(BATCH).received == 2


def test_it_takes_a_report_of_hits_without_a_message(working: Transport) -> None:
    report = Batch((), BATCH.sent_at, b'[{"id":"c","counts":{"static":1}}]')

    assert working.send(report).received == 0


def test_it_does_the_same_on_an_event_loop(working: Transport) -> None:
    async def work() -> int:
        try:
            return (await working.send_async(BATCH)).received
        finally:
            await working.close_async()

    assert asyncio.run(work()) == 2


def test_it_serves_one_event_loop_after_another(working: Transport) -> None:
    async def work() -> int:
        received = (await working.send_async(BATCH)).received
        await working.close_async()
        return received

    assert asyncio.run(work()) == 2
    assert asyncio.run(work()) == 2


def test_what_goes_wrong_is_a_transport_error(broken: Transport) -> None:
    with pytest.raises(TransportError):
        broken.send(BATCH)


def test_what_goes_wrong_on_an_event_loop_is_a_transport_error(broken: Transport) -> None:
    with pytest.raises(TransportError):
        asyncio.run(broken.send_async(BATCH))


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("kind", ["http", "in_process", "recorder"])
def test_an_answer_that_does_not_account_for_each_message_delivers_nothing(
    kind: str, answer: Answer, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(content=msgspec.json.encode(answer), is_optional=True, is_reusable=True)
    transports: dict[str, Transport] = {
        "http": HttpTransport("http://collect.example", "key"),
        "in_process": InProcessTransport(Intake(answer=answer)),
        "recorder": Recorder(answer=lambda _batch: answer),
    }
    client = Client(transports[kind], options=ClientOptions(max_batch=2, retry=RetryPolicy(attempts=1)))
    client.track("a")
    client.track("b")

    delivery = client.close(30)

    assert (delivery.delivered, delivery.dropped) == (0, {"gave_up": 2})


def test_it_closes_twice_and_before_it_was_used(working: Transport) -> None:
    working.close()
    working.close()
    asyncio.run(working.close_async())

    assert working.send(BATCH).received == 2
