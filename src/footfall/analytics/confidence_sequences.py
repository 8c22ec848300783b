"""Confidence sequences: intervals of means that stay right however often somebody looks, and may stop at any look.

Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, Time-uniform central limit theory and asymptotic
confidence sequences, Ann. Statist. 52 (2024), 2613-2640: the Gaussian mixture boundary of its Theorem 2.2. Of a mean,
its width is that theorem's; of a difference of two means, it is that of the mean of each person's influence on it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec

__all__ = ["ConfidenceInterval", "Moments", "boundary", "difference_sequence", "intrinsic_rate", "mean_sequence"]

_DIGITS: Final = Decimal("0.000001")
_STEPS: Final = 200  # of an iteration whose error at least halves


class ConfidenceInterval(NamedTuple):
    """The lower and the upper end at this look, rounded outwards to six decimals."""

    low: Decimal
    high: Decimal


class Moments(msgspec.Struct, frozen=True):
    """How many values there are, their exact mean, and their variance."""

    count: int
    mean: Fraction
    variance: Fraction

    @classmethod
    def of(cls, values: Mapping[Decimal, int]) -> Moments:
        """Those of values, each with how often it occurs. The variance divides by one less than their number."""
        count = sum(values.values())
        if not count:
            return cls(0, Fraction(0), Fraction(0))
        mean = sum((Fraction(value) * times for value, times in values.items()), Fraction(0)) / count
        squares = sum((times * (Fraction(value) - mean) ** 2 for value, times in values.items()), Fraction(0))
        return cls(count, mean, squares / max(1, count - 1))

    @classmethod
    def of_rate(cls, successes: int, count: int) -> Moments:
        """Those of a share.

        The variance is that with one success and one failure more: a share that is 0 or 1 so far has one too.
        """
        if not count:
            return cls(0, Fraction(0), Fraction(0))
        smooth = Fraction(successes + 1, count + 2)
        return cls(count, Fraction(successes, count), smooth * (1 - smooth))


@functools.lru_cache(maxsize=64)
def intrinsic_rate(aim: float, alpha: float) -> float:
    """The parameter ρ² of the mixture that makes the boundary narrowest at `aim` values.

    With x = aim · ρ² the boundary is least where x + 1 = 1 - 2 ln α + ln(x + 1); the paper writes it by Lambert's W.
    """
    inner = 1 - 2 * math.log(alpha)
    for _ in range(_STEPS):
        inner = 1 - 2 * math.log(alpha) + math.log(inner)
    return (inner - 1) / aim


def boundary(count: int, alpha: float, rate: float) -> float:
    """How many standard deviations the mean of `count` values may be from the true one, at any look with 1 - α."""
    grown = count * rate + 1
    return math.sqrt(2 * grown / (count * count * rate) * math.log(math.sqrt(grown) / alpha))


def mean_sequence(values: Moments, *, alpha: float, aim: float) -> ConfidenceInterval | None:
    """The interval of a mean that is right at every look with probability 1 - α, narrowest at `aim` values.

    None where the values so far do not say how they vary.
    """
    if not values.variance:
        return None
    reach = math.sqrt(values.variance) * boundary(values.count, alpha, intrinsic_rate(aim, alpha))
    return _around(values.mean, reach)


def difference_sequence(treated: Moments, control: Moments, *, alpha: float, aim: float) -> ConfidenceInterval | None:
    """The same of the mean of `treated` less that of `control`, for persons whom chance gave one of the two.

    `aim` is of both together. Where the values of one do not vary so far, they are taken to vary as those of both
    together do. None where nobody's differ, or nobody is in one of them.
    """
    both = _pooled(treated, control)
    if not (treated.count and control.count and both):
        return None
    count = treated.count + control.count
    spread = count * sum((each.variance or both) / each.count for each in (treated, control))
    reach = math.sqrt(spread) * boundary(count, alpha, intrinsic_rate(aim, alpha))
    return _around(treated.mean - control.mean, reach)


def _pooled(first: Moments, second: Moments) -> Fraction:
    """The variance of the values of both together."""
    count = first.count + second.count
    if count < 2:
        return Fraction(0)
    mean = (first.count * first.mean + second.count * second.mean) / count
    squares = (
        max(0, each.count - 1) * each.variance + each.count * (each.mean - mean) ** 2 for each in (first, second)
    )
    return sum(squares, Fraction(0)) / (count - 1)


def _around(middle: Fraction, reach: float) -> ConfidenceInterval:
    low, high = (Decimal(float(middle) + sign * reach) for sign in (-1, 1))
    return ConfidenceInterval(
        low.quantize(_DIGITS, rounding="ROUND_FLOOR"), high.quantize(_DIGITS, rounding="ROUND_CEILING")
    )
