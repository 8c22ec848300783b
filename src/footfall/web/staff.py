"""Staff: whether a hit is of the team's own people: by their network, or by a cookie that a signed link sets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from footfall.web.proxies import parse_address
from footfall.web.request import WebRequest
from footfall.web.signing import Signer

__all__ = ["STAFF_COOKIE", "StaffMarks", "StaffNetworks"]

STAFF_COOKIE = "ff_staff"
_MARK = "staff"


class StaffNetworks:
    """The networks of the team's own people, as the plan has them; an address is in one of them, or is not."""

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(network) for network in networks]
        self._is_inside = lru_cache(4_096)(self._look)

    def __contains__(self, address: str) -> bool:
        return bool(self._networks) and self._is_inside(address)

    def _look(self, text: str) -> bool:
        address = parse_address(text)
        return address is not None and any(address in network for network in self._networks)


class StaffMarks:
    """The marks by which a site knows its own people: `networks` of the plan, and the cookie where it allows links."""

    def __init__(self, keys: Sequence[str | bytes], networks: Sequence[str] = (), *, has_link: bool = False) -> None:
        self._signer = Signer(keys, "staff")
        self._networks = StaffNetworks(networks)
        self._has_link = has_link
        self._marks_nobody = not (networks or has_link)

    @property
    def link(self) -> str | None:
        """What follows `<prefix>/staff/` in the link that marks a browser; None where the plan allows none."""
        return self._signer.sign(_MARK) if self._has_link else None

    def opens(self, signature: str) -> bool:
        """Whether a link with this signature is ours."""
        return self._has_link and self._signer.age(_MARK, signature) is not None

    def marks(self, request: WebRequest) -> bool:
        """Whether a request is of the team's own people."""
        if self._marks_nobody:
            return False
        if request.peer in self._networks:
            return True
        value = request.cookie(STAFF_COOKIE) if self._has_link else None
        return value is not None and self.opens(value)
