"""Folders with a few visits of a shop, for commands that ask about persons."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from footfall import Client
from footfall.collector import Collector
from footfall.delivery import InProcessTransport

__all__ = ["ANN_RETURNS", "TO_THE_CART", "visited"]

ANN_RETURNS = (("ann", "/", "01T12:00"), ("ann", "/", "02T12:00"), ("bob", "/", "01T12:00"))
"""Ann comes on two days, Bob on the first alone."""

TO_THE_CART = (
    ("ann", "/", "01T10:00"), ("ann", "/cart", "01T10:01"), ("bob", "/", "01T12:10"), ("ann", "/pay", "02T10:00"),
)  # fmt: skip
"""Ann and Bob see the shop; only Ann goes on to the cart, and comes back to pay on the next day."""


def visited(folder: Path, visits: Iterable[tuple[str, str, str]]) -> Path:
    """The folder with a page view for each person, page and time of November 2026."""
    with Collector(folder) as collector, Client(InProcessTransport(collector)) as client:
        for person, page, time in visits:
            client.page(page, {}, user_id=person, timestamp=f"2026-11-{time}:00Z")
    return folder
