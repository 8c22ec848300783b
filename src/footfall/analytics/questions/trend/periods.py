"""The periods of a trend: those of its window, as far as there is data."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from footfall.analytics.local_periods import LocalPeriods, Per
from footfall.analytics.question import ReportContext
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.timestamps import LATEST, epoch_us

__all__ = ["TrendPeriods"]

_MOST: Final = 1_000


class TrendPeriods:
    """Every period from the beginning of the window to its end; where it is open, from the first message to the last.

    A period has the number that `LocalPeriods` gives it. Raises UsageError for more than 1,000.
    """

    def __init__(self, report: ReportContext, per: Per) -> None:
        self._per: Per = per
        self._span = report.span
        contents = report.contents
        first = contents.first if self._span.since is None else self._span.since
        last = contents.last if self._span.since is None and contents.last is not None else self._end(report) - 1
        last = min(last, self._end(report) - 1, LATEST)  # no message is later, and the calendar has an end
        self._periods = LocalPeriods(
            report.plan.timezone, last if first is None else first, last, report.plan.week_starts
        )
        self.numbers = [] if first is None or first > last else self._periods.every(per, first, last)
        self._first, self._over = first, report.end
        if len(self.numbers) > _MOST:
            raise UsageError(
                f"there are {len(self.numbers):,} {per}s in the window, more than {_MOST:,}; give a later --since, or "
                "ask for longer periods"
            )

    @staticmethod
    def _end(report: ReportContext) -> int:
        return report.now if report.span.until is None else report.span.until

    def sql(self) -> str:
        """The number of the period in which a message occurred."""
        return self._periods.sql(self._per)

    def start(self, number: int) -> datetime:
        """When a period begins, on the plan's clock."""
        return self._periods.start(self._per, number)

    def whole(self, number: int) -> tuple[int, int]:
        """When a period begins and when it is over, in microseconds since 1970 UTC."""
        return epoch_us(self.start(number)), self._periods.end(self._per, number)

    def span(self, number: int) -> Span:
        """A period, as far as it is in the window."""
        begin, end = self.whole(number)
        since, until = self._span.since, self._span.until
        return Span(begin if since is None else max(begin, since), end if until is None else min(end, until))

    def is_complete(self, number: int) -> bool:
        """Whether all of a period is in the window, not before the first message of an open one, and over."""
        is_whole = self._first is not None and epoch_us(self.start(number)) >= self._first
        return is_whole and self._periods.end(self._per, number) <= self._over
