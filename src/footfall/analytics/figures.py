"""Exact figures: sums, averages, medians and quotients of decimals, with no double anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction

import msgspec

from footfall.plan.property_text import MOST_DIGITS

__all__ = ["AGGREGATES", "Figure", "aggregate", "difference", "median", "plain_digits", "quotient"]

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


def aggregate(function: str, values: Mapping[Decimal, int], count: int) -> Figure:
    """`function` over `count` values, from how often each occurs. Of nothing: a sum is 0, all else is nothing.

    Of what only adds up, `values` may be the sums of parts, and of extremes the extremes of parts.
    """
    if not values:
        return Figure.of(0 if function == "sum" else None)
    return AGGREGATES[function](values, count)
