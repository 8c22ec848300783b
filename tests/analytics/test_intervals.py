"""Wilson's interval has its published values, and is where the score test finds its ends."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.analytics.intervals import change_of_counts, change_of_shares, wilson

Z = 1.959963984540054


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998), table I, method 3.
@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_published_intervals(count: int, of: int, low: str, high: str) -> None:
    interval = wilson(count, of)

    assert interval is not None
    assert [f"{end:.4f}" for end in interval] == [low, high]


@given(of=st.integers(1, 100_000), data=st.data())
def test_any_end_is_as_far_from_the_share_as_the_score_test_allows(of: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    interval = wilson(count, of)

    assert interval is not None
    assert 0 <= interval.low <= Decimal(count) / of <= interval.high <= 1
    for end in map(float, interval):
        if 0 < end < 1:
            assert abs(abs(count / of - end) - Z * sqrt(end * (1 - end) / of)) < 1e-4


def test_nobody_has_no_interval() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("before", "after"), [(5.0, 5.0), (20.0, 20.0), (20.0, 40.0), (40.0, 10.0)])
def test_the_change_of_counts_covers_the_true_change_as_often_as_it_says(before: float, after: float) -> None:
    def chance(mean: float, count: int) -> float:
        return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))

    covered = 0.0
    for first, second in itertools.product(range(110), repeat=2):
        interval = change_of_counts(first, second)
        if interval and interval.low <= after / before - 1 <= (math.inf if interval.high is None else interval.high):
            covered += chance(before, first) * chance(after, second)

    assert covered > 0.94


@pytest.mark.parametrize(("share", "later"), [(0.3, 0.3), (0.3, 0.6), (0.9, 0.5)])
def test_the_change_of_shares_covers_the_true_change_as_often_as_it_says(share: float, later: float) -> None:
    covered, size = 0.0, 40
    for first, second in itertools.product(range(size + 1), repeat=2):
        interval = change_of_shares((first, size), (second, size))
        if interval and interval.low <= later / share - 1 <= (math.inf if interval.high is None else interval.high):
            covered += binomial(size, share, first) * binomial(size, later, second)

    assert covered > 0.93


def binomial(size: int, share: float, count: int) -> float:
    return math.comb(size, count) * share**count * (1 - share) ** (size - count)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_observed_change_of_counts_is_in_its_interval(before: int, after: int) -> None:
    interval = change_of_counts(before, after)

    if before == after == 0:
        assert interval is None
        return
    assert interval is not None
    if before:
        assert (
            interval.low - 1e-3 <= after / before - 1 <= (math.inf if interval.high is None else interval.high + 1e-3)
        )
    assert interval.may_be_noise or before != after


@given(st.integers(1, 10**6), st.floats(0, 1), st.integers(1, 10**6), st.floats(0, 1))
def test_the_observed_change_of_shares_is_in_its_interval(of: int, share: float, later_of: int, later: float) -> None:
    first, second = (round(of * share), of), (round(later_of * later), later_of)
    interval = change_of_shares(first, second)

    assert interval is not None
    if first[0]:
        change = (second[0] / second[1]) / (first[0] / first[1]) - 1
        assert interval.low - 1e-3 <= change <= (math.inf if interval.high is None else interval.high * 1.001 + 1e-3)


def test_of_nobody_there_is_no_change() -> None:
    assert change_of_counts(0, 0) is None
    assert change_of_shares((0, 0), (1, 2)) is None
