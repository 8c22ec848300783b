"""Cross-sell: what people get together with what, or after it, where that says more than what is most popular."""

from __future__ import annotations

from footfall.analytics.questions.cross_sell.answer import CrossSellPair, CrossSellResult, cross_sell
from footfall.analytics.questions.cross_sell.hit_rate import HitRate
from footfall.analytics.questions.cross_sell.options import CrossSellOptions, cross_sell_options

__all__ = [
    "CrossSellOptions",
    "CrossSellPair",
    "CrossSellResult",
    "HitRate",
    "cross_sell",
    "cross_sell_options",
]
