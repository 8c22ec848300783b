"""Periods go by the plan's clock, also on the days when it is put forward or back."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from footfall.clock import EPOCH
from footfall.plan.periods import full_periods

ZONE = "Europe/Stockholm"
HOUR = 3_600 * 1_000_000


def us(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)) - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_a_day_is_as_long_as_the_wall_clock_says(day: str, hours: int) -> None:
    since, until = us(f"{day}T00:00"), us(f"{day}T00:00") + 30 * HOUR

    assert next(full_periods("day", since, until, ZONE)) == (since, since + hours * HOUR)
    assert len(list(full_periods("hour", since, since + hours * HOUR, ZONE))) == hours


def test_a_week_begins_on_monday() -> None:
    found = list(full_periods("week", us("2026-11-04T12:00"), us("2026-11-24T00:00"), ZONE))

    assert found == [
        (us("2026-11-09T00:00"), us("2026-11-16T00:00")),
        (us("2026-11-16T00:00"), us("2026-11-23T00:00")),
    ]


def test_a_period_that_is_cut_by_the_window_is_left_out() -> None:
    assert list(full_periods("day", us("2026-11-04T00:01"), us("2026-11-06T23:59"), ZONE)) == [
        (us("2026-11-05T00:00"), us("2026-11-06T00:00"))
    ]
