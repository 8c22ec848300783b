"""Values of derived properties, and which rows are of a derived event: expressions over the rows of a stretch.

An expression is evaluated once for each different row of its properties. Numbers are exact; a quotient that does not
end is rounded to 28 digits. A row with a value that is not of its type has none, and is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any, Final, NamedTuple

import pyarrow

from footfall.analytics.numbers import Numbers
from footfall.analytics.planned_values import Planned
from footfall.analytics.properties import read_values
from footfall.plan.checking.rules import compile_rule
from footfall.plan.model import Event, ScalarType
from footfall.plan.property_text import wire_type
from footfall.storage.part import Part, Stretch, TypedColumn

__all__ = ["DerivedColumn", "read_derived", "true_rows"]

_MOST_EXACT = 38  # digits of a quotient
_ROUNDED: Final = Context(prec=28)
_WHOLE, _SCALE = 20, 18
_DECIMAL = pyarrow.decimal128(_WHOLE + _SCALE, _SCALE)
_TYPES: Final = {"integer": pyarrow.int64(), "decimal": _DECIMAL, "number": _DECIMAL, "boolean": pyarrow.bool_()}


class DerivedColumn(NamedTuple):
    """The values of a derived property, and the rows with an input that is not of its type."""

    column: TypedColumn
    unread: Sequence[int]


def read_derived(part: Part, stretch: Stretch, event: Event, expression: str, type_: ScalarType) -> DerivedColumn:
    """The values of an expression over the properties of an event, by the rows of a stretch. Raises DamagedFileError.

    `texts` of the column has the numbers that it cannot hold.
    """
    values, unread = _evaluated(part, stretch, event, expression)
    if type_ in {"integer", "decimal", "number"}:
        return DerivedColumn(_numbers(values, type_), unread)
    column = pyarrow.array(values, _TYPES.get(type_, pyarrow.string()))
    return DerivedColumn(TypedColumn(pyarrow.chunked_array([column]), None), unread)


def true_rows(part: Part, stretch: Stretch, event: Event, expression: str) -> Any:
    """The rows of a stretch of which an expression is true, as an Arrow mask. Raises DamagedFileError."""
    values, _ = _evaluated(part, stretch, event, expression)
    return pyarrow.array([value is True for value in values], pyarrow.bool_())


def _evaluated(part: Part, stretch: Stretch, event: Event, expression: str) -> tuple[list[Any], list[int]]:
    rule = compile_rule(expression)
    wanted = [item for item in event.properties if item.name in rule.names]
    names = [item.name for item in wanted]
    inputs = [
        Planned(item.name, item, wire_type(item), "properties", (item.wire_name or item.name,)) for item in wanted
    ]
    read = read_values(part, stretch, inputs)
    columns = [_listed(each.values) for each in read]
    unread = sorted({row for each in read for row in each.unread})
    results: dict[tuple[Any, ...], Any] = {}
    values = []
    rows = zip(*columns, strict=True) if columns else ((),) * (stretch.stop - stretch.start)
    for row in rows:
        # 1, True and 1.0 are one key of a dictionary, and not one value.
        key = (*row, *map(type, row))
        if key not in results:
            results[key] = _single(rule.value(dict(zip(names, row, strict=True))), divides=rule.divides)
        values.append(results[key])
    for number in unread:
        values[number] = None
    return values, unread


def _single(value: Any, *, divides: bool) -> Any:
    """The value of an expression as one of a property has it; a number is a decimal."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        exact = Decimal(value)
        return _ROUNDED.plus(exact) if divides and len(exact.as_tuple().digits) > _MOST_EXACT else exact
    return value


def _listed(values: Any) -> list[Any]:
    """The values of rows for an expression."""
    if not isinstance(values, Numbers):
        listed: list[Any] = values.to_pylist()
        return listed
    numbers: list[Any] = values.values.to_pylist()
    for row, value in values.others.items():
        numbers[row] = value
    return numbers


def _numbers(values: Sequence[Decimal | None], type_: ScalarType) -> TypedColumn:
    numbers: list[int | Decimal | None] = []
    texts: list[str | None] = []
    for value in values:
        fits = value is None or _fits(value, type_)
        numbers.append(None if value is None or not fits else _as(value, type_))
        texts.append(None if value is None or fits else f"{value:f}")
    column = pyarrow.chunked_array([pyarrow.array(numbers, _TYPES[type_])])
    return TypedColumn(column, pyarrow.chunked_array([pyarrow.array(texts, pyarrow.string())]) if any(texts) else None)


def _fits(value: Decimal, type_: ScalarType) -> bool:
    exponent = int(value.as_tuple().exponent)
    if type_ == "integer":
        return exponent >= 0 and -(2**63) <= value < 2**63
    return exponent >= -_SCALE and value.adjusted() < _WHOLE


def _as(value: Decimal, type_: ScalarType) -> int | Decimal:
    return int(value) if type_ == "integer" else value
