"""Figures are exact, and what is rounded to be shown says so and invents no digits."""

from __future__ import annotations

import statistics
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.analytics.figures import (
    AGGREGATES,
    Figure,
    added,
    aggregate,
    less,
    median,
    percentile,
    plain_digits,
    quotient,
)

VALUES = st.lists(st.decimals(-(10**9), 10**9, places=3), max_size=9)


def by_hand(function: str, values: list[Fraction]) -> Fraction | None:
    if function == "sum":
        return sum(values, Fraction(0))
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return {
        "average": sum(values, Fraction(0)) / len(values),
        "minimum": ordered[0],
        "maximum": ordered[-1],
        "median": (ordered[half] + ordered[-half - 1]) / 2,
    }[function]


@given(values=VALUES, function=st.sampled_from(sorted(AGGREGATES)), times=st.integers(1, 3))
@example(values=[], function="sum", times=1)
@example(values=[Decimal(1), Decimal(2)], function="median", times=1)
def test_any_values_are_aggregated_as_fractions_are(values: list[Decimal], function: str, times: int) -> None:
    figure = aggregate(
        function, {value: count * times for value, count in Counter(values).items()}, len(values) * times
    )

    assert figure.exact == by_hand(function, [Fraction(value) for value in values] * times)


def test_parts_that_were_added_up_give_the_figure_of_all() -> None:
    assert aggregate("sum", {Decimal("1E+3"): 2, Decimal(7): 1}, 9).value == 2007
    assert aggregate("average", {Decimal("1E+3"): 2}, 8).value == 250


@pytest.mark.parametrize(("of", "to"), [(1, 0), (None, 1), (1, None)])
def test_a_quotient_without_a_part_or_by_nothing_is_no_figure(of: int | None, to: int | None) -> None:
    assert quotient(of, to) == Figure(None, None)


def test_a_quotient_is_compared_exactly_and_shown_to_28_digits() -> None:
    third = quotient(1, 3)

    assert third.exact == Fraction(1, 3)
    assert str(third.value) == "0." + "3" * 28
    assert third.rounded


def test_a_quotient_that_ends_is_not_rounded() -> None:
    assert str(quotient(10**30, 2).value) == "5" + "0" * 29
    assert not quotient(10**30, 2).rounded


def test_digits_that_were_rounded_away_do_not_read_as_zeros() -> None:
    assert str(quotient(10**40, 3).value) == f"3.{'3' * 27}E+39"


@pytest.mark.parametrize(("text", "shown"), [("1E+3", "1000"), ("1.50", "1.50"), ("-0", "-0"), ("1E-3", "0.001")])
def test_an_exponent_becomes_zeros(text: str, shown: str) -> None:
    assert f"{plain_digits(Decimal(text))}" == shown


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=9), st.sampled_from([0, 10, 25, 50, 90, 100]))
def test_a_percentile_is_the_one_of_statistics_and_the_50th_the_median(values: list[Decimal], at: int) -> None:
    histogram = Counter(values)
    inner = statistics.quantiles(map(Fraction, values), n=100, method="inclusive") if len(values) > 1 else values * 99
    quantiles = [min(values), *inner, max(values)]

    assert percentile(histogram, Decimal(at)).exact == Fraction(quantiles[at])
    assert percentile(histogram, Decimal(50)) == median(histogram)


def test_between_two_values_a_percentile_is_in_proportion() -> None:
    assert percentile({Decimal(1): 1, Decimal(2): 1}, Decimal("12.5")).value == Decimal("1.125")
    assert percentile({Decimal("0.10"): 3}, Decimal(90)).value == Decimal("0.10")
    assert percentile({}, Decimal(90)) == Figure(None, None)


def test_figures_are_added_and_taken_away_with_every_digit() -> None:
    large, small = Figure.of(Decimal("12345678901234567890123456789012345678.5")), Figure.of(Decimal("0.000001"))
    third = quotient(1, 3)

    assert added(large, small).value == Decimal("12345678901234567890123456789012345678.500001")
    assert less(large, small).value == Decimal("12345678901234567890123456789012345678.499999")
    assert added(third, third).exact == Fraction(2, 3)
    assert added(third, third).rounded
    assert less(third, third).value == 0
    assert added(large, Figure.of(None)) == less(Figure.of(None), large) == Figure(None, None)
