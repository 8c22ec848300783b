"""What is asked of a search for kinds of persons, and what it takes to be taken for one."""

from __future__ import annotations

from typing import Final

import msgspec

__all__ = [
    "BOOTSTRAPS", "FEWEST_PERSONS", "LEAST_AGREEMENT", "LEAST_SHARE", "LEAST_STABILITY", "MOST_EVENTS", "MOST_KINDS",
    "SEED", "DiscoverOptions",
]  # fmt: skip

FEWEST_PERSONS: Final = 300
"""Of fewer persons in a period no kinds are looked for."""
MOST_KINDS: Final = 6
MOST_EVENTS: Final = 12
"""Of the events that the most persons had, so many are looked at."""
BOOTSTRAPS: Final = 10
LEAST_STABILITY: Final = 0.8
"""The least mean agreement (adjusted Rand index) of kinds found in samples of the persons, drawn with replacement."""
LEAST_SHARE: Final = 0.03
"""Of all persons, for each kind."""
LEAST_AGREEMENT: Final = 0.6
"""The least agreement (persons in both divided by persons in either) of a kind with itself later, and with its rule."""
SEED: Final = 20_260
"""Of all draws, so that the same data has the same kinds."""


class DiscoverOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How long each of the two periods is, in days: the later one ends with the window, the earlier one before it."""

    days: int = 28
