"""Which campaign of the plan a link is of, by the marks on it; pure.

A link is of a campaign where each field that the campaign names has one of its values. Upper and lower case and white
space do not count. Where several fit, the ones that are in their days come first, then the one that names more
fields, then the one that comes first in the plan.
"""

from __future__ import annotations

from collections.abc import Mapping

from footfall.plan.model import PlannedCampaign

__all__ = ["CampaignIndex", "normal_utm"]


def normal_utm(text: str) -> str:
    """A value as it is compared."""
    return " ".join(text.split()).casefold()


class CampaignIndex:
    """The campaigns of a plan, to be looked up by marks."""

    def __init__(self, campaigns: Mapping[str, PlannedCampaign]) -> None:
        ordered = sorted(campaigns.values(), key=lambda campaign: -len(campaign.utm))
        self._campaigns = campaigns
        self._values = [
            (campaign, {field: frozenset(map(normal_utm, texts)) for field, texts in campaign.utm.items()})
            for campaign in ordered
        ]

    def candidates(self, marks: Mapping[str, str | None]) -> tuple[PlannedCampaign, ...]:
        """The campaigns that a link with these marks (`name`, `source`, …) may be of, the likeliest first."""
        values = {field: normal_utm(text) for field, text in marks.items() if text is not None}
        return tuple(
            campaign
            for campaign, by_field in self._values
            if all(values.get(field) in texts for field, texts in by_field.items())
        )

    def named(self, text: str) -> PlannedCampaign | None:
        """The campaign with this name in the plan, else the first one that this `utm_campaign` may be of."""
        by_name = {normal_utm(name): campaign for name, campaign in self._campaigns.items()}
        by_link = (
            campaign for campaign, by_field in self._values if normal_utm(text) in by_field.get("name", frozenset())
        )
        return by_name.get(normal_utm(text)) or next(by_link, None)
