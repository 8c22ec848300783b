"""Shares of persons are tested by chi-square, as tables of it and numeric integration have it."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from footfall.analytics.sample_ratio import MISMATCH, chi_square_tail, sample_ratio


def integrated(distance: float, freedom: int) -> float:
    """One less the integral of the density, over the root of the distance so that it is finite at 0."""
    steps = 20_000
    width = math.sqrt(distance) / steps
    scale = 2 / (2 ** (freedom / 2) * math.gamma(freedom / 2))
    roots = (width * (step + 0.5) for step in range(steps))
    return 1 - width * scale * sum(root ** (freedom - 1) * math.exp(-root * root / 2) for root in roots)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("distance", [0.1, 3.0, 15.0])
def test_the_tail_is_that_of_the_integrated_density(freedom: int, distance: float) -> None:
    assert chi_square_tail(distance, freedom) == pytest.approx(integrated(distance, freedom), abs=1e-7)


@pytest.mark.parametrize(("freedom", "critical"), [(1, 10.828), (2, 13.816), (3, 16.266), (4, 18.467), (5, 20.515)])
def test_the_published_critical_values_of_one_in_a_thousand(freedom: int, critical: float) -> None:
    assert chi_square_tail(critical, freedom) == pytest.approx(0.001, abs=1e-6)


def test_even_shares_are_certain_and_uneven_ones_a_mismatch() -> None:
    halves = [Decimal(1), Decimal(1)]

    assert sample_ratio([500, 500], halves) == 1
    assert (sample_ratio([540, 460], halves) or 0) > MISMATCH
    assert (sample_ratio([600, 400], halves) or 1) < MISMATCH


def test_shares_are_relative() -> None:
    assert sample_ratio([90, 10], [Decimal(9), Decimal(1)]) == sample_ratio([90, 10], [Decimal("0.9"), Decimal("0.1")])


def test_of_too_few_persons_it_says_nothing() -> None:
    assert sample_ratio([9, 0], [Decimal(1), Decimal(1)]) is None
    assert sample_ratio([0, 0], [Decimal(1), Decimal(1)]) is None
