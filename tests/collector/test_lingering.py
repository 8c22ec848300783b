"""A sender that is refused while it sends can read its refusal, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from uvicorn.server import ServerState

from footfall.collector import CollectorSettings
from footfall.collector.accept import Acceptor
from footfall.collector.connections import Connections
from footfall.collector.protocol import GuardedProtocol
from footfall.collector.server import listen

uvloop = pytest.importorskip("uvloop")
HEAD = b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


async def refuse(scope: object, receive: object, send: Callable[[object], Awaitable[None]]) -> None:
    fields = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 401, "headers": fields})
    await send({"type": "http.response.body"})


async def statuses_of(sent: bytes, connections: Connections[GuardedProtocol], count: int) -> list[bytes]:
    """Send the same over many connections, all of it before anything is read."""
    listener, settings = listen("127.0.0.1", 0), CollectorSettings()
    config = uvicorn.Config(refuse, interface="asgi3", log_config=None, log_level="error", ws="none")

    protocols: list[GuardedProtocol] = []

    def protocol() -> GuardedProtocol:
        protocols.append(
            GuardedProtocol(
                config, ServerState(), {}, settings=settings, connections=connections, refused=lambda *_: None
            )
        )
        return protocols[-1]

    acceptor = Acceptor(listener, protocol, settings=settings, connections=connections, refused=lambda *_: None)

    async def post() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.getsockname()[1])
        for start in range(0, len(sent), 65_536):
            writer.write(sent[start : start + 65_536])
            await writer.drain()
        status = await reader.read()
        writer.close()
        await writer.wait_closed()
        return status[9:12]

    try:
        return await asyncio.gather(*(post() for _ in range(count)))
    finally:
        acceptor.close()
        listener.close()
        for each in protocols:
            each.transport.abort()
        for _ in range(10):  # until each has been told
            await asyncio.sleep(0)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("size", [2, 3_000_000])
@pytest.mark.parametrize(("most", "status"), [(0, b"503"), (100, b"401")])
def test_a_sender_that_is_refused_can_send_all_and_then_read_why(
    loop: Callable[[], asyncio.AbstractEventLoop], size: int, most: int, status: bytes
) -> None:
    sent = HEAD % size + b" " * size
    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(statuses_of(sent, Connections(most, 100), 20)) == [status] * 20
