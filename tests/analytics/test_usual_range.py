"""What is usual is near the median of earlier values, and never less than what chance does to a count."""

from __future__ import annotations

import random

import pytest

from footfall.analytics.usual_range import usual_range


@pytest.mark.parametrize("earlier", [[], [1.0], [1.0, 2.0, 3.0]])
def test_of_too_few_values_nothing_is_usual(earlier: list[float]) -> None:
    assert usual_range(earlier, is_count=True) is None


@pytest.mark.parametrize("value", [1e308, float("inf"), -float("inf")])
def test_of_values_beyond_the_range_of_floats_nothing_is_usual(value: float) -> None:
    assert usual_range([-value, value, -1e308, 1e308], is_count=False) is None


def test_it_is_around_the_median_and_no_single_value_widens_it() -> None:
    usual = usual_range([1.0, 2.0, 3.0, 4.0, 100.0], is_count=False)

    assert usual == pytest.approx((3 - 16.4, 3 + 16.4))


def test_counts_that_never_differed_may_differ_by_chance() -> None:
    assert usual_range([100.0] * 8, is_count=True) == (70, 130)
    assert usual_range([100.0] * 8, is_count=False) == (100, 100)
    assert usual_range([0.0] * 8, is_count=True) == (0, 3)


@pytest.mark.parametrize("number", [4, 5, 6, 7, 8])
def test_it_is_wrong_about_one_value_of_sixty(number: int) -> None:
    rolls = random.Random(number)
    alarms, times = 0, 4_000
    for _ in range(times):
        *earlier, value = (rolls.gauss(1_000, 50) for _ in range(number + 1))
        usual = usual_range(earlier, is_count=False)
        assert usual is not None
        alarms += not usual.low <= value <= usual.high

    assert 1 / 90 < alarms / times < 1 / 40


def test_it_is_seldom_wrong_about_independent_events() -> None:
    rolls = random.Random(1)
    counts = [float(sum(rolls.random() < 0.02 for _ in range(1_000))) for _ in range(1_500)]
    alarms = 0
    for place in range(8, len(counts)):
        usual = usual_range(counts[place - 8 : place], is_count=True)
        assert usual is not None
        alarms += not usual.low <= counts[place] <= usual.high

    assert alarms / len(counts) < 1 / 60
