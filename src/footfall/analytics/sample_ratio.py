"""Whether persons were shown variants in the shares that were planned: Pearson's chi-square test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

__all__ = ["LEAST_EXPECTED", "MISMATCH", "chi_square_tail", "sample_ratio"]

MISMATCH: Final = 0.001
"""Below this probability the shares are not the planned ones."""

LEAST_EXPECTED: Final = 5
"""With fewer persons expected of any variant, the test says nothing."""


def sample_ratio(counts: Sequence[int], shares: Sequence[Decimal]) -> float | None:
    """The probability of counts as far from their `shares` as these, or further; None where there are too few.

    The shares need not add up to 1.
    """
    total, whole = sum(counts), sum(map(Fraction, shares))
    expected = [total * Fraction(share) / whole for share in shares]
    if min(expected) < LEAST_EXPECTED:
        return None
    distance = sum((count - part) ** 2 / part for count, part in zip(counts, expected, strict=True))
    return chi_square_tail(float(distance), len(counts) - 1)


def chi_square_tail(distance: float, freedom: int) -> float:
    """The probability that chi-square of so many degrees of freedom is `distance` or more.

    For whole degrees it is a finite sum: of an even number, that of a Poisson distribution; of an odd one, what is
    beyond the root in the normal distribution and as many terms more. Source: M. Abramowitz, I. A. Stegun, Handbook of
    Mathematical Functions, 26.4.4 and 26.4.5.
    """
    half = distance / 2
    if freedom % 2:
        term, total = math.sqrt(distance) * math.sqrt(2 / math.pi) * math.exp(-half), math.erfc(math.sqrt(half))
        first = 3
    else:
        term, total = math.exp(-half), 0.0
        first = 2
    for degree in range(first, freedom + 1, 2):
        total += term
        term *= distance / degree
    return min(1.0, total)
