"""Accepts connections, as many as there may be: a process must never lack a file descriptor for want of a limit."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections.abc import Callable

from footfall.collector.connections import SPARE, Addresses, Connections, FullError
from footfall.collector.protocol import GuardedProtocol
from footfall.collector.settings import CollectorSettings

__all__ = ["Acceptor", "connection_limit", "share_files"]

# Descriptors that no open connection gets: for the journal and the files of the data folder, for the connections that
# are accepted before those that make room for them are closed, and for those that linger.
_RESERVE = 50 + SPARE
# The connections that are accepted before the loop does other work.
_AT_ONCE = 16
# What accepting fails with when the process, or the machine, has no descriptor or no memory for it.
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PAUSE = 1.0


def connection_limit(most: int) -> int:
    """How many connections the process can have, at most `most`; raises its limit of open files if it may."""
    # Loaded late: Windows has no such module, and a collector says there in one line that it cannot run.
    import resource

    bounds = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft, hard = (sys.maxsize if bound == resource.RLIM_INFINITY else bound for bound in bounds)
    files, connections = share_files(most, soft, hard)
    if files > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, bounds[1]))
    return connections


def share_files(most: int, soft: int, hard: int) -> tuple[int, int]:
    """The limit of open files to have, from what it is and what it can be; and how many connections it leaves room for.

    It is never lowered. When it is very small, the connections get half of it.
    """
    files = max(soft, min(hard, most + _RESERVE))
    return files, max(1, min(most, files - min(_RESERVE, files // 2)))


class Acceptor:
    """Accepts on a listening socket, in the running event loop, until it is closed."""

    def __init__(
        self,
        listener: socket.socket,
        connect: Callable[[], GuardedProtocol],
        *,
        settings: CollectorSettings,
        connections: Connections[GuardedProtocol],
        refused: Callable[[int, str], None],
    ) -> None:
        self._listener = listener
        self._connect = connect
        self._addresses = Addresses(settings.trusted_proxies)
        self._connections = connections
        self._refused = refused
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        listener.setblocking(False)
        self._resume()

    def close(self) -> None:
        """Accept no more. The listener stays open."""
        self._loop.remove_reader(self._listener)
        if self._pause is not None:
            self._pause.cancel()

    def _resume(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                accepted, peer = self._listener.accept()
            except OSError as error:
                if error.errno not in _EXHAUSTED:
                    return  # there is none, or it went away meanwhile
                # The listener stays readable: trying again at once would do nothing else.
                self._refused(503, "descriptors")
                self._loop.remove_reader(self._listener)
                self._pause = self._loop.call_later(_PAUSE, self._resume)
                return
            self._admit(accepted, peer[0] if isinstance(peer, tuple) else "")

    def _admit(self, accepted: socket.socket, host: str) -> None:
        accepted.setblocking(False)
        address = self._addresses.of(host)
        protocol = self._connect()
        try:
            before = self._connections.to_end(address)
        except FullError:
            protocol.displace()
        else:
            if before is not None:
                before.displace()
            self._connections.add(protocol, address)
            protocol.leave_surplus(self._connections)
        task = self._loop.create_task(self._open(protocol, accepted))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, protocol: GuardedProtocol, accepted: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: protocol, accepted)
        except OSError:  # it went away meanwhile
            self._connections.remove(protocol)
            accepted.close()
