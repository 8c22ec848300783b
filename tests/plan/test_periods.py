"""Periods go by the plan's clock, also on the days when it is put forward or back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.model import WeekStart
from footfall.plan.periods import full_periods
from footfall.timestamps import EPOCH

ZONE = "Europe/Stockholm"
HOUR = 3_600 * 1_000_000
MINUTE = HOUR // 60


def us(text: str, zone: str = ZONE) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_a_day_is_as_long_as_the_wall_clock_says(day: str, hours: int) -> None:
    since, until = us(f"{day}T00:00"), us(f"{day}T00:00") + 30 * HOUR

    assert next(full_periods("day", since, until, ZONE)) == (since, since + hours * HOUR)
    assert len(list(full_periods("hour", since, since + hours * HOUR, ZONE))) == hours


def test_a_week_begins_on_monday() -> None:
    periods = list(full_periods("week", us("2026-11-04T12:00"), us("2026-11-24T00:00"), ZONE))

    assert periods == [
        (us("2026-11-09T00:00"), us("2026-11-16T00:00")),
        (us("2026-11-16T00:00"), us("2026-11-23T00:00")),
    ]


@pytest.mark.parametrize(("week_starts", "day"), [("sunday", 8), ("saturday", 7)])
def test_a_week_begins_on_the_day_that_the_plan_says(week_starts: WeekStart, day: int) -> None:
    ((begin, end),) = full_periods("week", us("2026-11-05T12:00"), us("2026-11-20T00:00"), ZONE, week_starts)

    assert (begin, end) == (us(f"2026-11-{day:02}T00:00"), us(f"2026-11-{day + 7:02}T00:00"))


def test_a_period_that_is_cut_by_the_window_is_left_out() -> None:
    assert list(full_periods("day", us("2026-11-04T00:01"), us("2026-11-06T23:59"), ZONE)) == [
        (us("2026-11-05T00:00"), us("2026-11-06T00:00"))
    ]


@pytest.mark.parametrize(
    ("zone", "before", "skipped", "after"),
    [
        ("Pacific/Apia", "2011-12-29", "2011-12-30", "2011-12-31"),
        ("Pacific/Kwajalein", "1993-08-20", "1993-08-21", "1993-08-22"),
    ],
)
def test_a_day_that_a_zone_skips_has_no_row(zone: str, before: str, skipped: str, after: str) -> None:
    days = list(full_periods("day", us(f"{before}T00:00", zone), us(f"{after}T00:00", zone) + 24 * HOUR, zone))

    assert days == [
        (us(f"{before}T00:00", zone), us(f"{before}T00:00", zone) + 24 * HOUR),
        (us(f"{after}T00:00", zone), us(f"{after}T00:00", zone) + 24 * HOUR),
    ]
    assert us(f"{skipped}T00:00", zone) == us(f"{after}T00:00", zone)


@pytest.mark.parametrize(
    ("day", "lengths"),
    [("2026-10-04", [60, 60, 30, *[60] * 21]), ("2026-04-05", [60, 60, 30, *[60] * 22])],
)
def test_half_an_hour_that_the_clock_skips_or_repeats_is_half_an_hour(day: str, lengths: list[int]) -> None:
    zone = "Australia/Lord_Howe"
    since, until = us(f"{day}T00:00", zone), us(f"{day}T00:00", zone) + 25 * HOUR

    ((begin, end),) = full_periods("day", since, until, zone)
    hours = [(end - start) // MINUTE for start, end in full_periods("hour", begin, end, zone)]

    assert end - begin == sum(lengths) * MINUTE
    assert hours == lengths


# Around a change of the clock in each zone: by an hour, by half an hour, at midnight, by a whole day.
_CHANGES = st.sampled_from(
    [
        ("Europe/Stockholm", "2026-03-29"), ("Europe/Stockholm", "2026-10-25"), ("Australia/Lord_Howe", "2026-10-04"),
        ("Australia/Lord_Howe", "2026-04-05"), ("America/Sao_Paulo", "2018-11-04"), ("America/Sao_Paulo", "2018-02-18"),
        ("Pacific/Apia", "2011-12-30"), ("Asia/Kathmandu", "1986-01-01"), ("Asia/Pyongyang", "2015-08-15"),
        ("Asia/Pyongyang", "2018-05-04"), ("America/Caracas", "2016-05-01"),
        ("America/Havana", "2026-11-01"),
    ]
)  # fmt: skip


@given(_CHANGES, st.integers(0, 50 * 60), st.integers(0, 100 * 60), st.sampled_from(["hour", "day"]))
def test_any_full_periods_are_the_runs_of_minutes_that_show_one_hour_or_day(
    change: tuple[str, str], begin: int, length: int, per: Literal["hour", "day"]
) -> None:
    zone, day = change
    since = us(f"{day}T00:00", zone) + (begin - 25 * 60) * MINUTE
    until = since + length * MINUTE
    size = 13 if per == "hour" else 10

    def shown(at: int) -> str:
        local = (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))
        return local.isoformat()[:size] + (str(local.utcoffset()) if per == "hour" else "")

    runs: list[list[int]] = []
    for at in range(since - MINUTE, until + MINUTE, MINUTE):
        if runs and shown(runs[-1][0]) == shown(at):
            runs[-1][1] = at + MINUTE
        else:
            runs.append([at, at + MINUTE])

    assert list(full_periods(per, since, until, zone)) == [(start, end) for start, end in runs[1:-1]]


def test_hours_go_on_by_the_sun_where_whole_hours_are_repeated_from_a_minute_past_midnight() -> None:
    zone = "America/Goose_Bay"
    since = us("2010-11-06T22:00", zone)

    hours = list(full_periods("hour", since, since + 6 * HOUR, zone))

    assert hours == [(since + number * HOUR, since + (number + 1) * HOUR) for number in range(6)]


def test_an_hour_ends_where_the_clock_leaves_half_of_it_out() -> None:
    zone = "Asia/Pyongyang"
    since = us("2018-05-04T22:00", zone)

    hours = [(end - start) // MINUTE for start, end in full_periods("hour", since, since + 4 * HOUR, zone)]

    assert hours == [60, 30, 60, 60]
