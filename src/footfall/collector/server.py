"""Runs an ASGI application under uvicorn, with the bounds on the head and the pace of a request that it leaves open."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any, Literal

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from footfall.collector.app import App
from footfall.collector.settings import CollectorSettings
from footfall.errors import UsageError

__all__ = ["listen", "serve"]

# Longer than the pools of HTTP clients keep an unused connection, so that it is they who close it.
_KEEP_ALIVE = 75
# How long a stopping server waits for the requests that it has begun.
_GRACE = 20
_BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises UsageError when the address cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        by_number = isinstance(error, OSError) and not isinstance(error, socket.gaierror) and error.errno
        reason = os.strerror(by_number) if by_number else str(error)
        raise UsageError(f"cannot listen on {host}:{port} ({reason}); choose another --host or --port") from error


def serve(
    app: App,
    listener: socket.socket,
    *,
    settings: CollectorSettings,
    ready: Callable[[], None],
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then finish the requests that were begun.

    `ready` is called when it answers, `tick` several times a second; neither may block.
    """
    config = uvicorn.Config(
        app,
        http=_protocol(settings),
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
    )
    _Server(config, ready, tick).run(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it is ready, and returns after a signal instead of raising it again."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], tick: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._tick = tick

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        self._tick()
        return await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()


def _protocol(settings: CollectorSettings) -> type[asyncio.Protocol]:
    class Guarded(_GuardedProtocol):
        limits = settings

    return Guarded


class _GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with a deadline for the head of a request, one for its body, and a limit on its head."""

    limits: CollectorSettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stage: Literal["idle", "head", "body"] = "idle"
        self._deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._field_bytes = 0
        self._refusal = 400

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._enter("head", self.limits.header_timeout)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._stage == "idle":
            self._enter("head", self.limits.header_timeout)
        if self._stage == "head":
            self._head_bytes += len(data)
        super().data_received(data)
        if self._stage == "head" and self._head_bytes > self.limits.max_header_bytes:
            self._refuse(431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._field_bytes = 0
        if self._stage != "head":  # a request that came together with the one before it
            self._enter("head", self.limits.header_timeout)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._field_bytes += len(name) + len(value)
        if self._field_bytes > self.limits.max_header_bytes:
            self._refusal = 431
            raise ValueError("the head is too long")  # the parser hands this back as an error of its own

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._enter("body", self.limits.body_timeout)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._disarm()
        self._stage = "idle"

    def send_400_response(self, msg: str) -> None:
        if self._refusal == 400:
            super().send_400_response(msg)
        else:
            self._refuse(self._refusal)

    def _enter(self, stage: Literal["head", "body"], seconds: float) -> None:
        self._disarm()
        self._stage = stage
        self._head_bytes = 0
        self._deadline = self.loop.call_later(seconds, self._refuse, 408)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int) -> None:
        self._disarm()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            head = STATUS_LINE[status] + b"connection: close\r\ncontent-length: 0\r\n\r\n"
            self.transport.write(head)
        self.transport.close()
