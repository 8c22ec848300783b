"""What a marketer plans: campaigns, by which links they are known, and what they may cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from footfall.plan.model.part import PlanPart

__all__ = ["UTM_FIELDS", "CampaignBudget", "PlannedCampaign", "UtmField"]

UtmField = Literal["name", "source", "medium", "term", "content", "id"]
UTM_FIELDS: Final[tuple[UtmField, ...]] = ("name", "source", "medium", "term", "content", "id")
"""The marks of a link: `name` is `utm_campaign`, each other one `utm_` and its own name."""


class CampaignBudget(msgspec.Struct, frozen=True):
    """What a campaign may cost, in one currency (ISO 4217)."""

    amount: Decimal
    currency: str


class PlannedCampaign(PlanPart, frozen=True, kw_only=True):
    """A campaign. `utm` has the values of a link's marks by which it is known; see `footfall.plan.campaigns`.

    `first_day` and `last_day` are days of the plan's clock, both included, "" where it has no such end. `origins` are
    those (`footfall.web_words.ORIGINS`) by which its visitors are to come; none is any.
    """

    name: str
    owner: str = ""
    description: str = ""
    utm: Mapping[UtmField, tuple[str, ...]]
    first_day: str = ""
    last_day: str = ""
    budget: CampaignBudget | None = None
    origins: tuple[str, ...] = ()
    no_lint: tuple[str, ...] = ()
    x: Mapping[str, Any] = {}
