"""Who may hold a connection: limits for an address and for all together, and who makes room for a newcomer.

At a limit a newcomer is not turned away: a connection that has shown no write key ends instead, the oldest first, and
after those the one that has rested longest between two requests. So strangers who hold connections open keep nobody
out, and many senders behind one address (NAT) share it. Only a request whose sender is known is never ended.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Generic, TypeVar

__all__ = ["Address", "Addresses", "Connections", "FullError"]

Address = tuple[int, int]
"""The version of IP, and a number: the whole address of IPv4, the first 64 bits of IPv6."""
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


class _Group(Generic[C]):
    """Connections that may have to end: of one address, or of all.

    The queues are dicts without values, which keep the order of their keys. `size` counts those of an address.
    """

    def __init__(self) -> None:
        self.size = 0
        self.strangers: dict[C, None] = {}
        self.resting: dict[C, None] = {}


class Connections(Generic[C]):
    """The open connections. `most` of all; `most_of_address` of each address that is counted.

    A connection begins as a stranger's. Once a right key came over it, it is at work or at rest, until it is removed.
    """

    def __init__(self, most: int, most_of_address: int) -> None:
        self._most = most
        self._most_of_address = most_of_address
        self._addresses: dict[C, Address | None] = {}
        self._groups: dict[Address, _Group[C]] = {}
        self._all: _Group[C] = _Group()

    def __len__(self) -> int:
        return len(self._addresses)

    def to_end(self, address: Address | None) -> C | None:
        """The connection that must end before one from `address` is added; None when there is room.

        Raises FullError when none can end.
        """
        own = None if address is None else self._groups.get(address)
        if own is not None and own.size >= self._most_of_address:
            group = own
        elif len(self._addresses) >= self._most:
            group = self._all
        else:
            return None
        for queue in (group.strangers, group.resting):
            if queue:
                return next(iter(queue))
        raise FullError

    def add(self, connection: C, address: Address | None) -> None:
        """Count a connection, as a stranger's. Without an address (see `Addresses.of`) it never makes room."""
        self._addresses[connection] = address
        if address is not None:
            self._groups.setdefault(address, _Group()).size += 1
        for group in self._groups_of(connection):
            group.strangers[connection] = None

    def know(self, connection: C) -> None:
        """The sender's key is right. The connection is at work."""
        for group in self._groups_of(connection):
            group.strangers.pop(connection, None)

    def rest(self, connection: C) -> None:
        """All requests were answered. A stranger's connection does not change its place."""
        for group in self._groups_of(connection):
            if connection not in group.strangers:
                group.resting[connection] = None

    def work(self, connection: C) -> None:
        """A request begins."""
        for group in self._groups_of(connection):
            group.resting.pop(connection, None)

    def remove(self, connection: C) -> None:
        """The connection is closed. Removing it twice is no error."""
        for group in self._groups_of(connection):
            group.strangers.pop(connection, None)
            group.resting.pop(connection, None)
        address = self._addresses.pop(connection, None)
        if address is not None:
            group = self._groups[address]
            group.size -= 1
            if not group.size:
                del self._groups[address]

    def _groups_of(self, connection: C) -> tuple[_Group[C], ...]:
        address = self._addresses.get(connection)
        return () if address is None else (self._groups[address], self._all)
