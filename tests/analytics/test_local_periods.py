"""Every message lies in the hour, the day, the week and the month that a clock on the wall shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import duckdb
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from footfall.analytics.local_periods import LocalPeriods, Per
from footfall.plan.model import WeekStart
from footfall.plan.periods import full_periods
from footfall.plan.zone_offsets import zone_offsets
from footfall.timestamps import epoch_us, local_time

SECOND = 1_000_000
HOUR, DAY = 3_600 * SECOND, 86_400 * SECOND
ODD = [
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Goose_Bay",
    "Asia/Pyongyang",
    "Africa/Monrovia",
]
APIA = 1_325_239_200 * SECOND  # the night in which the 30th of December 2011 was left out
RIMS = [-62_135_596_800 * SECOND, 253_402_300_799 * SECOND]


def numbers(zone: str, moments: Sequence[int], per: Per, week_starts: WeekStart = "monday") -> list[tuple[int, int]]:
    """Each moment with the number of its period."""
    values = ", ".join(f"({moment}::BIGINT)" for moment in moments)
    sql = LocalPeriods(zone, min(moments), max(moments), week_starts).sql(per)
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT occurred_at, {sql} FROM (VALUES {values}) t(occurred_at)").fetchall()


def first_day(local: datetime, per: str) -> date:
    day = local.date()
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[per]


@given(
    zone=st.sampled_from(ODD) | st.sampled_from(sorted(available_timezones())),
    first=st.integers(-70 * 366, 230 * 365).map(lambda day: day * DAY),
    later=st.lists(st.integers(0, 900 * DAY), max_size=6),
    near=st.lists(st.tuples(st.integers(0, 9), st.sampled_from([-1, 0, 1, -HOUR, 59 * 60 * SECOND])), max_size=4),
)
@settings(max_examples=60)
@pytest.mark.slow
@example(zone="Pacific/Apia", first=APIA - DAY, later=[DAY - 1, DAY, 2 * DAY], near=[(1, 0), (1, -1)])
@example(zone="Australia/Lord_Howe", first=1_780_000_000 * SECOND, later=[300 * DAY], near=[(1, 0), (1, 1), (1, -1)])
def test_any_moment_lies_in_the_period_that_its_local_time_shows(
    zone: str, first: int, later: list[int], near: list[tuple[int, int]]
) -> None:
    moments = [first, *(first + by for by in later)]
    changes = zone_offsets(zone, first, max(moments))[1:]
    moments += [changes[place % len(changes)].since + by for place, by in near if changes]
    event(f"{len(changes) > 0=}")

    for per in ("day", "week", "month"):
        periods = LocalPeriods(zone, min(moments), max(moments))
        for moment, number in numbers(zone, moments, per):
            assert periods.start(per, number).date() == first_day(local_time(moment, zone), per)


@given(
    zone=st.sampled_from(ODD) | st.sampled_from(sorted(available_timezones())),
    first=st.integers(0, 70 * 365).map(lambda day: day * DAY),
    later=st.lists(st.integers(0, 20 * DAY), max_size=4),
)
@settings(max_examples=40)
@pytest.mark.slow
@example(zone="Australia/Lord_Howe", first=1_775_300_000 * SECOND, later=[DAY // 2, DAY - 1, DAY // 3])
@example(zone="Asia/Pyongyang", first=1_525_392_000 * SECOND, later=[DAY // 2, 15 * HOUR, 15 * HOUR - 1, 16 * HOUR])
def test_any_moment_lies_in_the_full_hour_that_is_its_own(zone: str, first: int, later: list[int]) -> None:
    moments = [first, *(first + by for by in later)]
    # Two days around them, so that no hour is cut.
    full = list(full_periods("hour", first - DAY, max(moments) + DAY, zone))

    for moment, number in numbers(zone, moments, "hour"):
        assert number == next(begin for begin, end in full if begin <= moment < end)


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Monrovia"])
@pytest.mark.parametrize("year", [1918, 1955, 2025])
def test_the_hour_of_the_day_is_that_of_the_clock(zone: str, year: int) -> None:
    first = epoch_us(datetime(year, 1, 1, tzinfo=UTC))
    moments = [first + step * 7 * HOUR // 2 for step in range(2_510)]
    sql = LocalPeriods(zone, min(moments), max(moments)).hour_of_day("unnest")
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT unnest, {sql} FROM unnest({moments})").fetchall()

    assert rows == [(moment, local_time(moment, zone).hour) for moment in moments]


@pytest.mark.parametrize(
    "zone", ["Pacific/Auckland", "America/Los_Angeles", pytest.param("UTC", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("per", ["day", *(pytest.param(per, marks=pytest.mark.slow) for per in ("week", "month"))])
def test_a_message_from_the_rim_of_the_calendar_has_a_period_too(zone: str, per: Per) -> None:
    periods = LocalPeriods(zone, min(RIMS), max(RIMS))

    for moment, number in numbers(zone, RIMS, per):
        assert periods.start(per, number).date() == first_day(local_time(moment, zone), per)


@pytest.mark.parametrize(("week_starts", "day"), [("sunday", 6), ("saturday", 5), ("monday", 0)])
@pytest.mark.parametrize("zone", ["Africa/Cairo", "Europe/Oslo", "America/Sao_Paulo", "Australia/Lord_Howe"])
def test_any_moment_lies_in_the_week_that_begins_on_the_plans_day(zone: str, week_starts: WeekStart, day: int) -> None:
    first = epoch_us(datetime(2017, 10, 1, tzinfo=UTC))
    moments = [first + hours * HOUR for hours in range(0, 366 * 24, 5)]
    periods = LocalPeriods(zone, min(moments), max(moments), week_starts)

    for moment, number in numbers(zone, moments, "week", week_starts):
        local = local_time(moment, zone).date()
        begin = next(each for back in range(7) if (each := local - timedelta(days=back)).weekday() == day)
        assert periods.start("week", number).date() == begin
        assert epoch_us(periods.start("week", number)) <= moment < periods.end("week", number)


def test_a_period_has_the_number_of_its_first_moment() -> None:
    periods = LocalPeriods("Pacific/Apia", APIA - DAY, APIA + DAY)
    days = list(full_periods("day", APIA - 3 * DAY, APIA + 3 * DAY, "Pacific/Apia"))

    assert [periods.start("day", periods.number("day", begin)).day for begin, _ in days] == [27, 28, 29, 31, 1, 2]
    assert [periods.number("hour", begin) for begin, _ in days] == [begin for begin, _ in days]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Oslo", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe"])
@pytest.mark.parametrize("per", ["hour", "day", "week", "month"])
def test_periods_follow_one_another_without_a_gap(zone: str, per: Per) -> None:
    first = epoch_us(datetime(2018, 10, 1, 12, 34, tzinfo=UTC))
    last = epoch_us(datetime(2018, 11, 20, tzinfo=UTC))
    periods = LocalPeriods(zone, first, last)
    numbers = periods.every(per, first, last)
    starts = [epoch_us(periods.start(per, number)) for number in numbers]

    assert starts[0] <= first < periods.end(per, numbers[0])
    assert starts[-1] <= last < periods.end(per, numbers[-1])
    assert [periods.end(per, number) for number in numbers[:-1]] == starts[1:]
