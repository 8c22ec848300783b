"""How a connection ends: by its sender, for another one's room, with a refusal, and after what is not read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.collector.test_protocol import H2C, HEAD, PACE, SMUGGLED, A, request
from tests.collector.wire_harness import Wire, answer

from footfall.collector import CollectorSettings
from footfall.collector.connections import Connections
from footfall.collector.protocol import GuardedProtocol


def half_closed(*parts: bytes) -> Wire:
    """The sender ends its side right after the last part."""

    async def run() -> Wire:
        wire = Wire()
        for part in parts[:-1]:
            await wire.send(part)
        wire.protocol.data_received(parts[-1])
        if not wire.protocol.eof_received():
            wire.pipe.close()
            wire.protocol.connection_lost(None)
        await wire.settle()
        return wire

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (request(b"{}"), [200]),
        (request(b"{}") * 3, [200] * 3),
        (request(b"{}") * 500, [200] * 500),
        (request(b"{}", *H2C), [200]),
        (b"POST /v1/batch HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", [200]),
        (request(b"{}") + b"POST /v1/ba", [200]),
        (request(b"{}") + A + b"Content-Length: 3\r\n\r\n{}", [200]),
        (request(b"{}") * 300 + A + b"Content-Length: 3\r\n\r\n{}", [200] * 300),
        (request(b"{}") + b"nonsense\r\n\r\n", [200, 400]),
        (A + b"Content-Length: 3\r\n\r\n{}", []),
        (A, []),
    ],
)
def test_a_sender_that_ends_its_side_right_after_its_requests_gets_its_answers(
    sent: bytes, statuses: list[int]
) -> None:
    for parts in ([sent], [sent[:40], sent[40:]]):
        wire = half_closed(*parts)

        assert wire.statuses == statuses
        assert wire.is_closing
        assert not [timer for timer in wire.loop.timers if not timer.is_cancelled and timer.due < 70]


def test_a_refusal_can_be_read_by_a_sender_that_still_sends() -> None:
    async def run(*, seconds: float = 0.0, size: int = 0) -> tuple[list[int], bool, bool]:
        wire = Wire(CollectorSettings(max_body_bytes=100_000))
        await wire.send(b"nonsense\r\n\r\n")
        wire.protocol.data_received(b"x" * size)
        wire.loop.advance(seconds)
        return wire.statuses, wire.pipe.is_ended, wire.pipe.is_closing()

    assert asyncio.run(run(seconds=4.9, size=100_000)) == ([400], True, False)
    assert asyncio.run(run(seconds=5.0)) == ([400], True, True)
    assert asyncio.run(run(size=100_001)) == ([400], True, True)


@pytest.mark.parametrize(
    ("sent", "lingers"),
    [(request(b"{}", "Connection: close"), False), (A + b"Connection: close\r\nContent-Length: 9\r\n\r\n{}", True)],
)
def test_a_connection_lingers_only_when_more_may_come(sent: bytes, lingers: bool) -> None:
    async def run() -> Wire:
        async def handler(scope: Any, receive: Any, send: Any) -> None:
            await answer(send)  # whatever comes

        wire = Wire(handler=handler)
        wire.protocol.data_received(sent)
        await wire.settle()
        return wire

    wire = asyncio.run(run())
    assert wire.statuses == [200]
    assert wire.is_closing
    assert wire.pipe.is_closing() is not lingers


def test_a_body_whose_request_is_answered_is_not_answered_again() -> None:
    async def run(end: Callable[[Wire], None]) -> Wire:
        async def handler(scope: Any, receive: Any, send: Any) -> None:
            scope["extensions"]["footfall"]["sender_is_known"]()
            await answer(send)

        wire = Wire(PACE, connections=Connections(1, 1), handler=handler)
        await wire.send(HEAD)
        end(wire)
        return wire

    def displace(wire: Wire) -> None:
        assert wire.connections.to_end(None) is wire.protocol  # it is at rest
        wire.protocol.displace()

    for end in (displace, lambda wire: wire.loop.advance(60)):
        wire = asyncio.run(run(end))
        assert (wire.statuses, wire.refused) == ([200], [])
        assert wire.is_closing


def test_a_request_that_waits_for_100_and_is_refused_is_the_last_of_its_connection() -> None:
    async def run() -> Wire:
        async def handler(scope: Any, receive: Any, send: Any) -> None:
            await answer(send)

        wire = Wire(handler=handler)
        wire.protocol.data_received(A + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        await wire.settle()
        wire.protocol.data_received(SMUGGLED)
        await wire.settle()
        return wire

    wire = asyncio.run(run())
    assert wire.statuses == [200]
    assert b"connection: close\r\n" in wire.pipe.written
    assert wire.is_closing


def displaced(*parts: bytes, is_known: bool = False) -> Wire:
    """Another connection needs the room of one that got so far."""

    async def run() -> Wire:
        async def handler(scope: Any, receive: Any, send: Any) -> None:
            if is_known:
                scope["extensions"]["footfall"]["sender_is_known"]()
            while (await receive()).get("more_body"):
                pass
            await answer(send)

        connections: Connections[GuardedProtocol] = Connections(1, 1)
        wire = Wire(connections=connections, handler=handler)
        await wire.send(*parts)
        before = connections.to_end(wire.address)
        assert before is wire.protocol
        before.displace()
        await wire.settle()
        assert connections.to_end(wire.address) is None
        return wire

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("parts", "is_known", "statuses"),
    [
        ([], False, [503]),
        ([b"POST /"], False, [503]),
        ([HEAD + b"x"], False, [503]),
        ([request(b"{}")], False, [200]),
        ([request(b"{}")], True, [200]),
    ],
)
def test_a_connection_that_makes_room_says_so_when_a_request_was_begun(
    parts: list[bytes], is_known: bool, statuses: list[int]
) -> None:
    wire = displaced(*parts, is_known=is_known)

    assert wire.statuses == statuses
    assert wire.is_closing
    assert wire.refused == [(503, "connections")] * statuses.count(503)
    assert (b"retry-after: 2\r\n" in wire.pipe.written) == (503 in statuses)
