"""Uncounted hits: what web integrations and imports of logs left out, by reason; a report of them counts once.

A report says how many hits of each reason there were so far, since its id began. So a report that comes twice, or after
a later one, adds nothing, and one that was lost is in the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["REPEAT_DAYS", "UncountedCount", "UncountedReport", "increase"]

REPEAT_DAYS = 30
"""For so many days after its last report an id is remembered, unless its reports are lasting."""


class UncountedReport(NamedTuple):
    """How many hits of each reason there were so far. `source` is the name of a line of the books, `day` is of UTC.

    A lasting report is remembered for good: the file that it is of may be imported again at any time.
    """

    source: str
    id: str
    day: str
    counts: Mapping[str, int]
    is_lasting: bool = False


class UncountedCount(NamedTuple):
    """How many hits of a source were left out for a reason on a day (`2026-11-30`, of UTC)."""

    day: str
    source: str
    reason: str
    number: int


def increase(before: Mapping[str, int], report: UncountedReport) -> Mapping[str, int]:
    """By how much a report exceeds those `before` of its id, by reason; reasons without an increase are left out."""
    more = {reason: number - before.get(reason, 0) for reason, number in report.counts.items()}
    return {reason: number for reason, number in more.items() if number > 0}
