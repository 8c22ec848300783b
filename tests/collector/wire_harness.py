"""One connection of the server without a socket: bytes go in, bytes come out, and time passes when a test says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from footfall.collector import CollectorSettings
from footfall.collector.connections import Address, Connections
from footfall.collector.protocol import GuardedProtocol

Handler = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class Timer:
    """What `call_later` gives back."""

    due: float
    call: Callable[[], object]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Loop:
    """The part of an event loop that the protocol uses, with a clock that stands still."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[..., object], *arguments: object) -> Timer:
        self.timers.append(Timer(self.now + delay, lambda: call(*arguments)))
        return self.timers[-1]

    def create_task(self, coroutine: Coroutine[Any, Any, None], **_: object) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(coroutine)

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer.due <= end and not timer.is_cancelled]:
            timer = min(due, key=lambda each: each.due)
            self.timers.remove(timer)
            self.now = timer.due
            timer.call()
        self.now = end


class Pipe(asyncio.Transport):
    """A transport that keeps what is written. `is_read` says whether the peer reads it."""

    def __init__(self, protocol: GuardedProtocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.written = bytearray()
        self.unread = 0
        self.is_read = True
        self.is_paused = False
        self.is_aborted = False
        self._is_closing = False
        self.is_ended = False

    def write_eof(self) -> None:
        self.is_ended = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data
        if not self.is_read:
            self.unread += len(data)
            if self.unread > 65_536:
                self.protocol.pause_writing()

    def drain(self) -> None:
        self.unread = 0
        self.protocol.resume_writing()

    def get_write_buffer_size(self) -> int:
        return self.unread

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def close(self) -> None:
        self._is_closing = True

    def abort(self) -> None:
        self._is_closing = self.is_aborted = True

    def is_closing(self) -> bool:
        return self._is_closing


@dataclass
class Wire:
    """A connection to a handler; by default one that echoes each request as JSON."""

    settings: CollectorSettings = field(default_factory=CollectorSettings)
    connections: Connections[GuardedProtocol] = field(default_factory=lambda: Connections(100, 100))
    address: Address | None = (4, 1)
    handler: Handler | None = None
    seen_requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.loop = Loop()
        config = uvicorn.Config(
            self.handler or self._echo,
            interface="asgi3",
            lifespan="off",
            ws="none",
            proxy_headers=False,
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_keep_alive=75,
        )
        self.protocol = GuardedProtocol(
            config,
            ServerState(),
            {},
            settings=self.settings,
            connections=self.connections,
            refused=lambda status, code: self.refused.append((status, code)),
            loop=self.loop,  # type: ignore[arg-type]  # as much of one as the protocol uses
        )
        self.pipe = Pipe(self.protocol)
        self.connections.add(self.protocol, self.address)
        self.protocol.connection_made(self.pipe)

    async def send(self, *parts: bytes) -> None:
        """Send parts, each when the server has done all that it can with those before it, and reads again."""
        for part in parts:
            await self.settle()
            if self.is_closing:
                return
            assert not self.pipe.is_paused
            self.protocol.data_received(part)
        await self.settle()

    async def settle(self) -> None:
        """Let every task run until nothing moves any more."""
        quiet = 0
        while quiet < 10:
            before = self._state()
            await asyncio.sleep(0)
            quiet = quiet + 1 if self._state() == before else 0

    def _state(self) -> tuple[int, int, bool]:
        return len(self.pipe.written), len(self.protocol.pipeline), self.pipe.is_paused

    @property
    def is_closing(self) -> bool:
        return self.protocol.transport.is_closing()

    @property
    def statuses(self) -> list[int]:
        answers = bytes(self.pipe.written).split(b"HTTP/1.1 ")[1:]
        return [int(answer[:3]) for answer in answers]

    async def _echo(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            if not message["more_body"]:
                break
        self.seen_requests.append((scope["method"], scope["path"], body))
        await answer(send, json.dumps(len(body)).encode())


async def answer(send: Any, body: bytes = b"{}") -> None:
    """Answer 200."""
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})
