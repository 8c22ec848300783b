"""Runs an ASGI application under uvicorn, with the bounds on connections and their pace that it leaves open."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator

import uvicorn

from footfall.collector.accept import Acceptor, connection_limit
from footfall.collector.app import App
from footfall.collector.connections import Connections
from footfall.collector.memory import keep_large_blocks_apart
from footfall.collector.protocol import GuardedProtocol
from footfall.collector.settings import CollectorSettings
from footfall.errors import UsageError

__all__ = ["listen", "serve"]

_log = logging.getLogger("footfall")
# How long a thread that judges a large request keeps the interpreter from the event loop, in seconds. Python's own 5 ms
# would be added to every other request several times.
_SWITCH = 0.001
# Longer than the pools of HTTP clients keep an unused connection, so that it is they who close it.
_KEEP_ALIVE = 75
# How long a stopping server waits for the requests that it has begun.
_GRACE = 20
_BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one.

    Raises UsageError when the address cannot be had, and UnicodeEncodeError for a host with half a character.
    """
    host.encode()
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:  # the last of a name that no host can have
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
    refused: Callable[[int, str], None] = lambda _status, _code: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then finish the requests that were begun.

    `ready` is called when it answers, `tick` several times a second, `refused` with the status and the code of each
    request that the application does not see: 400 `malformed`, 408 `timeout`, 431 `head`, 503 `connections` (there is
    no room for it) and `descriptors` (the process has none left). None of them may block.
    """
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
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
    # What was loaded lives as long as the server: no collection needs to look at it again.
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH)
    keep_large_blocks_apart()
    _Server(config, listener, settings=settings, ready=ready, tick=tick, refused=refused).run(sockets=[])


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready, and returns after a signal instead of raising it again."""

    def __init__(
        self,
        config: uvicorn.Config,
        listener: socket.socket,
        *,
        settings: CollectorSettings,
        ready: Callable[[], None],
        tick: Callable[[], None],
        refused: Callable[[int, str], None],
    ) -> None:
        super().__init__(config)
        self._listener = listener
        self._settings = settings
        self._ready = ready
        self._tick = tick
        self._refused = refused
        most = connection_limit(settings.max_connections)
        if most < settings.max_connections:
            _log.warning("only %d connections, by the limit of open files (RLIMIT_NOFILE, ulimit -n)", most)
        self._connections = Connections[GuardedProtocol](most, settings.max_connections_per_address)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._acceptor = Acceptor(
            self._listener,
            self._connection,
            settings=self._settings,
            connections=self._connections,
            refused=self._refused,
        )
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._acceptor.close()
        self._listener.close()
        await super().shutdown(sockets)

    def _connection(self) -> GuardedProtocol:
        return GuardedProtocol(
            self.config,
            self.server_state,
            self.lifespan.state,
            settings=self._settings,
            connections=self._connections,
            refused=self._refused,
        )

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
