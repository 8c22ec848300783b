"""Confidence sequences are those of the paper, and stop few experiments without a difference at any look."""

from __future__ import annotations

import math
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.analytics.confidence_sequences import (
    Moments,
    boundary,
    difference_sequence,
    intrinsic_rate,
    mean_sequence,
)

VALUES = st.dictionaries(st.decimals(-99, 99, places=2), st.integers(1, 9), min_size=1, max_size=6)


def crossing(count: int, alpha: float, rate: float) -> float:
    """Where a mixture of likelihood ratios over all effects, by sums of rectangles, is as large as 1 / alpha.

    The effects are normal with variance `rate`, each value is normal with variance 1: the definition of the boundary.
    """
    step, reach = 0.002, 8.0

    def mixture(mean: float) -> float:
        effects = (math.sqrt(rate) * step * k for k in range(-int(reach / step), int(reach / step) + 1))
        terms = (math.exp(-(effect**2) / (2 * rate) + count * (effect * mean - effect**2 / 2)) for effect in effects)
        return sum(terms) * step / math.sqrt(2 * math.pi)

    low, high = 0.0, 10.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if mixture(middle) < 1 / alpha else (low, middle)
    return low


@pytest.mark.parametrize(("count", "alpha", "rate"), [(20, 0.05, 0.01), (200, 0.01, 0.002)])
def test_the_boundary_is_where_the_mixture_of_likelihoods_crosses(count: int, alpha: float, rate: float) -> None:
    assert boundary(count, alpha, rate) == pytest.approx(crossing(count, alpha, rate), rel=1e-4)


@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.5])
@pytest.mark.parametrize("aim", [10, 5_000])
def test_the_boundary_is_narrowest_at_its_aim_with_the_rate_for_it(alpha: float, aim: int) -> None:
    best = boundary(aim, alpha, intrinsic_rate(aim, alpha))

    assert all(boundary(aim, alpha, intrinsic_rate(aim, alpha) * factor) > best for factor in (0.5, 0.99, 1.01, 2))


@given(values=VALUES)
def test_moments_are_those_of_the_values_one_by_one(values: dict[Decimal, int]) -> None:
    listed = [Fraction(value) for value, times in values.items() for _ in range(times)]
    mean = sum(listed) / len(listed)
    moments = Moments.of(values)

    assert (moments.count, moments.mean) == (len(listed), mean)
    assert moments.variance * max(1, len(listed) - 1) == sum((value - mean) ** 2 for value in listed)


def test_a_share_that_is_nothing_so_far_still_has_an_interval() -> None:
    interval = mean_sequence(Moments.of_rate(0, 100), alpha=0.05, aim=1000)

    assert interval is not None
    assert interval.low < 0 < interval.high


@pytest.mark.parametrize("moments", [Moments.of({}), Moments.of_rate(0, 0), Moments.of({Decimal(3): 9})])
def test_the_mean_of_values_that_do_not_vary_has_no_interval(moments: Moments) -> None:
    assert mean_sequence(moments, alpha=0.05, aim=100) is None


@pytest.mark.parametrize("moments", [Moments.of({}), Moments.of({Decimal(3): 9})])
def test_there_is_no_difference_to_judge_where_nobody_differs_or_nobody_is(moments: Moments) -> None:
    same = Moments.of({Decimal(3): 5})

    assert difference_sequence(moments, same, alpha=0.05, aim=100) is None
    assert difference_sequence(same, moments, alpha=0.05, aim=100) is None


def test_values_that_do_not_vary_so_far_are_taken_to_vary_as_all_do() -> None:
    nothing, some = Moments.of({Decimal(0): 100}), Moments.of({Decimal(0): 40, Decimal(1): 60})
    interval = difference_sequence(some, nothing, alpha=0.05, aim=200)

    # Of 200 values 60 are 1: their variance is 60 × 140 ÷ (200 × 199).
    spread = 200 * (60 * 40 / (100 * 99) / 100 + 60 * 140 / (200 * 199) / 100)
    assert interval is not None
    half = math.sqrt(spread) * boundary(200, 0.05, intrinsic_rate(200, 0.05))
    assert float(interval.low) == pytest.approx(0.6 - half, abs=1e-5)


def test_a_difference_has_the_width_of_the_paper_for_the_influence_of_each_person() -> None:
    treated, control = Moments.of({Decimal(0): 60, Decimal(4): 40}), Moments.of({Decimal(0): 150, Decimal(2): 50})
    interval = difference_sequence(treated, control, alpha=0.05, aim=300)

    # Each person's influence on the difference, weighted by how many there are of the variant.
    means = float(treated.mean), float(control.mean)
    influences = [300 / 100 * (value - means[0]) for value in [0] * 60 + [4] * 40]
    influences += [-300 / 200 * (value - means[1]) for value in [0] * 150 + [2] * 50]
    deviation = math.sqrt(sum(value**2 for value in influences) / 300)
    assert interval is not None
    half = deviation * boundary(300, 0.05, intrinsic_rate(300, 0.05))
    assert float(interval.high - interval.low) / 2 == pytest.approx(half, rel=0.01)
    assert float(interval.high + interval.low) / 2 == pytest.approx(means[0] - means[1], abs=1e-5)


def stops(source: random.Random, rates: tuple[float, float], *, persons: int, minimum: int, step: int) -> bool:
    """Whether an experiment is stopped at any look, one after each `step` persons of a variant."""
    counts = Counter[int]()
    aim = math.isqrt(2 * minimum * persons)
    for each in range(1, persons // 2 + 1):
        for variant, rate in enumerate(rates):
            counts[variant] += source.random() < rate
        if each >= minimum and each % step == 0:
            treated, control = (Moments.of_rate(counts[variant], each) for variant in (1, 0))
            interval = difference_sequence(treated, control, alpha=0.05, aim=aim)
            if interval is not None and not interval.low <= 0 <= interval.high:
                return True
    return False


def test_few_experiments_without_a_difference_are_stopped_however_often_somebody_looks() -> None:
    source = random.Random(11)
    stopped = sum(stops(source, (0.3, 0.3), persons=400, minimum=50, step=25) for _ in range(100))

    assert stopped <= 5


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.02, 0.3])
def test_at_most_one_in_twenty_of_2000_experiments_without_a_difference_is_stopped(rate: float) -> None:
    source = random.Random(5)
    stopped = sum(stops(source, (rate, rate), persons=4_000, minimum=100, step=20) for _ in range(2_000))

    print(f"{stopped} of 2,000 A/A experiments at {rate:.0%} were stopped: {stopped / 2_000:.2%}")  # noqa: T201
    assert stopped <= 0.05 * 2_000


@pytest.mark.slow
def test_a_planted_difference_is_seen_in_nearly_every_experiment() -> None:
    source = random.Random(6)
    stopped = sum(stops(source, (0.30, 0.37), persons=4_000, minimum=100, step=20) for _ in range(300))

    print(f"{stopped} of 300 experiments with 30 % against 37 % were stopped: {stopped / 300:.0%}")  # noqa: T201
    assert stopped >= 0.9 * 300
