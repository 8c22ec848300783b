"""The range in which a figure is usual, by its earlier values, so that noise is not taken for a change."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt
from statistics import median
from typing import Final, NamedTuple

__all__ = ["LEAST", "MOST", "RULE", "UsualRange", "usual_range"]

LEAST: Final = 4
"""The fewest earlier values that say anything."""

MOST: Final = 8
"""How many earlier values are looked at."""

# How many MADs from the median 59 of 60 further values are, by how many values of a normal distribution the median and
# the MAD are of: simulated, for the MAD of so few varies much (three deviations would be wrong about 7 values of 100).
_WIDTHS: Final = {4: 17.7, 5: 16.4, 6: 9.9, 7: 9.5, 8: 7.5}
_CHANCE = 3.0  # deviations of a count

RULE: Final = (
    f"A value is usual where it is as near to the median of the {LEAST} to {MOST} complete periods of its kind before "
    "it as 59 of 60 values would be by chance, by their MAD, and a count also within 3 √median of it."
)


class UsualRange(NamedTuple):
    """The least and the most that is usual."""

    low: float
    high: float


def usual_range(earlier: Sequence[float], *, is_count: bool) -> UsualRange | None:
    """The median of earlier values, and how far from it values are by chance; None of fewer than LEAST.

    None too where a number is beyond the range of floats.

    `earlier` are at most MOST values. A count varies by the root of itself at least, as independent events do
    (Poisson). The median and the median absolute deviation (MAD) are not moved by single outliers: P. J. Huber, Robust
    Statistics (1981), section 5.1.
    """
    if len(earlier) < LEAST:
        return None
    middle = median(earlier)
    reach = _WIDTHS[len(earlier)] * median(abs(value - middle) for value in earlier)
    if is_count:
        reach = max(reach, _CHANCE * sqrt(max(middle, 1.0)))
        return UsualRange(max(0.0, middle - reach), middle + reach)
    usual = UsualRange(middle - reach, middle + reach)
    return usual if all(map(isfinite, usual)) else None
