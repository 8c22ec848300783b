"""Funnel: of those who had one step, who had the next ones, by any of the rules that are asked for."""

from __future__ import annotations

from footfall.analytics.questions.funnel.answer import funnel
from footfall.analytics.questions.funnel.like import funnel_like
from footfall.analytics.questions.funnel.options import (
    FunnelBreakdown,
    FunnelExclusion,
    FunnelOptions,
    FunnelStep,
    funnel_options,
)
from footfall.analytics.questions.funnel.results import FunnelResult, FunnelStepResult, FunnelValue

__all__ = [
    "FunnelBreakdown",
    "FunnelExclusion",
    "FunnelOptions",
    "FunnelResult",
    "FunnelStep",
    "FunnelStepResult",
    "FunnelValue",
    "funnel",
    "funnel_like",
    "funnel_options",
]
