"""A report says its numbers whole, with the unit that reads best."""

from __future__ import annotations

from decimal import Decimal

import pytest

from footfall.analytics import KpiResult, Window
from footfall.analytics.results import CurrencyFigure
from footfall.reporting.words import duration, kpi_value, number, percent


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
def test_a_duration_is_told_in_its_two_largest_units(seconds: str, text: str) -> None:
    assert duration(Decimal(seconds)) == text


def test_money_is_told_in_a_line_for_each_currency() -> None:
    kpi = KpiResult(
        name="revenue", question="", owner="", value=None, of=None, to=None, target=None,
        window=Window(None, None, "UTC"), rows=(), drives=None, guardrails=(), unread=0, definition="",
        currencies=(CurrencyFigure("EUR", Decimal("1200.50")), CurrencyFigure(None, Decimal(7))),
    )  # fmt: skip

    assert kpi_value(kpi, share=False) == "1,200.50 EUR\n7 (no currency)"
