"""Who may keep a connection: limits per address and for all together, and who makes room for a newcomer.

An address has a limit for strangers, who have shown no write key: at it the oldest of them makes room. Senders who are
known are not counted by address, so that any number of them can share one (NAT). When all connections are in use,
strangers make room if they have half of them, else the connection that has rested longest between two requests. Only a
request whose sender is known is never ended, and of those there are no more than may be in work.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from itertools import islice
from typing import Generic, TypeVar

__all__ = ["SPARE", "Address", "Addresses", "Connections", "FullError"]

Address = tuple[int, int]
"""The version of IP, and a number: the whole address of IPv4, the first 64 bits of IPv6."""
SPARE = 50
"""How many connections over the limit of all may linger. The process keeps descriptors for so many."""
_MOST_LINGERING = 1_000
C = TypeVar("C")


class FullError(Exception):
    """No connection can make room: all are at work for senders who are known. It never leaves the server."""


class Addresses:
    """Says under which address a connection is counted. `trusted` are addresses and networks of proxies."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._trusted = tuple(ipaddress.ip_network(network) for network in trusted)

    def of(self, peer: str) -> Address | None:
        """The address to count under; None for a trusted proxy, and for a peer without one (a Unix socket).

        A network of IPv6 is counted as one address (/64): whoever has one host of it has them all.
        """
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return None
        if isinstance(address, ipaddress.IPv6Address):
            address = address.ipv4_mapped or address
        if any(address in network for network in self._trusted):
            return None
        return (4, int(address)) if address.version == 4 else (6, int(address) >> 64)


class Connections(Generic[C]):
    """The open connections: `most` of all, and of each address `most_strangers` that have shown no write key.

    A connection begins as a stranger's. From a right key until its request is answered it is at work, then it rests
    until the next right key. Those that were ended and wait for their senders to read why are beside the limits.
    """

    def __init__(self, most: int, most_strangers: int) -> None:
        self._most = most
        self._most_strangers = most_strangers
        self._addresses: dict[C, Address | None] = {}
        # These are dicts without values, which keep the order of their keys.
        self._strangers_of: dict[Address, dict[C, None]] = {}
        self._strangers: dict[C, None] = {}
        self._resting: dict[C, None] = {}
        self._lingering: dict[C, None] = {}

    def __len__(self) -> int:
        return len(self._addresses)

    def to_end(self, address: Address | None) -> C | None:
        """The connection that must end before one from `address` is added; None when there is room.

        Raises FullError when none can end.
        """
        own = None if address is None else self._strangers_of.get(address)
        if own is not None and len(own) >= self._most_strangers:
            return next(iter(own))
        if len(self._addresses) < self._most:
            return None
        # Few strangers do not fill the connections: they are senders who have just come.
        are_many = 2 * len(self._strangers) >= self._most
        for queue in (self._strangers, self._resting) if are_many else (self._resting, self._strangers):
            if queue:
                return next(iter(queue))
        raise FullError

    def add(self, connection: C, address: Address | None) -> None:
        """Count a connection, as a stranger's. Without an address (see `Addresses.of`) it never makes room."""
        self._addresses[connection] = address
        if address is not None:
            self._strangers_of.setdefault(address, {})[connection] = None
            self._strangers[connection] = None

    def know(self, connection: C) -> None:
        """A request's key is right. The connection is at work."""
        self._resting.pop(connection, None)
        if connection in self._strangers:
            self._forget_stranger(connection)

    def rest(self, connection: C) -> None:
        """All requests were answered. A stranger's connection does not change its place."""
        if self._addresses.get(connection) is not None and connection not in self._strangers:
            self._resting[connection] = None

    def remove(self, connection: C) -> None:
        """The connection is closed. Removing it twice is no error."""
        self.know(connection)
        self._lingering.pop(connection, None)
        self._addresses.pop(connection, None)

    def linger(self, connection: C) -> None:
        """The connection has ended, but for its sender, who may still read why."""
        self.remove(connection)
        self._lingering[connection] = None

    def surplus(self) -> list[C]:
        """Those that linger and must be closed now, the oldest first: they are many, or descriptors few."""
        lingering = len(self._lingering)
        count = max(lingering - _MOST_LINGERING, lingering + len(self._addresses) - self._most - SPARE, 0)
        surplus = list(islice(self._lingering, count))
        for connection in surplus:
            del self._lingering[connection]
        return surplus

    def _forget_stranger(self, connection: C) -> None:
        del self._strangers[connection]
        address = self._addresses[connection]
        if address is not None:
            strangers = self._strangers_of[address]
            del strangers[connection]
            if not strangers:
                del self._strangers_of[address]
