"""Connections are accepted up to the limits; a process without descriptors waits instead of trying on and on."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.server import ServerState

from footfall.collector import CollectorSettings
from footfall.collector.accept import Acceptor, share_files
from footfall.collector.connections import Connections
from footfall.collector.protocol import GuardedProtocol
from footfall.collector.server import listen

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


@pytest.mark.parametrize(
    ("most", "soft", "hard", "files", "connections"),
    [
        (10_000, 1_024, 524_288, 10_100, 10_000),
        (10_000, 1_024, 4_096, 4_096, 3_996),
        (10_000, 20_000, 20_000, 20_000, 10_000),
        (500, 1_024, 1_024, 1_024, 500),
        (10_000, 256, 256, 256, 156),
        (10_000, 64, 64, 64, 32),
        (10_000, 1, 1, 1, 1),
    ],
)
def test_connections_leave_descriptors_for_the_journal(
    most: int, soft: int, hard: int, files: int, connections: int
) -> None:
    assert share_files(most, soft, hard) == (files, connections)


class Door:
    """An acceptor on a free port. A request to /known says that its sender is known; one to /wait is never answered."""

    def __init__(self, connections: Connections[GuardedProtocol], settings: CollectorSettings) -> None:
        self.connections = connections
        self.refused: list[tuple[int, str]] = []
        self._senders: list[Writer] = []
        self._protocols: list[GuardedProtocol] = []
        self.listener = listen("127.0.0.1", 0)
        self._config = uvicorn.Config(self._answer, interface="asgi3", log_config=None, log_level="error", ws="none")
        self._settings = settings
        self.acceptor = Acceptor(
            self.listener, self._protocol, settings=settings, connections=connections, refused=self._refuse
        )

    def _protocol(self) -> GuardedProtocol:
        protocol = GuardedProtocol(
            self._config,
            ServerState(),
            {},
            settings=self._settings,
            connections=self.connections,
            refused=self._refuse,
        )
        self._protocols.append(protocol)
        return protocol

    def _refuse(self, status: int, code: str) -> None:
        self.refused.append((status, code))

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].startswith("/known"):
            scope["extensions"]["footfall"]["sender_is_known"]()
        if scope["path"].endswith("/wait"):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    async def connect(self, path: str = "", *, source: str = "127.0.0.1") -> tuple[Reader, Writer]:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.listener.getsockname()[1], local_addr=(source, 0)
        )
        self._senders.append(writer)
        if path:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        return reader, writer

    async def close(self) -> None:
        self.acceptor.close()
        self.listener.close()
        for protocol in self._protocols:
            protocol.transport.abort()
        for _ in range(10):  # until each has been told
            await asyncio.sleep(0)
        for writer in self._senders:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def at_the_door(
    scenario: Callable[[Door], Awaitable[None]], *, most: int = 100, most_of_address: int = 100, trusted: str = ""
) -> list[tuple[int, str]]:
    """Play a scenario; what was refused."""

    async def run() -> list[tuple[int, str]]:
        settings = CollectorSettings(trusted_proxies=(trusted,) if trusted else ())
        door = Door(Connections(most, most_of_address), settings)
        try:
            await scenario(door)
        finally:
            await door.close()
        return door.refused

    return asyncio.run(run())


def test_at_the_limit_of_an_address_its_oldest_stranger_ends() -> None:
    async def scenario(door: Door) -> None:
        oldest, _ = await door.connect("/health")
        other, _ = await door.connect("/health")
        await door.connect("/health")

        assert await oldest.read() == b""
        assert not other.at_eof()

    assert at_the_door(scenario, most_of_address=2) == []


def test_another_address_is_counted_for_itself() -> None:
    async def scenario(door: Door) -> None:
        first, _ = await door.connect("/health")
        await door.connect("/health", source="127.0.0.2")

        assert not first.at_eof()
        assert len(door.connections) == 2

    assert at_the_door(scenario, most_of_address=1) == []


def test_a_sender_gets_in_while_strangers_hold_every_connection() -> None:
    async def scenario(door: Door) -> None:
        strangers = [await door.connect() for _ in range(20)]
        for _, writer in strangers:
            writer.write(b"POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        for _ in range(30):
            await door.connect("/known")

        assert len(door.connections) == 20

    assert set(at_the_door(scenario, most=20)) <= {(503, "connections")}


def test_when_all_are_at_work_for_senders_a_newcomer_is_told_to_come_again() -> None:
    async def scenario(door: Door) -> None:
        working, _ = await door.connect("/known/wait")
        refused, _ = await door.connect()
        said = await refused.read()

        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 2\r\n" in said
        assert not working.at_eof()

    assert at_the_door(scenario, most=1) == [(503, "connections")]


def test_a_trusted_proxy_may_have_more_connections_than_an_address() -> None:
    async def scenario(door: Door) -> None:
        for _ in range(5):
            await door.connect("/health")

        assert len(door.connections) == 5

    assert at_the_door(scenario, most_of_address=1, trusted="127.0.0.0/8") == []


def test_a_connection_that_ends_makes_room() -> None:
    async def scenario(door: Door) -> None:
        for _ in range(5):
            reader, writer = await door.connect("/known")
            writer.write(b"GET /known HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await reader.read()

    assert at_the_door(scenario, most=1) == []


class Failing:
    """A listener that is always readable and never accepts."""

    def __init__(self, number: int) -> None:
        self.accepts = 0
        self._number = number
        self._readable, self._writer = socket.socketpair()
        self._writer.send(b"x")

    def fileno(self) -> int:
        return self._readable.fileno()

    def setblocking(self, _: bool) -> None:
        pass

    def accept(self) -> tuple[socket.socket, object]:
        self.accepts += 1
        raise OSError(self._number, "not accepted")

    def close(self) -> None:
        self._readable.close()
        self._writer.close()


def accept_by(listener: Failing) -> list[tuple[int, str]]:
    refused: list[tuple[int, str]] = []

    async def run() -> None:
        acceptor = Acceptor(
            cast("socket.socket", listener),
            lambda: pytest.fail("nothing was accepted"),
            settings=CollectorSettings(),
            connections=Connections(9, 9),
            refused=lambda status, code: refused.append((status, code)),
        )
        for _ in range(100):
            await asyncio.sleep(0)
        acceptor.close()

    asyncio.run(run())
    listener.close()
    return refused


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_without_a_descriptor_it_waits_and_says_so_once(number: int) -> None:
    listener = Failing(number)

    assert accept_by(listener) == [(503, "descriptors")]
    assert listener.accepts == 1


@pytest.mark.parametrize("number", [errno.ECONNABORTED, errno.EPROTO, errno.EPERM, errno.EAGAIN])
def test_a_connection_that_went_away_before_it_was_accepted_stops_nothing(number: int) -> None:
    listener = Failing(number)

    assert accept_by(listener) == []
    assert listener.accepts > 1
