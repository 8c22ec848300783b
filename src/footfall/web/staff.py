"""Staff: whether a hit is of the team's own people: by their network, or by a cookie that a signed link sets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from footfall.web.proxies import parse_address
from footfall.web.request import WebRequest
from footfall.web.signing import Signer

__all__ = ["STAFF_COOKIE", "StaffMarks"]

STAFF_COOKIE = "ff_staff"
_MARK = "staff"


class StaffMarks:
    """The marks by which a site knows its own people: `networks` of the plan, and the cookie where it allows links."""

    def __init__(self, keys: Sequence[str | bytes], networks: Sequence[str] = (), *, has_link: bool = False) -> None:
        self._signer = Signer(keys, "staff")
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(network) for network in networks]
        self._has_link = has_link
        self._is_inside = lru_cache(4_096)(self._is_in_network)

    @property
    def link(self) -> str | None:
        """What follows `<prefix>/staff/` in the link that marks a browser; None where the plan allows none."""
        return self._signer.sign(_MARK) if self._has_link else None

    def opens(self, signature: str) -> bool:
        """Whether a link with this signature is ours."""
        return self._has_link and self._signer.age(_MARK, signature) is not None

    def marks(self, request: WebRequest) -> bool:
        """Whether a request is of the team's own people."""
        if self._networks and self._is_inside(request.peer):
            return True
        value = request.cookie(STAFF_COOKIE) if self._has_link else None
        return value is not None and self.opens(value)

    def _is_in_network(self, peer: str) -> bool:
        address = parse_address(peer)
        return address is not None and any(address in network for network in self._networks)
