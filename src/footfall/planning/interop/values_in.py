"""The values that a JSON Schema names (members, bounds, steps), and the types that they are of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, TypeGuard

from footfall.plan.reading.yaml_source import is_writable
from footfall.planning.interop.simplify import as_types, fits

__all__ = ["as_whole", "distinct", "is_count", "is_number", "kinds_of", "nearest_beyond", "open_enum", "scale_of"]

_LARGEST_COUNT = 2**53


def open_enum(schema: Mapping[str, Any]) -> tuple[list[Any], list[str]] | None:
    """The members and types of `anyOf: [{enum: …}, {type: string}]`: known values, and any other of the types."""
    choices = schema.get("anyOf")
    if "type" in schema or "enum" in schema or not isinstance(choices, list) or len(choices) != 2:
        return None
    first, second = choices
    if not all(isinstance(each, Mapping) for each in choices) or set(first) != {"enum"} or set(second) != {"type"}:
        return None
    members, types = first["enum"], as_types(second)
    words = set(types) - {"null"}
    if not isinstance(members, list) or not words or not words <= {"string", "integer"}:
        return None
    kinds = {_kind(member) for member in members if member is not None}
    return (members, types) if kinds == words and (None in members) == ("null" in types) else None


def _kind(value: Any) -> str:
    words = ("string", "integer", "number", "boolean", "object", "array", "null")
    return next(word for word in words if fits(value, [word]))


def is_number(value: Any) -> TypeGuard[int | Decimal]:
    """Whether a value is a finite number, with its digits, that a plan can have."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return False
    return Decimal(value).is_finite() and is_writable(value)


def is_count(value: Any) -> bool:
    """Whether a value is a whole number that can be a length."""
    return is_number(value) and value == int(value) and 0 <= value < _LARGEST_COUNT


def scale_of(step: int | Decimal) -> int | None:
    """The number of decimals that a step of 1, 0.1, 0.01 … allows; None for any other step."""
    number = Decimal(step).normalize()
    sign, digits, exponent = number.as_tuple()
    whole = isinstance(exponent, int) and exponent <= 0 and digits == (1,) and not sign
    return -exponent if whole and isinstance(exponent, int) else None


def as_whole(value: Any) -> Any:
    """A number without a fraction as an integer, which it is in JSON Schema."""
    return int(value) if isinstance(value, Decimal) and abs(value) < _LARGEST_COUNT and value == int(value) else value


def distinct(values: list[Any]) -> list[Any]:
    """The values without repetition; 1 and true are two."""
    return [value for index, value in enumerate(values) if not any(_same(value, each) for each in values[:index])]


def _same(value: Any, other: Any) -> bool:
    return value == other and isinstance(value, bool) is isinstance(other, bool)


def kinds_of(values: list[Any]) -> list[str]:
    """The types of some values, of which an integer is a number where there are others."""
    kinds = sorted({_kind(value) for value in values})
    return [kind for kind in kinds if kind != "integer"] if "number" in kinds else kinds


def nearest_beyond(bound: int | Decimal, away: int, *, whole: bool, scale: int | None) -> int | Decimal:
    """The nearest value beyond a bound that a value must not be; the bound itself where there is none."""
    if whole:
        return (math.floor(bound) if away > 0 else math.ceil(bound)) + away
    if scale is None:
        return bound
    step = Decimal(1).scaleb(-scale)
    rounded = (Decimal(bound) / step).to_integral_value(ROUND_FLOOR if away > 0 else ROUND_CEILING)
    return (rounded + away) * step
