"""Periods one after another have indices one after another, in Python, in SQL and on a calendar on the wall."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.analytics.calendar import LENGTH_ORDER, Calendar, CalendarPeriod, every
from footfall.errors import UsageError
from footfall.plan.model import WeekStart

EPOCH = date(1970, 1, 1)
FIRST, LAST = ((day - EPOCH).days for day in (date(1900, 1, 1), date(2199, 12, 31)))
DAYS = st.lists(st.integers(FIRST, LAST), min_size=1, max_size=20)
STARTS: st.SearchStrategy[WeekStart] = st.sampled_from(["monday", "sunday", "saturday"])


def first_day(day: int, per: CalendarPeriod, week_starts: WeekStart = "monday") -> int:
    """The first day of the period of a day, by a walk back on the calendar of `datetime`."""
    local = EPOCH + timedelta(days=day)
    while (per == "week" and f"{local:%A}".lower() != week_starts) or (per == "month" and local.day != 1):
        local -= timedelta(days=1)
    return (local - EPOCH).days


@given(days=DAYS, per=st.sampled_from(LENGTH_ORDER), week_starts=STARTS)
@example(days=[-4, -3, -1, 0, 3, 4, 30, 31], per="week", week_starts="monday")
@example(days=[-6, -5, -4, 1, 2, 3, 8, 9], per="week", week_starts="saturday")
@example(days=[-1, 0, 30, 31, 364, 365], per="month", week_starts="sunday")
def test_any_day_lies_in_the_period_that_begins_with_its_first_day(
    days: list[int], per: CalendarPeriod, week_starts: WeekStart
) -> None:
    calendar = Calendar(week_starts)

    firsts = [calendar.number_at(per, calendar.index(per, day)) for day in days]

    assert firsts == [first_day(day, per, week_starts) for day in days]


@given(days=DAYS, per=st.sampled_from(LENGTH_ORDER), week_starts=STARTS)
@example(days=[-4, -3, -1, 0, 3, 4, 30, 31], per="week", week_starts="monday")
@example(days=[-6, -5, -4, 1, 2, 3, 8, 9], per="week", week_starts="saturday")
@example(days=[-1, 0, 30, 31, 364, 365], per="month", week_starts="sunday")
def test_any_index_is_the_same_in_sql(days: list[int], per: CalendarPeriod, week_starts: WeekStart) -> None:
    calendar = Calendar(week_starts)
    listed = ", ".join(f"({day}, {calendar.index(per, day)})" for day in days)
    sql = calendar.index_sql(per, "day")

    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT {sql}, expected FROM (VALUES {listed}) t(day, expected)")
        assert all(number == expected for number, expected in rows.fetchall())


@pytest.mark.parametrize(("per", "days"), [("day", 1), ("week", 7), ("month", 31)])
def test_a_period_follows_the_one_before(per: CalendarPeriod, days: int) -> None:
    start = first_day(20_000, per)  # in October, which has 31 days

    assert Calendar().after(per, start, 1) - start == days
    assert Calendar().after(per, Calendar().after(per, start, 14), -14) == start


def test_too_many_periods_are_refused() -> None:
    assert list(every("day", 7, 9)) == [7, 8, 9]
    assert len(every("day", 1, 5_000)) == 5_000
    with pytest.raises(UsageError, match="there are more than 5,000 weeks; give a later --since"):
        every("week", 1, 5_001)
