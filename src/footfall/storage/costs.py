"""Costs of campaigns, by day, as an advertiser's bill or export has them; kept in the control store."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

__all__ = ["CampaignCost", "CostChanges", "Costs"]


class CampaignCost(NamedTuple):
    """What a campaign cost on a day (`2026-11-30`) in one currency (ISO 4217).

    `source` tells several bills for one campaign apart, "" for none. `clicks` and `impressions` are None where the
    file does not say. `file` is the name of the file that it was last read from, `imported_at` when (microseconds since
    1970 UTC).
    """

    day: str
    campaign: str
    source: str
    currency: str
    cost: Decimal
    clicks: int | None
    impressions: int | None
    file: str
    imported_at: int

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What there is one of: a later import of the same takes its place."""
        return self[:4]

    @property
    def contents(self) -> tuple[Decimal, int | None, int | None]:
        """What a later import may change."""
        return self.cost, self.clicks, self.impressions


class CostChanges(NamedTuple):
    """How many costs an import brought: new ones, others than before, and the same as before."""

    new: int
    changed: int
    unchanged: int


class Costs(Protocol):
    """The costs that were imported. Every method raises JournalError when the disk fails."""

    def put(self, costs: Sequence[CampaignCost]) -> CostChanges:
        """Keep all of these, or none where it fails. One of the same day, campaign, source and currency is replaced."""
        ...

    def all(self) -> list[CampaignCost]:
        """All of them by day, campaign, source and currency."""
        ...
