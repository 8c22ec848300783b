"""Rules about campaigns: marks that look like a misspelling of another one's, and links that are of two campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from footfall.plan.campaigns import normal_utm
from footfall.plan.misspelling import is_misspelt
from footfall.plan.model import PlannedCampaign
from footfall.planning.lint.rule import Finding, LintRule, View

__all__ = ["ROWS"]


def _misspelt(view: View) -> Iterator[Finding]:
    for later, earlier in ((other, campaign) for campaign, other in combinations(view.plan.campaigns.values(), 2)):
        for field, texts in later.utm.items():
            for text in texts:
                like = next((other for other in earlier.utm.get(field, ()) if is_misspelt(text, other)), None)
                if like is not None and text not in earlier.utm[field]:
                    yield Finding(
                        path=("campaigns", later.name),
                        message=f"its utm {field} {text!r} is almost {like!r} of {earlier.name}",
                        key="utm",
                    )


def _shared(view: View) -> Iterator[Finding]:
    for earlier, later in combinations(view.plan.campaigns.values(), 2):
        if _takes_same_links(earlier, later) and _overlaps(earlier, later):
            message = f"a link may be of it and of {earlier.name}, and counts for {earlier.name} alone"
            yield Finding(path=("campaigns", later.name), message=message, key="utm")


def _takes_same_links(campaign: PlannedCampaign, other: PlannedCampaign) -> bool:
    """Whether some link has the marks of both, and nothing says whose it is rather."""
    if len(campaign.utm) != len(other.utm):
        return False  # that which names more fields comes first
    sets = ({field: set(map(normal_utm, texts)) for field, texts in each.utm.items()} for each in (campaign, other))
    first, second = sets
    return all(not first[field].isdisjoint(second[field]) for field in first.keys() & second.keys())


def _overlaps(campaign: PlannedCampaign, other: PlannedCampaign) -> bool:
    return all(
        not first.first_day or not second.last_day or first.first_day <= second.last_day
        for first, second in ((campaign, other), (other, campaign))
    )


ROWS: Final = (
    LintRule(
        name="misspelt_utm", level="warning", judge=_misspelt,
        reason="Two spellings of one mark split a campaign's visits, and its conversions, in two.",
        fix="write it the same way, or list both under one campaign",
    ),
    LintRule(
        name="campaigns_share_links", level="warning", judge=_shared,
        reason="A visit is of one campaign; where two are known by the same marks, one of them gets all.",
        fix="name a field in which they differ, or days that do not overlap",
    ),
)  # fmt: skip
