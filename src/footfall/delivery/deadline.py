"""Deadline: one end for a whole HTTP request, however slowly its parts come; httpx has one for each wait alone.

A `Deadline` is a number of seconds, as httpx takes for a timeout, that knows when they are over. httpx and httpcore
hand it on, as it is, to each connect, write and read, where the network of this module asks it how much is left.
Only the search for a host's name takes as long as the machine's resolver takes: no thread can be called back from it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any, Self

import httpcore
import httpx

__all__ = ["BoundedHttp", "Deadline"]

_PIECE = 16_384


class Deadline(float):
    """Seconds for all of a request, counted from when this is made by `now`."""

    def __new__(cls, seconds: float, _now: Callable[[], float]) -> Self:
        return super().__new__(cls, seconds)

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._now = now
        self._end = now() + seconds

    def remaining(self) -> float:
        """Seconds that are left; 0 or less when they are over."""
        return self._end - self._now()


def _remaining(timeout: float | None, error: type[Exception]) -> float | None:
    """What a wait may take. Raises `error` when it may take nothing any more."""
    if not isinstance(timeout, Deadline):
        return timeout
    if (remaining := timeout.remaining()) <= 0:
        raise error("the request took too long")
    return remaining


class BoundedHttp(httpx.HTTPTransport):
    """httpx's own transport, over a network that keeps deadlines."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # httpx takes no network as an argument. Without this attribute its own timeouts apply, to each wait alone.
        if hasattr(self._pool, "_network_backend"):
            self._pool._network_backend = _Network(httpcore.SyncBackend())  # noqa: SLF001 - see above


class _Network(httpcore.NetworkBackend):
    def __init__(self, network: httpcore.NetworkBackend) -> None:
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _addresses(host, port)
        for address in addresses:
            remaining = _remaining(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(self._network.connect_tcp(address, port, remaining, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        raise httpcore.ConnectError("the host has no address")

    def sleep(self, seconds: float) -> None:
        self._network.sleep(seconds)


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host: tried one by one, each with what is left."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _remaining(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In pieces: the stream below waits anew whenever the other side has read a little.
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], _remaining(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        remaining = _remaining(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, remaining))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
