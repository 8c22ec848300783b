"""The costs of campaigns in the control store of a data folder."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from footfall.storage.costs import CampaignCost, CostChanges, Costs
from footfall.storage.sqlite.control_database import WITH_COSTS, ControlDatabase

__all__ = ["SqliteCosts"]

_COLUMNS = ", ".join(CampaignCost._fields)
_ALL = f"SELECT {_COLUMNS} FROM costs ORDER BY day, campaign, source, currency"  # noqa: S608 - our own names
_PUT = f"INSERT OR REPLACE INTO costs ({_COLUMNS}) VALUES ({', '.join('?' * len(CampaignCost._fields))})"  # noqa: S608 - as above


class SqliteCosts(Costs):
    """Costs in a SQLite database. See ControlDatabase."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._database = ControlDatabase(path, readonly=readonly)

    def put(self, costs: Sequence[CampaignCost]) -> CostChanges:
        """See Costs."""
        with self._database.writing("the costs cannot be kept") as connection:
            before = {cost.key: cost.contents for cost in map(_cost, connection.execute(_ALL))}
            fresh = [cost for cost in costs if before.get(cost.key) != cost.contents]
            connection.executemany(_PUT, [cost._replace(cost=str(cost.cost)) for cost in fresh])  # type: ignore[arg-type]  # as it is stored
            changed = sum(cost.key in before for cost in fresh)
        return CostChanges(len(fresh) - changed, changed, len(costs) - len(fresh))

    def all(self) -> list[CampaignCost]:
        """See Costs."""
        return [_cost(line) for line in self._database.read(_ALL, "the costs", since=WITH_COSTS)]


def _cost(line: tuple[object, ...]) -> CampaignCost:
    cost = CampaignCost(*line)  # type: ignore[arg-type]  # of the columns above
    return cost._replace(cost=Decimal(cost.cost))
