"""Exact figures: sums, averages, medians and quotients of decimals, with no double anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction

import msgspec

from footfall.plan.property_text import MOST_DIGITS

__all__ = [
    "AGGREGATES", "Figure", "added", "aggregate", "as_float", "difference", "less", "median", "percentile",
    "plain_digits", "quotient",
]  # fmt: skip

# Room for the sum of any values that a property may have; a sum that did not fit would raise, and never round.
_EXACT = Context(prec=4 * MOST_DIGITS, traps=[Inexact, InvalidOperation, Overflow])
# What a quotient is rounded to when it is shown (IEEE 754 decimal128 has 34 digits, Python's default is 28).
_SHOWN = Context(prec=28)


class Figure(msgspec.Struct, frozen=True):
    """A number: `value` as it is shown, `exact` as it is compared. Both None when there is nothing to say."""

    value: Decimal | None
    exact: Fraction | None

    @property
    def rounded(self) -> bool:
        """Whether `value` is not the number itself, only its first 28 digits."""
        return self.value is not None and Fraction(self.value) != self.exact

    @classmethod
    def of(cls, value: Decimal | int | None) -> Figure:
        return cls(None, None) if value is None else cls(plain_digits(Decimal(value)), Fraction(value))


def plain_digits(value: Decimal) -> Decimal:
    """The same number with zeros in place of a positive exponent."""
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1), context=_EXACT) if isinstance(exponent, int) and exponent > 0 else value


def as_float(value: Decimal | None) -> float | None:
    """A share or a quotient for a data frame; None stays None."""
    return None if value is None else float(value)


def difference(after: Decimal, before: Decimal) -> Decimal:
    """How much more `after` is, exactly."""
    return plain_digits(_EXACT.subtract(after, before))


def quotient(of: Fraction | int | None, to: Fraction | int | None) -> Figure:
    """One number divided by another; nothing when either is missing or the divisor is 0.

    It is shown to 28 digits, and where it has more before its point, with an exponent in the place of the rest.
    """
    if of is None or to is None or to == 0:
        return Figure(None, None)
    exact = Fraction(of) / Fraction(to)
    shown = _SHOWN.divide(Decimal(exact.numerator), Decimal(exact.denominator)).normalize(_SHOWN)
    # Zeros in the place of digits that were rounded away would read as exact.
    return Figure(plain_digits(shown) if Fraction(shown) == exact else shown, exact)


def _sum(values: Mapping[Decimal, int]) -> Decimal:
    total = Decimal(0)
    for value, times in values.items():
        total = _EXACT.add(total, _EXACT.multiply(value, Decimal(times)))
    return total


def median(values: Mapping[Decimal, int]) -> Figure:
    """The middle value, or halfway between the two in the middle; `values` says how often each occurs."""
    ordered = sorted(values.items())
    size = sum(values.values())
    if not size:
        return Figure.of(None)
    low, high = _ranked(ordered, (size - 1) // 2), _ranked(ordered, size // 2)
    return Figure.of(low) if low == high else quotient(Fraction(_EXACT.add(low, high)), 2)


def _ranked(ordered: Sequence[tuple[Decimal, int]], rank: int) -> Decimal:
    for value, times in ordered:
        if rank < times:
            return value
        rank -= times
    raise IndexError(rank)


AGGREGATES: Mapping[str, Callable[[Mapping[Decimal, int], int], Figure]] = {
    "sum": lambda values, _: Figure.of(_sum(values)),
    "average": lambda values, count: quotient(Fraction(_sum(values)), count),
    "minimum": lambda values, _: Figure.of(min(values)),
    "maximum": lambda values, _: Figure.of(max(values)),
    "median": lambda values, _: median(values),
}


def percentile(values: Mapping[Decimal, int], at: Decimal) -> Figure:
    """The value below which `at` per cent of the values lie; `values` says how often each occurs.

    It is at the position (n - 1) * at / 100 of the n values in order, counted from 0, and between two values in
    proportion: type 7 of Hyndman and Fan (Sample Quantiles in Statistical Packages, 1996), which is `percentile_cont`
    in SQL. So the 50th is the median.
    """
    ordered = sorted(values.items())
    size = sum(values.values())
    if not size:
        return Figure.of(None)
    place, rest = divmod(Fraction(at) * (size - 1) / 100, 1)
    low, high = _ranked(ordered, int(place)), _ranked(ordered, min(int(place) + 1, size - 1))
    between = Fraction(low) + rest * (Fraction(high) - Fraction(low))
    return Figure.of(low) if between == low else quotient(between, 1)


def added(first: Figure, second: Figure) -> Figure:
    """Two figures added up; nothing when either is."""
    return _together(first, second, _EXACT.add, 1)


def less(first: Figure, second: Figure) -> Figure:
    """One figure less another; nothing when either is."""
    return _together(first, second, _EXACT.subtract, -1)


def _together(first: Figure, second: Figure, exact: Callable[[Decimal, Decimal], Decimal], sign: int) -> Figure:
    if first.value is None or second.value is None or first.exact is None or second.exact is None:
        return Figure(None, None)
    if first.rounded or second.rounded:
        return quotient(first.exact + sign * second.exact, 1)
    return Figure.of(exact(first.value, second.value))


def aggregate(function: str, values: Mapping[Decimal, int], count: int, at: Decimal | None = None) -> Figure:
    """`function` over `count` values, from how often each occurs. Of nothing: a sum is 0, all else is nothing.

    A percentile is that `at`.

    Of what only adds up, `values` may be the sums of parts, and of extremes the extremes of parts.
    """
    if not values:
        return Figure.of(0 if function == "sum" else None)
    if at is not None:
        return percentile(values, at)
    return AGGREGATES[function](values, count)
