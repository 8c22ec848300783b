"""Proxies: the visitor's address behind proxies that the site trusts; what anybody else writes of it is ignored."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from footfall.errors import UsageError

__all__ = ["TrustedProxies", "cut_address"]

_FARTHEST = 32  # addresses that are looked at, from the right

_Address = IPv4Address | IPv6Address


class TrustedProxies:
    """The networks whose `X-Forwarded-For` counts. Raises UsageError for what is no network."""

    def __init__(self, networks: Sequence[str] = ()) -> None:
        self._networks: list[IPv4Network | IPv6Network] = []
        for network in networks:
            try:
                self._networks.append(ip_network(network))
            except ValueError as error:
                raise UsageError(f"trusted_proxies: {error}; write networks, as 10.0.0.0/8") from None

    def peer(self, address: str, forwarded_for: str) -> str:
        """The address of the visitor: the right-most one that is no trusted proxy's; "" where it cannot be known."""
        nearest = _parsed(address)
        if nearest is None or not self._networks:
            return "" if nearest is None else str(nearest)
        visitor = nearest
        for text in [*reversed(forwarded_for.rsplit(",", _FARTHEST)[-_FARTHEST:])] if forwarded_for else ():
            if not self._trusts(visitor):
                break
            following = _parsed(text)
            if following is None:
                break
            visitor = following
        return str(visitor)

    def _trusts(self, address: _Address) -> bool:
        return any(address in network for network in self._networks)


def cut_address(address: str) -> str | None:
    """An address without the part that is of one household: /24 of IPv4, /48 of IPv6; None for what is no address."""
    parsed = _parsed(address)
    if parsed is None:
        return None
    bits = 24 if parsed.version == 4 else 48
    return str(ip_network((parsed.packed, bits), strict=False).network_address)


def _parsed(text: str) -> _Address | None:
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]  # with a port, perhaps
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
