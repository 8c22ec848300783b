"""What campaigns cost, by the labels of their touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from footfall.analytics.figures import aggregate
from footfall.analytics.question import ReportContext
from footfall.analytics.touch_labels import TouchLabel
from footfall.analytics.window import midnight
from footfall.plan.campaigns import CampaignIndex, normal_utm
from footfall.storage.costs import CampaignCost

__all__ = ["SummedCost", "added_costs", "costs_by_label"]


class SummedCost(msgspec.Struct, frozen=True):
    """Costs in one currency; `clicks` and `impressions` are None where no cost says how many there were."""

    cost: Decimal
    clicks: int | None
    impressions: int | None

    @classmethod
    def of(cls, costs: Collection[CampaignCost | SummedCost]) -> SummedCost:
        """The sum of some, exactly."""
        amounts: dict[Decimal, int] = defaultdict(int)
        for cost in costs:
            amounts[cost.cost] += 1
        clicks, impressions = (
            [number for cost in costs if (number := getattr(cost, name)) is not None]
            for name in ("clicks", "impressions")
        )
        total = aggregate("sum", amounts, len(costs)).value or Decimal(0)
        return cls(total, sum(clicks) if clicks else None, sum(impressions) if impressions else None)


def costs_by_label(
    context: ReportContext, labels: Collection[TouchLabel]
) -> dict[TouchLabel, Mapping[str, SummedCost]]:
    """The costs of days that begin in the window, by label and currency.

    A cost is of the campaign of the plan that it names, by its name or its `utm_campaign`, else of the label with its
    name; where there is none it gets one.
    """
    index = CampaignIndex(context.plan.campaigns)
    others = {normal_utm(label.text): label for label in sorted(labels, key=lambda label: label.text, reverse=True)
              if not label.is_planned and label.text}  # fmt: skip
    groups: dict[TouchLabel, dict[str, list[CampaignCost]]] = defaultdict(lambda: defaultdict(list))
    since, until = context.span.since, context.span.until
    for cost in context.costs:
        begin = midnight(date.fromisoformat(cost.day), context.plan.timezone)
        if (since is not None and begin < since) or (until is not None and begin >= until):
            continue
        campaign = index.named(cost.campaign)
        if campaign is not None:
            label = TouchLabel(campaign.name, is_planned=True)
        else:
            label = others.get(normal_utm(cost.campaign), TouchLabel(cost.campaign))
        groups[label][cost.currency].append(cost)
    return {
        label: {currency: SummedCost.of(costs) for currency, costs in sorted(each.items())}
        for label, each in groups.items()
    }


def added_costs(costs: Iterable[Mapping[str, SummedCost]]) -> Mapping[str, SummedCost]:
    """The costs of several labels, by currency."""
    groups: dict[str, list[SummedCost]] = defaultdict(list)
    for each in costs:
        for currency, cost in each.items():
            groups[currency].append(cost)
    return {currency: SummedCost.of(group) for currency, group in sorted(groups.items())}
