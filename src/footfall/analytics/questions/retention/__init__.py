"""Retention: of those who did one thing, who did another one again in the periods after it."""

from __future__ import annotations

from footfall.analytics.questions.retention.answer import RetentionCell, RetentionCohort, RetentionResult, retention
from footfall.analytics.questions.retention.like import retention_like
from footfall.analytics.questions.retention.options import RetentionBracket, RetentionOptions, brackets_of

__all__ = [
    "RetentionBracket",
    "RetentionCell",
    "RetentionCohort",
    "RetentionOptions",
    "RetentionResult",
    "brackets_of",
    "retention",
    "retention_like",
]
