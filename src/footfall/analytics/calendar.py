"""Days, weeks and months one after another: arithmetic on the calendar, without a timezone.

A period has the number of its first day, counted from 1970 (as in `LocalPeriods`), and an index: periods one after
another have indices one after another.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

import msgspec

from footfall.errors import UsageError
from footfall.plan.model import WeekStart
from footfall.plan.periods import WEEKDAYS
from footfall.timestamps import EPOCH

__all__ = ["LENGTH_ORDER", "Calendar", "CalendarPeriod", "every"]

CalendarPeriod = Literal["day", "week", "month"]
LENGTH_ORDER: Final[tuple[CalendarPeriod, ...]] = ("day", "week", "month")

_MOST = 5_000  # periods in one answer: as many days are 13 years
_EPOCH_DAY = EPOCH.date().toordinal()


class Calendar(msgspec.Struct, frozen=True):
    """The calendar of a plan, whose weeks begin on one day."""

    week_starts: WeekStart = "monday"

    @property
    def days_into_week(self) -> int:
        """How many days after the beginning of its week the first of January 1970 was."""
        return (EPOCH.weekday() - WEEKDAYS[self.week_starts]) % 7

    def index(self, per: CalendarPeriod, day: int) -> int:
        """The index of the period in which a day lies."""
        if per == "month":
            first = date.fromordinal(_EPOCH_DAY + day)
            return (first.year - EPOCH.year) * 12 + first.month - 1
        return (day + self.days_into_week) // 7 if per == "week" else day

    def index_sql(self, per: CalendarPeriod, day: str) -> str:
        """The same in SQL."""
        if per == "month":
            return f"date_diff('month', DATE '1970-01-01', DATE '1970-01-01' + ({day})::INTEGER)"
        shifted = f"({day} + {self.days_into_week})"
        return f"({shifted} - ({shifted} % 7 + 7) % 7) // 7" if per == "week" else f"({day})"

    def number_at(self, per: CalendarPeriod, index: int) -> int:
        """The number of the period with this index."""
        if per == "month":
            return date(EPOCH.year + index // 12, index % 12 + 1, 1).toordinal() - _EPOCH_DAY
        return index * 7 - self.days_into_week if per == "week" else index

    def after(self, per: CalendarPeriod, number: int, periods: int) -> int:
        """The number of the period that comes so many periods after one."""
        return self.number_at(per, self.index(per, number) + periods)


def every(per: CalendarPeriod, first: int, last: int) -> range:
    """Every index from `first` to `last`, both included. Raises UsageError where these are more than 5,000."""
    if last - first >= _MOST:
        raise UsageError(f"there are more than {_MOST:,} {per}s; give a later --since")
    return range(first, last + 1)
