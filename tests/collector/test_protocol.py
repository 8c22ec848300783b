"""A connection: what is a request, what is refused, and how long strangers and slow readers may hold it."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.collector.wire_harness import Wire, answer

from footfall.collector import CollectorSettings

SMUGGLED = b"POST /v1/smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
H2C = [
    "Connection: Upgrade, HTTP2-Settings",
    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
    "Upgrade: h2c",
]
UPGRADES = [
    H2C,
    ["Upgrade: h2c", "Connection: upgrade"],
    ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: a", "Sec-WebSocket-Version: 13"],
    ["Connection: keep-alive, UPGRADE", "upgrade: h2c, websocket, TLS/1.0"],
    ["Connection: a", "Upgrade: h2c", "Connection: Upgrade", "Upgrade: b"],
    ["Upgrade: h2c"],
    ["Connection: Upgrade"],
    ["Connection: upgrade", "Upgrade:"],
    [],
]


def request(body: bytes, *fields: str, path: str = "/v1/batch", chunk: int = 0) -> bytes:
    """A request whose body is sent with its length, or in chunks."""
    if chunk:
        parts = [body[start : start + chunk] for start in range(0, len(body), chunk)]
        framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        framing = "Transfer-Encoding: chunked"
    else:
        framed, framing = body, f"Content-Length: {len(body)}"
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *fields, framing, "", ""])
    return head.encode() + framed


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    bounds = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [part for start, end in pairwise(bounds) if (part := data[start:end])]


REQUESTS = st.lists(
    st.tuples(
        st.sampled_from([b"", b"{}", SMUGGLED, SMUGGLED * 2, b"0\r\n\r\n" + SMUGGLED, b"x" * 20_000]),
        st.sampled_from(UPGRADES),
        st.sampled_from([0, 1, 7, 100_000]),
    ),
    min_size=1,
    max_size=4,
)


@given(REQUESTS, st.lists(st.integers(0, 100_000), max_size=6))
@example([(SMUGGLED, H2C, 0)], [])
@example([(SMUGGLED, H2C, 0), (SMUGGLED, H2C, 7), (b"{}", [], 0)], [])
@example([(SMUGGLED, H2C, 7)], [150, 180, 200, 240])
def test_a_request_that_asks_for_another_protocol_is_served_as_it_is(
    requests: list[tuple[bytes, list[str], int]], cuts: list[int]
) -> None:
    data = b"".join(request(body, *fields, chunk=chunk) for body, fields, chunk in requests)

    wire = exchange(*split(data, cuts))
    assert wire.seen_requests == [("POST", "/v1/batch", body) for body, _, _ in requests]
    assert wire.statuses == [200] * len(requests)
    assert not wire.is_closing


def exchange(*parts: bytes, settings: CollectorSettings | None = None) -> Wire:
    async def run() -> Wire:
        wire = Wire(settings or CollectorSettings())
        await wire.send(*parts)
        return wire

    return asyncio.run(run())


A = b"POST /v1/batch HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        A + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        A + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        A + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        A + b"Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}",
        A + b"Content-Length: +2\r\n\r\n{}",
        A + b"Content-Length: 0x2\r\n\r\n{}",
        A + b"Content-Length: 2, 2\r\n\r\n{}",
        A + b"Content-Length: 2 2\r\n\r\n{}",
        A + b"Content-Length: -2\r\n\r\n{}",
        A + b"Content-Length : 2\r\n\r\n{}",
        A + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
        A + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
        A + b"Transfer-Encoding: identity\r\n\r\n" + SMUGGLED,
        A + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        A + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n" + SMUGGLED,
        A + b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        A + b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED,
        A + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
        A + b"X: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
        A + b"X: a\rb\r\nContent-Length: 2\r\n\r\n{}",
        A + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
        A + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
        A + b"Transfer-Encoding: chunked\r\n\r\n1000000000000000000000\r\n{}\r\n0\r\n\r\n",
        A + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
        A + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n",
        A.replace(b"\r\n", b"\n") + b"Content-Length: 2\n\n{}",
        b"POST /v1/batch HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
        A + b"Host: y\r\nContent-Length: 2\r\n\r\n{}",
        A + b"Authorization: Basic a\r\nAuthorization: Basic b\r\nContent-Length: 2\r\n\r\n{}",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n" + SMUGGLED,
        b"CONNECT /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}" + SMUGGLED,
        b"POST /v1/batch HTTP/3.0\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"BREW /v1/batch HTTP/1.1\r\nHost: x\r\n\r\n",
        bytes.fromhex("16030100a5010000a10303") + bytes(range(150)),
    ],
)  # fmt: skip
def test_what_two_readers_could_read_in_two_ways_is_refused_and_the_connection_closed(sent: bytes) -> None:
    whole, in_bytes = exchange(sent), exchange(*(bytes([byte]) for byte in sent))

    for wire in (whole, in_bytes):
        assert wire.statuses == [400]
        assert wire.is_closing
        assert "/v1/smuggled" not in [path for _, path, _ in wire.seen_requests]
        assert wire.refused == [(400, "malformed")]


@pytest.mark.parametrize(
    ("sent", "path", "body"),
    [
        (b"POST http://other/v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "/v1/batch", b"{}"),
        (b"POST /v1/%62atch HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "/v1/batch", b"{}"),
        (b"POST /v1/batch HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", "/v1/batch", b"{}"),
        (b"TRACE /v1/batch HTTP/1.1\r\nHost: x\r\n\r\n", "/v1/batch", b""),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "*", b""),
        (A + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n", "/v1/batch", b"{}"),
        (A + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}" + SMUGGLED, "/v1/batch", b"{}"),
    ],
)
def test_what_has_one_meaning_reaches_the_application_once(sent: bytes, path: str, body: bytes) -> None:
    wire = exchange(sent)

    assert [(seen[1], seen[2]) for seen in wire.seen_requests] == [(path, body)]
    assert wire.statuses == [200]


@pytest.mark.parametrize("upgrade", [[], H2C])
def test_fields_after_a_body_are_not_read_as_fields_of_the_head(upgrade: list[str]) -> None:
    headers: list[dict[bytes, bytes]] = []

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        headers.append(dict(scope["headers"]))
        await answer(send)

    async def run() -> list[int]:
        wire = Wire(handler=handler)
        sent = request(b"{}", "Authorization: Basic a", *upgrade, chunk=9)
        await wire.send(sent[:-2] + b"Authorization: Basic b\r\nX: y\r\n\r\n")
        return wire.statuses

    assert asyncio.run(run()) == [200]
    assert headers[0][b"authorization"] == b"Basic a"
    assert b"x" not in headers[0]


def test_a_sender_that_waits_for_100_is_asked_for_its_body_also_when_it_offers_another_protocol() -> None:
    head, body = request(b"{}", "Expect: 100-continue", *H2C)[:-2], b"{}"
    wire = exchange(head, body)

    assert wire.statuses == [100, 200]
    assert wire.seen_requests == [("POST", "/v1/batch", b"{}")]


def test_a_broken_request_is_refused_after_those_before_it_are_answered() -> None:
    wire = exchange(request(b"{}") + request(b"[]") + b"nonsense\r\n\r\n" + SMUGGLED)

    assert wire.statuses == [200, 200, 400]
    assert [body for _, _, body in wire.seen_requests] == [b"{}", b"[]"]
    assert wire.is_closing


def test_a_body_that_breaks_behind_another_request_is_refused_after_it() -> None:
    broken = A + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n!\r\n"
    wire = exchange(request(b"{}") + broken + SMUGGLED)

    assert wire.statuses == [200, 400]
    assert [body for _, _, body in wire.seen_requests] == [b"{}"]


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /" + b"a" * 17_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /" + b"a" * 17_000,
        A + b"X: " + b"a" * 17_000,
        A + b"".join(b"X-%d: a\r\n" % number for number in range(5_000)) + b"\r\n",
    ],
)
def test_a_head_that_is_too_long_is_refused_and_counted(sent: bytes) -> None:
    wire = exchange(sent)

    assert wire.statuses == [431]
    assert wire.refused == [(431, "head")]
    assert wire.is_closing


def test_requests_that_wait_for_one_another_are_taken_in_few_at_a_time() -> None:
    depths: list[int] = []

    async def run() -> Wire:
        async def handler(scope: Any, receive: Any, send: Any) -> None:
            depths.append(len(wire.protocol.pipeline))
            await answer(send)

        wire = Wire(handler=handler)
        wire.protocol.data_received(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 5_000)
        await wire.settle()
        return wire

    wire = asyncio.run(run())
    assert wire.statuses == [200] * 5_000
    assert max(depths) < 300
    assert not wire.pipe.is_paused


PACE = CollectorSettings(header_timeout=5, body_timeout=60, answer_timeout=30)
HEAD = A + b"Content-Length: 100000\r\n\r\n"


def paced(*steps: bytes | float) -> tuple[list[int], bool, list[tuple[int, str]]]:
    """Send bytes and let seconds pass, in turn: the statuses, whether the connection is closed, and what is counted."""

    async def run() -> tuple[list[int], bool, list[tuple[int, str]]]:
        async def handler(scope: Any, receive: Any, send: Any) -> None:
            while (await receive()).get("more_body"):
                pass
            await answer(send)

        wire = Wire(PACE, handler=handler)
        for step in steps:
            if isinstance(step, bytes):
                await wire.send(step)
            else:
                wire.loop.advance(step)
                await wire.settle()
        return wire.statuses, wire.is_closing, wire.refused

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("steps", "statuses"),
    [
        ([4.9], []),
        ([5.0], [408]),
        ([b"POST", 4.0, b" /v1", 1.0], [408]),
        ([HEAD, 59.9], []),
        ([HEAD, 60.0], [408]),
        ([HEAD, 30.0, b"x", 30.0], [408]),
        ([request(b"{}"), 4.0, b"POST", 4.9], [200]),
        ([request(b"{}"), 4.0, b"POST", 5.0], [200, 408]),
        ([request(b"{}") + b"POST", 5.0], [200, 408]),
    ],
)
def test_a_slow_sender_has_so_much_time(steps: list[bytes | float], statuses: list[int]) -> None:
    refused = [(408, "timeout")] * statuses.count(408)

    assert paced(*steps) == (statuses, 408 in statuses, refused)


def test_a_connection_that_rests_is_closed_after_the_keep_alive_time() -> None:
    assert paced(request(b"{}"), 74.9) == ([200], False, [])
    assert paced(request(b"{}"), 75.0) == ([200], True, [])


def test_time_in_which_the_collector_does_not_read_is_not_the_senders() -> None:
    async def run() -> tuple[list[bool], list[int]]:
        event = asyncio.Event()

        async def handler(scope: Any, receive: Any, send: Any) -> None:
            await event.wait()
            while (await receive()).get("more_body"):
                pass
            await answer(send)

        wire = Wire(PACE, handler=handler)
        await wire.send(HEAD + b"x" * 70_000)
        pauses = [wire.pipe.is_paused]
        wire.loop.advance(100)
        event.set()
        await wire.settle()
        pauses.append(wire.pipe.is_paused)
        await wire.send(b"x" * 30_000)
        return pauses, wire.statuses

    assert asyncio.run(run()) == ([True, False], [200])


def test_a_reader_that_never_reads_its_answer_is_left() -> None:
    async def run(seconds: float, *, is_read_meanwhile: bool = False, close: bool = False) -> bool:
        async def handler(scope: Any, receive: Any, send: Any) -> None:
            await answer(send, b"x" * (100 if close else 100_000))

        wire = Wire(PACE, handler=handler)
        wire.pipe.is_read = False
        await wire.send(request(b"", *(["Connection: close"] if close else [])))
        if is_read_meanwhile:
            wire.pipe.drain()
        wire.loop.advance(seconds)
        return wire.pipe.is_aborted

    assert [asyncio.run(run(29.9)), asyncio.run(run(30.0))] == [False, True]
    assert not asyncio.run(run(30.0, is_read_meanwhile=True))
    assert asyncio.run(run(30.0, close=True))


def test_a_refusal_has_the_shape_of_every_answer() -> None:
    wire = exchange(b"nonsense\r\n\r\n")
    body = json.loads(bytes(wire.pipe.written).partition(b"\r\n\r\n")[2])

    assert (body["code"], body["success"], body["error"]["code"]) == (400, False, "malformed")


TOKENS = [
    b"POST /v1/batch HTTP/1.1\r\n",
    b"GET /health HTTP/1.1\r\n",
    b"POST /v1/batch HTTP/1.0\r\n",
    b"CONNECT x:1 HTTP/1.1\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"Host: x\r\n",
    b"Content-Length: 2\r\n",
    b"Content-Length: 100\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: Upgrade\r\n",
    b"Connection: close\r\n",
    b"Upgrade: h2c\r\n",
    b"Expect: 100-continue\r\n",
    b"X: " + b"a" * 9_000 + b"\r\n",
    b" folded\r\n",
    b"\r\n",
    b"\n",
    b"{}",
    b"2\r\n{}\r\n",
    b"0\r\n\r\n",
    b"\x00",
    SMUGGLED,
]


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map(b"".join), st.lists(st.integers(0, 100_000), max_size=8))
@example(request(SMUGGLED, *H2C) + b"nonsense\r\n\r\n" + SMUGGLED, [10, 170, 200, 260])
@example(request(b"{}", *H2C, chunk=1) + request(b"{}", "Connection: close") + SMUGGLED, [140, 150])
def test_how_the_bytes_are_cut_changes_nothing(sent: bytes, cuts: list[int]) -> None:
    whole, parts = exchange(sent), exchange(*split(sent, cuts))

    assert parts.seen_requests == whole.seen_requests
    assert parts.statuses == whole.statuses
    assert parts.is_closing == whole.is_closing
    assert parts.refused == whole.refused
