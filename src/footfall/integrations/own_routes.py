"""Own routes: the few paths that footfall answers itself, below the site's prefix; a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from footfall.integrations.hit import Hit
from footfall.web.capture import GPC_PATH

__all__ = ["OWN_ROUTES", "OwnResponse", "OwnRoute"]


class OwnResponse(msgspec.Struct, frozen=True):
    """A whole response of footfall's own."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


OwnRoute = Callable[[Hit], OwnResponse | None]
"""Answers a hit on one of our paths; None leaves it to the application."""


def _gpc(_hit: Hit) -> OwnResponse:
    return OwnResponse(200, (("Content-Type", "application/json"),), b'{"gpc":true,"lastUpdate":"2026-11-30"}')


OWN_ROUTES: Mapping[str, OwnRoute] = {
    GPC_PATH: _gpc,
}
"""By the first name below the prefix, or by a whole path outside of it."""
