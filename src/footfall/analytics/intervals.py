"""Intervals for shares that were counted: how far the true share may be from the one that was seen."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt
from typing import Final, NamedTuple

__all__ = ["CHANGE_RULE", "CONFIDENCE", "ChangeInterval", "Interval", "change_of_counts", "change_of_shares", "wilson"]

CONFIDENCE: Final = "95 %"
_Z: Final = 1.959963984540054  # the 97.5 % quantile of the standard normal distribution
_DIGITS = Decimal("0.000001")


CHANGE_RULE: Final = (
    f"In brackets is the {CONFIDENCE} interval of the change by chance alone, of counts as independent events "
    "(Poisson), of shares of persons who each count once by Wilson's intervals; where 0 is in it, the change may be "
    "noise."
)


class ChangeInterval(NamedTuple):
    """Between which changes, as shares of the value before, the true change is; `high` is None where it has no end."""

    low: float
    high: float | None

    @property
    def may_be_noise(self) -> bool:
        """Whether no change at all is as possible."""
        return self.low <= 0 and (self.high is None or self.high >= 0)


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


def change_of_counts(before: int, after: int) -> ChangeInterval | None:
    """The 95 % interval of the change from one count of independent events to the next; None of none.

    Given the sum of two Poisson counts the second is binomial, so the interval of its share gives that of the ratio.
    Source: W. Ederer and N. Mantel, Confidence limits on the ratio of two Poisson variables, Am. J. Epidemiol. 100
    (1974), 165-167.
    """
    share = wilson(after, before + after)
    if share is None:
        return None
    low, high = float(share.low), float(share.high)
    return ChangeInterval(low / (1 - low) - 1, None if high >= 1 else high / (1 - high) - 1)


def change_of_shares(before: tuple[int, int], after: tuple[int, int]) -> ChangeInterval | None:
    """The same from one share to the next, each `(count, of)` of others who each count once; None of nobody.

    Source: A. Donner and G. Y. Zou, Closed-form confidence intervals for functions of the normal mean and standard
    deviation, Stat. Methods Med. Res. 21 (2012), 347-359 (MOVER, from the interval of each share).
    """
    first, second = wilson(*before), wilson(*after)
    if first is None or second is None:
        return None
    share, later = before[0] / before[1], after[0] / after[1]
    low, high, later_low, later_high = map(float, (*first, *second))
    middle = share * later
    least = middle - sqrt(max(0.0, middle**2 - later_low * high * (2 * later - later_low) * (2 * share - high)))
    below, above = high * (2 * share - high), low * (2 * share - low)
    if below <= 0:  # so near to 0 that the ratio has no finite lower end of this form
        return ChangeInterval(-1.0 if later_low == 0 else later_low / high - 1, None)
    most = middle + sqrt(max(0.0, middle**2 - later_high * low * (2 * later - later_high) * (2 * share - low)))
    return ChangeInterval(max(-1.0, least / below - 1), None if above <= 0 else most / above - 1)
