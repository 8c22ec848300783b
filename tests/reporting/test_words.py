"""A report says its numbers whole, with the unit that reads best."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, get_args

import pytest

from footfall.analytics import Window
from footfall.analytics.sections import Amount, Bar, Bounds, Command, Elapsed, Period, Value, WindowLength
from footfall.reporting import words
from footfall.reporting.words import duration, number, percent, say


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2500315.63", "2,500,315.63"),
        ("12345678901234567890.10", "12,345,678,901,234,567,890.10"),
        ("0.000000000001", "0.000000000001"),
        ("35.8936480569632064772678333", "≈ 35.8936"),
        ("0.0000000123456789", "≈ 0.00000001235"),
        (None, "–"),
    ],
)
def test_a_number_keeps_every_digit_unless_a_division_made_it_endless(value: str | None, text: str) -> None:
    assert number(None if value is None else Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("3." + "3" * 27 + "E+39", "≈ 3.333333333E+39"),
        ("12345678901234567890.33333333", "≈ 12,345,678,901,234,567,890.33333333"),
        ("35.8936480639569632064772678333", "≈ 35.8936"),
    ],
)
def test_a_figure_that_was_rounded_says_so_and_has_no_invented_zeros(value: str, text: str) -> None:
    assert number(Decimal(value), rounded=True) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0 %"), ("1", "100 %"), ("0.035", "3.5 %"), ("0.12345", "12.3 %"), ("0.00041234", "0.041 %"),
        ("0.2", "20 %"),
    ],
)  # fmt: skip
def test_a_small_share_does_not_read_as_none(value: str, text: str) -> None:
    assert percent(Decimal(value)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ("0", "0 s"), ("0.25", "250 ms"), ("59.9", "59 s"), ("200", "3 min 20 s"), ("3600", "1 h"),
        ("90061", "1 d 1 h"), ("2419200", "28 d"),
    ],
)  # fmt: skip
def test_a_duration_is_said_in_its_two_largest_units(seconds: str, text: str) -> None:
    assert duration(Decimal(seconds)) == text


def test_a_duration_is_unknown_where_nobody_took_the_step() -> None:
    assert say(Elapsed(None)) == ""


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        (Bounds(Decimal(250000), unit="EUR"), "≥ 250,000 EUR"),
        (Bounds(None, Decimal("0.035"), is_share=True), "≤ 3.5 %"),
        (Bounds(10, 5000, unit="per day"), "10 to 5,000 per day"),
        (Bounds(0, 0), "0 to 0"),
    ],
)
def test_bounds_say_what_a_figure_should_be(bounds: Bounds, text: str) -> None:
    assert say(bounds) == text


@pytest.mark.parametrize(
    ("since", "until", "text"),
    [(None, None, "all"), (None, 10, "all"), (None, 9, "all to 2026-11-09"), (3, 10, "7 d")],
)
def test_a_window_says_how_long_it_is(since: int | None, until: int | None, text: str) -> None:
    first, last = (None if day is None else datetime(2026, 11, day, tzinfo=UTC) for day in (since, until))

    assert say(WindowLength(Window(first, last, "UTC"), datetime(2026, 11, 10, tzinfo=UTC))) == text


@pytest.mark.parametrize(
    ("per", "text"),
    [("hour", "2026-11-02 09:00"), ("day", "2026-11-02 Mon"), ("week", "week of 2026-11-02"), ("month", "2026-11")],
)
def test_a_period_is_named_by_its_beginning(per: Literal["hour", "day", "week", "month"], text: str) -> None:
    assert say(Period(datetime(2026, 11, 2, 9, tzinfo=UTC), per)) == text


def test_an_amount_has_its_unit() -> None:
    assert say(Amount(Decimal("1200.50"), unit="EUR")) == "1,200.50 EUR"


def test_every_value_has_words_but_for_those_that_a_renderer_shows() -> None:
    assert set(get_args(Value)) - words.WORDS.keys() == {Bar, Command}
