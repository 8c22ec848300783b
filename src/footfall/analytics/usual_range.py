"""The range in which a figure is usual, by its earlier values, so that noise is not taken for a change."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import median
from typing import Final, NamedTuple

__all__ = ["LEAST", "MOST", "RULE", "UsualRange", "usual_range"]

LEAST: Final = 4
"""The fewest earlier values that say anything."""

MOST: Final = 8
"""How many earlier values are looked at."""

_WIDTH = 3.0
_MAD_TO_DEVIATION = 1.4826  # of a normal distribution

RULE: Final = (
    f"A value is usual within 3 robust deviations (1.4826 × MAD) of the median of the {MOST} complete periods of its "
    f"kind before it, and a count also within 3 √median; fewer than {LEAST} say nothing."
)


class UsualRange(NamedTuple):
    """The least and the most that is usual."""

    low: float
    high: float


def usual_range(earlier: Sequence[float], *, is_count: bool) -> UsualRange | None:
    """The median of earlier values and three robust deviations on both sides; None of fewer than LEAST.

    A count varies by the root of itself at least, as independent events do (Poisson). Source of the factor: P. J.
    Huber, Robust Statistics (1981), section 5.1.
    """
    if len(earlier) < LEAST:
        return None
    middle = median(earlier)
    reach = _WIDTH * _MAD_TO_DEVIATION * median(abs(value - middle) for value in earlier)
    if is_count:
        reach = max(reach, _WIDTH * sqrt(max(middle, 1.0)))
        return UsualRange(max(0.0, middle - reach), middle + reach)
    return UsualRange(middle - reach, middle + reach)
