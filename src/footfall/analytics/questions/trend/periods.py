"""The periods of a trend: those of its window, as far as there is data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from footfall.analytics.local_periods import LocalPeriods, Per
from footfall.analytics.question import ReportContext
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.timestamps import LATEST, epoch_us

__all__ = ["TrendPeriods"]

_MOST: Final = 1_000
_HOUR: Final = 3_600_000_000
_LONGEST: Final[Mapping[Per, int]] = {"hour": _HOUR, "day": 25 * _HOUR, "week": 169 * _HOUR, "month": 745 * _HOUR}


class TrendPeriods:
    """Every period from the beginning of the window to its end; where it is open, from the first message to the last.

    A period has the number that `LocalPeriods` gives it. `earlier` are as many before these as are asked for, as far as
    there is data. Raises UsageError for more than 1,000 in the window.
    """

    def __init__(self, report: ReportContext, per: Per, earlier: int = 0) -> None:
        self._per: Per = per
        self._span = report.span
        contents = report.contents
        first = contents.first if self._span.since is None else self._span.since
        last = contents.last if self._span.since is None and contents.last is not None else self._end(report) - 1
        last = min(last, self._end(report) - 1, LATEST)  # no message is later, and the calendar has an end
        begin = last if first is None else first
        self._stored = contents.first
        if contents.first is not None and begin > contents.first:
            begin = max(contents.first, begin - (earlier + 1) * _LONGEST[per])
        self._periods = LocalPeriods(report.plan.timezone, begin, last, report.plan.week_starts)
        self.numbers = [] if first is None or first > last else self._periods.every(per, first, last)
        self._first, self._over = first, report.end
        if len(self.numbers) > _MOST:
            raise UsageError(
                f"there are {len(self.numbers):,} {per}s in the window, more than {_MOST:,}; give a later --since, or "
                "ask for longer periods"
            )
        self.earlier: list[int] = []
        if earlier and self.numbers and begin < (end := self.whole(self.numbers[0])[0]):
            self.earlier = self._periods.every(per, begin, end - 1)[-earlier:]

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

    @property
    def whole_earlier(self) -> list[int]:
        """The earlier periods, and the first of the window where that cuts its beginning: what is read whole."""
        since = self._span.since
        is_cut = bool(self.earlier) and since is not None and self.whole(self.numbers[0])[0] < since
        return [*self.earlier, *self.numbers[:is_cut]]

    def earlier_span(self) -> Span | None:
        """All of `whole_earlier`; None where there are none."""
        numbers = self.whole_earlier
        return Span(self.whole(numbers[0])[0], self.whole(numbers[-1])[1]) if numbers else None

    def has_data(self, number: int) -> bool:
        """Whether all of a period is after the first message ever, and it is over."""
        begin, end = self.whole(number)
        return self._stored is not None and begin >= self._stored and end <= self._over

    def is_before_data(self, number: int) -> bool:
        """Whether a period is over before the first message ever."""
        return self._stored is not None and self.whole(number)[1] <= self._stored

    def span(self, number: int) -> Span:
        """A period, as far as it is in the window."""
        begin, end = self.whole(number)
        since, until = self._span.since, self._span.until
        return Span(begin if since is None else max(begin, since), end if until is None else min(end, until))

    def is_complete(self, number: int) -> bool:
        """Whether all of a period is in the window, not before the first message of an open one, and over."""
        is_whole = self._first is not None and epoch_us(self.start(number)) >= self._first
        return is_whole and self._periods.end(self._per, number) <= self._over
