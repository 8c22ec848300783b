"""What is usual is near the median of earlier values, and never less than what chance does to a count."""

from __future__ import annotations

import random

import pytest

from footfall.analytics.usual_range import usual_range


@pytest.mark.parametrize("earlier", [[], [1.0], [1.0, 2.0, 3.0]])
def test_of_too_few_values_nothing_is_usual(earlier: list[float]) -> None:
    assert usual_range(earlier, is_count=True) is None


def test_it_is_three_robust_deviations_around_the_median() -> None:
    usual = usual_range([1.0, 2.0, 3.0, 4.0, 100.0], is_count=False)

    assert usual == pytest.approx((3 - 3 * 1.4826, 3 + 3 * 1.4826))


def test_counts_that_never_differed_may_differ_by_chance() -> None:
    assert usual_range([100.0] * 8, is_count=True) == (70, 130)
    assert usual_range([100.0] * 8, is_count=False) == (100, 100)
    assert usual_range([0.0] * 8, is_count=True) == (0, 3)


def test_it_is_seldom_wrong_about_independent_events() -> None:
    rolls = random.Random(1)
    counts = [float(sum(rolls.random() < 0.02 for _ in range(1_000))) for _ in range(1_500)]
    alarms = 0
    for place in range(8, len(counts)):
        usual = usual_range(counts[place - 8 : place], is_count=True)
        assert usual is not None
        alarms += not usual.low <= counts[place] <= usual.high

    assert alarms / len(counts) < 1 / 30  # less than once a month where each day is one value
