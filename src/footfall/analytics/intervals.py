"""Intervals for shares that were counted: how far the true share may be from the one that was seen."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt
from typing import Final, NamedTuple

__all__ = ["CONFIDENCE", "Interval", "wilson"]

CONFIDENCE: Final = "95 %"
_Z: Final = 1.959963984540054  # the 97.5 % quantile of the standard normal distribution
_DIGITS = Decimal("0.000001")


class Interval(NamedTuple):
    """The lower and the upper end of a share, each from 0 to 1, rounded outwards to six decimals."""

    low: Decimal
    high: Decimal


def wilson(count: int, of: int) -> Interval | None:
    """The 95 % interval of Wilson's score test for `count` of `of` who each count once; None of nobody.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, J. Am. Stat. Assoc. 22
    (1927), 209-212.
    """
    if of == 0:
        return None
    share, square = count / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Interval(
        Decimal(0) if count == 0 else Decimal(low).quantize(_DIGITS, rounding="ROUND_FLOOR"),
        Decimal(1) if count == of else Decimal(high).quantize(_DIGITS, rounding="ROUND_CEILING"),
    )
