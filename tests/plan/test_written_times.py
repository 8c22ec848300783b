"""A time is a datetime, a date, or a text as commands take it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import UsageError
from footfall.plan.written_times import read_time

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@given(st.datetimes())
def test_a_time_and_its_text_are_one_time(time: datetime) -> None:
    assert read_time(time, NOW, "since") == read_time(time.isoformat(), NOW, "since") == time


@given(st.dates())
def test_a_date_and_its_text_are_its_midnight(day: date) -> None:
    assert read_time(day, NOW, "since") == read_time(day.isoformat(), NOW, "since")
    assert read_time(day, NOW, "since").isoformat() == f"{day.isoformat()}T00:00:00"


def test_a_duration_is_how_long_ago() -> None:
    assert read_time("7d", NOW, "since") == NOW - timedelta(days=7)


@pytest.mark.parametrize("value", ["", "soon", "2026-13-01", 5, 2.5, timedelta(days=1), [], b"7d"])
def test_all_else_is_one_clear_line_with_the_option(value: object) -> None:
    with pytest.raises(UsageError) as raised:
        read_time(value, NOW, "until")  # type: ignore[arg-type]

    assert str(raised.value).startswith(f"until is {value!r}, which is no time; give")
    assert "\n" not in str(raised.value)
