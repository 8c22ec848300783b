"""Kinds of persons found by what they do: chosen by stability, looked for again in a later period, written as rules."""

from __future__ import annotations

from footfall.analytics.questions.discover.answer import DiscoverResult, FoundSegment, discover
from footfall.analytics.questions.discover.options import DiscoverOptions

__all__ = ["DiscoverOptions", "DiscoverResult", "FoundSegment", "discover"]
