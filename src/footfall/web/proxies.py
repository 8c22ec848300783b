"""Proxies: the visitor's address behind proxies that the site trusts; what anybody else writes of it is ignored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from footfall.errors import UsageError
from footfall.web.request import WebRequest

__all__ = ["UNIX", "TrustedProxies", "cut_address", "parse_address", "plain_address"]

UNIX = "unix"
_FARTHEST = 32  # addresses that are looked at, from the right

_Address = IPv4Address | IPv6Address


class TrustedProxies:
    """The networks whose `X-Forwarded-*` headers count; `unix` means proxies that come by a Unix socket.

    Raises UsageError for what is neither.
    """

    def __init__(self, networks: Sequence[str] = ()) -> None:
        self._trusts_unix = UNIX in networks
        self._networks: list[IPv4Network | IPv6Network] = []
        for network in networks:
            if network == UNIX:
                continue
            try:
                self._networks.append(ip_network(network))
            except ValueError as error:
                raise UsageError(f"trusted_proxies: {error}; write networks, as 10.0.0.0/8, or {UNIX}") from None

    def resolve(self, request: WebRequest) -> WebRequest:
        """The request as the visitor made it: its address, scheme and host, as trusted proxies say.

        The visitor is the right-most address that is no trusted proxy's: whoever calls may write what is before it.
        """
        peer = parse_address(request.peer)
        if not (self._trusts_unix if peer is None else self._trusts(peer)):
            return request
        headers = request.headers
        for text in reversed(headers.get("x-forwarded-for", "").rsplit(",", _FARTHEST)[-_FARTHEST:]):
            following = parse_address(text)
            if following is None:
                break
            peer = following
            if not self._trusts(peer):
                break
        scheme = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        host = headers.get("x-forwarded-host", "").rpartition(",")[2].strip()
        return msgspec.structs.replace(
            request,
            peer=request.peer if peer is None else str(peer),
            scheme=scheme if scheme in ("http", "https") else request.scheme,
            host=host or request.host,
        )

    def _trusts(self, address: _Address) -> bool:
        return any(address in network for network in self._networks)


@lru_cache(4_096)
def cut_address(address: str) -> str | None:
    """An address without the part that is of one household: /24 of IPv4, /48 of IPv6; None for what is no address."""
    parsed = parse_address(address)
    if parsed is None:
        return None
    bits = 24 if parsed.version == 4 else 48
    return str(ip_network((parsed.packed, bits), strict=False).network_address)


@lru_cache(4_096)
def plain_address(address: str) -> str | None:
    """An address as databases have it, IPv4 for one that is mapped into IPv6; None for what is no address."""
    parsed = parse_address(address)
    return None if parsed is None else str(parsed)


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a text, which may have a port, brackets or a zone; None for anything else."""
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
