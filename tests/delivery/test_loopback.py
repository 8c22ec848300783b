"""The whole way over a real socket: retries, outages, batches that are too large, and one connection for all."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests.delivery.loopback import serving

from footfall import AsyncClient, Client, ClientOptions, Delivery
from footfall.delivery import RetryPolicy

QUICK = ClientOptions(linger=0.0, retry=RetryPolicy(initial=0.01, maximum=0.01))


@pytest.fixture
def bound() -> Iterator[socket.socket]:
    """A port that is ours and refuses connections: nobody else can take it before we serve on it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


def test_messages_arrive_in_order_over_one_connection() -> None:
    with serving() as server, Client(server.url, write_key="key", options=ClientOptions(max_batch=10)) as client:
        for number in range(100):
            client.track(f"event {number}")

    assert server.taken == [f"event {number}" for number in range(100)]
    assert server.connections == 1


def test_a_batch_is_sent_again_after_a_503_and_later_ones_wait_for_it() -> None:
    with serving(lambda number, _messages: (503, {"retry-after": "0"}) if number < 2 else (200, {})) as server:
        client = Client(server.url, write_key="key", options=ClientOptions(max_batch=1, linger=0.0, retry=QUICK.retry))
        for name in ("a", "b", "c"):
            client.track(name)

        assert client.close(30) == Delivery(3, 0, {})

    assert server.requests == [["a"], ["a"], ["a"], ["b"], ["c"]]


def test_a_collector_that_is_away_at_first_gets_everything_later(bound: socket.socket) -> None:
    client = Client(f"http://127.0.0.1:{bound.getsockname()[1]}", write_key="key", options=QUICK)
    client.track("a")
    away = client.flush(0.1)
    assert (away.delivered, away.pending) == (0, 1)

    with serving(bound=bound) as server:
        client.track("b")
        assert client.close(30) == Delivery(2, 0, {})

    assert server.taken == ["a", "b"]
    assert client.stats().retries > 0


def test_a_batch_that_is_too_large_is_sent_in_halves() -> None:
    def script(_number: int, messages: list[dict[str, Any]]) -> tuple[int, dict[str, str]]:
        return (413, {}) if len(messages) > 3 or any(message["event"] == "HUGE" for message in messages) else (200, {})

    with serving(script) as server:
        client = Client(server.url, write_key="key", options=ClientOptions(linger=60.0))
        for name in ("a", "b", "c", "HUGE", "d", "e", "f", "g"):
            client.track(name)

        assert client.close(30) == Delivery(7, 0, {"too_large": 1})

    assert server.taken == ["a", "b", "c", "d", "e", "f", "g"]


def test_an_event_loop_gets_through_the_same() -> None:
    async def work(url: str) -> None:
        async with AsyncClient(url, write_key="key", options=QUICK) as client:
            for name in ("a", "b", "c"):
                client.track(name)
            assert await client.flush(30) == Delivery(3, 0, {})

    with serving(lambda number, _messages: (503, {}) if number == 0 else (200, {})) as server:
        asyncio.run(work(server.url))

    assert server.taken == ["a", "b", "c"]
    assert server.connections == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")
def test_a_forked_child_opens_a_connection_of_its_own() -> None:
    with serving() as server:
        client = Client(server.url, write_key="key")
        client.track("parent")
        client.flush()
        child = os.fork()
        if child == 0:
            client.track("child")
            os._exit(0 if client.close() else 1)
        assert os.waitpid(child, 0)[1] == 0
        client.track("parent again")
        assert client.close() == Delivery(2, 0, {})

    assert server.taken == ["parent", "child", "parent again"]
    assert server.connections == 2
