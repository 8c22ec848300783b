"""Durations: a whole number and a unit, exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.durations import format_duration, parse_duration, say_window
from footfall.plan.model import CalendarWindow, KpiWindow


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("6h", 21_600), ("7d", 604_800), ("2w", 1_209_600)]
)
def test_each_unit_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "07d", "1.5h", "7 d", "7D", "1d2h", "7d ", "٧d", "all"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


def test_more_than_a_hundred_years_is_refused() -> None:
    with pytest.raises(ValueError, match="hundred years"):
        parse_duration("36601d")


@given(st.integers(1, 3_162_240_000))
def test_what_is_written_is_read_again(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (None, "everything there is"),
        (604_800, "the last 7d"),
        (CalendarWindow(calendar="week"), "the week that goes on"),
        (CalendarWindow(calendar="month", last=1), "the last whole month"),
        (CalendarWindow(calendar="year", last=2), "the last 2 whole years"),
    ],
)
def test_a_window_is_said_in_words(window: KpiWindow, words: str) -> None:
    assert say_window(window) == words
