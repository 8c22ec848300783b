"""Attribution: to which campaigns and origins the conversions of persons are credited."""

from __future__ import annotations

from footfall.analytics.questions.attribution.answer import AttributionResult, AttributionRow, Credit, attribution
from footfall.analytics.questions.attribution.options import AttributionOptions, attribution_options

__all__ = [
    "AttributionOptions",
    "AttributionResult",
    "AttributionRow",
    "Credit",
    "attribution",
    "attribution_options",
]
