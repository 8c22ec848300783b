"""One end for a whole request, however slowly and in whatever pieces its answer comes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import httpcore
import pytest
from tests.delivery.odd_server import answering

from footfall.delivery import HttpTransport
from footfall.delivery.deadline import Deadline, _Stream
from footfall.errors import TransportError, UnreachableError
from footfall.events import Batch
from footfall.testing import ManualClock

BATCH = Batch((b'{"type":"track","event":"a"}',), "2026-03-01T10:00:00.000000Z")
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"

# What comes first, and what comes then, again and again, for as long as anybody reads.
DRIPS = {
    "a status line": (b"HTTP/1.1 200 ", b"O"),
    "a head": (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
    "a body": (HEAD, b" "),
    "a chunk": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "an answer before the answer": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "the body of a refusal": (b"HTTP/1.1 503 Busy\r\ncontent-length: 60000\r\n\r\n", b" "),
}


def dripping(first: bytes, then: bytes, step: Callable[[], None]) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            step()
            connection.sendall(then)

    return answer


@pytest.mark.parametrize("what", DRIPS)
def test_a_request_ends_at_its_deadline_although_each_wait_is_short(what: str) -> None:
    clock = ManualClock()
    with answering(dripping(*DRIPS[what], lambda: clock.advance(0.001))) as url:
        transport = HttpTransport(url, "key", timeout=5.0, clock=clock)

        with pytest.raises(UnreachableError, match="ReadTimeout"):
            transport.send(BATCH)
        assert clock.monotonic() >= 5.0
        transport.close()


@pytest.mark.parametrize("what", DRIPS)
def test_a_request_of_an_event_loop_ends_too(what: str) -> None:
    async def work(url: str) -> None:
        transport = HttpTransport(url, "key", timeout=0.1)
        with pytest.raises(TransportError):
            await transport.send_async(BATCH)
        await transport.close_async()

    with answering(dripping(*DRIPS[what], lambda: None)) as url:
        asyncio.run(work(url))


@pytest.mark.parametrize("is_async", [False, True])
def test_an_answer_without_end_is_not_read_to_its_end(is_async: bool) -> None:
    sent: list[int] = []

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            sent.append(0x10000)

    with answering(endless) as url:
        transport = HttpTransport(url, "key")

        with pytest.raises(UnreachableError, match="longer than"):
            asyncio.run(transport.send_async(BATCH)) if is_async else transport.send(BATCH)
        transport.close()
    assert sum(sent) < 16_000_000  # what was read, and what the sockets hold


class Slow(httpcore.NetworkStream):
    """The other side takes a second for each piece that is written, and for a handshake."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.waits: list[float | None] = []

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.waits.append(timeout)
        self.clock.advance(1.0)

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self.waits.append(timeout)
        self.clock.advance(1.0)
        return self

    def get_extra_info(self, info: str) -> str:
        return info


@pytest.fixture
def slow() -> Slow:
    return Slow(ManualClock())


def test_each_step_of_a_request_gets_what_the_earlier_ones_left(slow: Slow) -> None:
    deadline = Deadline(3.0, slow.clock.monotonic)
    stream = _Stream(slow).start_tls(None, timeout=deadline)

    with pytest.raises(httpcore.WriteTimeout):
        stream.write(b"x" * 100_000, deadline)

    assert slow.waits == [3.0, 2.0, 1.0]
    assert stream.get_extra_info("socket") == "socket"


def test_a_plain_timeout_is_handed_on_as_it_is(slow: Slow) -> None:
    _Stream(slow).write(b"x", 7.0)
    _Stream(slow).write(b"x")

    assert slow.waits == [7.0, None]


def test_a_host_that_has_no_address_cannot_be_reached() -> None:
    with pytest.raises(UnreachableError, match="ConnectError"):
        HttpTransport("http://nobody.invalid", "key").send(BATCH)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("target", ["http://collect.example", "https://collect.example"])
def test_a_proxy_that_asks_for_a_login_keeps_the_batch_and_names_the_url(target: str, is_async: bool) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")

    async def work(transport: HttpTransport) -> None:
        try:
            await transport.send_async(BATCH)
        finally:
            await transport.close_async()

    with answering(answer) as url:
        transport = HttpTransport(target, "key", proxy=url)

        with pytest.raises(UnreachableError, match=r"check .*the URL"):
            asyncio.run(work(transport)) if is_async else transport.send(BATCH)
        transport.close()
