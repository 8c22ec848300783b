"""Attribution: to which campaigns and origins the conversions of persons are credited."""

from __future__ import annotations

from footfall.analytics.questions.attribution.answer import (
    AttributionResult,
    AttributionRow,
    CampaignReturn,
    Credit,
    attribution,
)
from footfall.analytics.questions.attribution.options import AttributionOptions, attribution_options

__all__ = [
    "AttributionOptions",
    "AttributionResult",
    "AttributionRow",
    "CampaignReturn",
    "Credit",
    "attribution",
    "attribution_options",
]
