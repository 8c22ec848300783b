"""Values of derived properties, and which rows are of a derived event: expressions over the rows of a stretch.

Sums, differences, products and comparisons of numbers go by columns, all else once for each different row. Numbers are
exact; a quotient that does not end is rounded to 28 digits. A row with a value that is not of its type has none, and is
counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, Final, NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.column_expressions import column_of
from footfall.analytics.numbers import Numbers, narrowest
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
    inputs = _inputs(part, stretch, event, expression)
    if (column := _by_columns(inputs, expression, _TYPES.get(type_))) is not None:
        return DerivedColumn(TypedColumn(pyarrow.chunked_array([column]), None), inputs.unread)
    values, unread = _by_rows(inputs, expression), inputs.unread
    if type_ in {"integer", "decimal", "number"}:
        return DerivedColumn(_numbers(values, type_), unread)
    column = pyarrow.array(values, _TYPES.get(type_, pyarrow.string()))
    return DerivedColumn(TypedColumn(pyarrow.chunked_array([column]), None), unread)


def true_rows(part: Part, stretch: Stretch, event: Event, expression: str) -> Any:
    """The rows of a stretch of which an expression is true, as an Arrow mask. Raises DamagedFileError."""
    inputs = _inputs(part, stretch, event, expression)
    if (column := _by_columns(inputs, expression, pyarrow.bool_())) is not None:
        return pc.fill_null(column, False)
    values = _by_rows(inputs, expression)
    return pyarrow.array([value is True for value in values], pyarrow.bool_())


class _Inputs(NamedTuple):
    """The values of the properties that an expression names, and the rows with one that is not of its type."""

    rows: int
    values: Mapping[str, Any]
    unread: Sequence[int]


def _inputs(part: Part, stretch: Stretch, event: Event, expression: str) -> _Inputs:
    names = compile_rule(expression).names
    wanted = [
        Planned(item.name, item, wire_type(item), "properties", (item.wire_name or item.name,))
        for item in event.properties
        if item.name in names
    ]
    read = read_values(part, stretch, wanted)
    unread = sorted({row for each in read for row in each.unread})
    values = {item.name: each.values for item, each in zip(wanted, read, strict=True)}
    return _Inputs(stretch.stop - stretch.start, values, unread)


def _by_columns(inputs: _Inputs, expression: str, type_: Any) -> Any:
    """The values as an Arrow array of a type; None where columns cannot give them."""
    columns = {}
    for name, values in inputs.values.items():
        if not isinstance(values, Numbers) or values.others:
            return None
        columns[name] = narrowest(values.values)
    if inputs.unread or not columns or not inputs.rows or type_ is None:
        return None
    column = column_of(expression, columns)
    try:
        return None if column is None else column.combine_chunks().cast(type_)
    except pyarrow.ArrowInvalid:  # a number of too many digits for the type
        return None


def _by_rows(inputs: _Inputs, expression: str) -> list[Any]:
    """The values one by one; each different row of inputs is evaluated once."""
    rule, names = compile_rule(expression), [*inputs.values]
    columns = [_listed(values) for values in inputs.values.values()]
    results: dict[tuple[Any, ...], Any] = {}
    values = []
    for row in zip(*columns, strict=True) if columns else ((),) * inputs.rows:
        if row not in results:
            results[row] = _single(rule.value(dict(zip(names, row, strict=True))), divides=rule.divides)
        values.append(results[row])
    for number in inputs.unread:
        values[number] = None
    return values


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
