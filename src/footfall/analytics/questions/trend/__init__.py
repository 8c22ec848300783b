"""Trend: a figure in one period of the plan's clock after another, and whether it is unusual."""

from __future__ import annotations

from footfall.analytics.questions.trend.answer import TrendPoint, TrendResult, TrendSeries, trend
from footfall.analytics.questions.trend.options import TrendOptions, trend_options

__all__ = ["TrendOptions", "TrendPoint", "TrendResult", "TrendSeries", "trend", "trend_options"]
