"""Turns a plan's conditions into SQL over an event's table of typed columns."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Any, Protocol

from footfall.analytics.dataset import Dataset
from footfall.analytics.engine import literal
from footfall.analytics.numbers import shortest
from footfall.analytics.properties import ItemTable, PropertyColumn, PropertyTable
from footfall.errors import UsageError
from footfall.plan.model import Where
from footfall.plan.property_text import number_text
from footfall.plan.segments import MEMBER_OPS
from footfall.plan.value_names import names_in

__all__ = ["ACTORS", "NO_SEGMENTS", "Memberships", "needed", "where_sql"]

# Who an event is of: a person that counts, or a device stream (never both).
ACTORS: Mapping[str, str] = {"user": "counted", "device": "is_device", "any": "(counted OR is_device)"}

# The sign, what it means, and how a bound is rounded to the column's scale so that the comparison stays the same.
_COMPARE: Mapping[str, tuple[str, Callable[[Any, Any], bool], str]] = {
    "gt": (">", operator.gt, ROUND_FLOOR),
    "gte": (">=", operator.ge, ROUND_CEILING),
    "lt": ("<", operator.lt, ROUND_CEILING),
    "lte": ("<=", operator.le, ROUND_FLOOR),
}
_WIDE = Context(prec=38)

Value = str | int | bool | float | None


class Memberships(Protocol):
    """Knows who is in which segment."""

    def condition(self, names: Sequence[str]) -> str:
        """The condition on a row that its column `person` is in any of these segments, as SQL."""


class _NoSegments:
    def condition(self, names: Sequence[str]) -> str:
        raise UsageError(f"nobody is known to be in {names[0]!r} here")


NO_SEGMENTS: Memberships = _NoSegments()
"""Of who reads figures that name no segment."""


def needed(where: Sequence[Where], *more: str) -> frozenset[str]:
    """The values that a measure or a step has to read, by their names."""
    return frozenset(name for part in where for name in names_in(part)) | set(more)


def where_sql(
    dataset: Dataset,
    table: PropertyTable | ItemTable | None,
    where: Sequence[Where],
    segments: Memberships = NO_SEGMENTS,
) -> str:
    """All of `where` as one condition in SQL. An absent value meets no comparison, but every `not`.

    `table` is None for any message, which has no properties. Who is in no segment, such as a device, meets every `not`.
    """
    return " AND ".join(_condition(dataset, table, part, segments) for part in where) or "TRUE"


def _condition(dataset: Dataset, table: PropertyTable | ItemTable | None, where: Where, segments: Memberships) -> str:
    """One condition in SQL; numbers compare as numbers, exactly, all else as text."""
    if where.op in MEMBER_OPS:
        is_member = segments.condition([str(name) for name in where.values])
        return is_member if where.op == "member" else f"NOT {is_member}"
    if table is None:
        raise UsageError(f"any message has no property {where.property!r}; name an event")
    if where.op == "any":
        items = table.items[where.property]
        inner = where_sql(dataset, items, where.where, segments)
        return f"{table.row} IN (SELECT {items.of} FROM {items.name} WHERE {inner})"
    column = table.columns[where.property]
    if where.op in _COMPARE:
        return _comparison(dataset, table, column, where)
    texts = [text for text in (_as_sql(column, value) for value in where.values if value is not None) if text]
    listed = f"{column.sql} IN ({', '.join(texts)})" if texts else "FALSE"
    if None in where.values:
        listed = f"({column.sql} IS NULL OR {listed})"
    return f"{'' if where.op == 'in' else 'NOT '}coalesce({listed}, FALSE)"


def _number(value: Value) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))  # a float's shortest text is what the plan says
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _as_sql(column: PropertyColumn, value: Value) -> str | None:
    """A plan's value as the column keeps it; None when no value of the column can be equal to it."""
    if column.form == "boolean":
        return literal(value) if isinstance(value, bool) else None
    if column.form == "text":
        return literal(_text(column, value))
    number = _number(value)
    if number is None:
        return None
    if column.form == "digits":
        return literal(shortest(number))
    rounded = _scaled(number, column.scale, ROUND_FLOOR)
    return _decimal(rounded, column.scale) if rounded == number and rounded is not None else None


def _text(column: PropertyColumn, value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    number = None if isinstance(value, str) else _number(value)
    if number is not None:
        return number_text(number)
    return str(value) if column.same is None else column.same(str(value))


def _scaled(number: Decimal, scale: int, rounding: str) -> Decimal | None:
    """The number at a scale; None when that takes more than 38 digits."""
    try:
        return number.quantize(Decimal(1).scaleb(-scale), rounding=rounding, context=_WIDE)
    except InvalidOperation:
        return None


def _decimal(number: Decimal, scale: int) -> str:
    return f"'{number:f}'::DECIMAL(38, {scale})"


def _comparison(dataset: Dataset, table: PropertyTable | ItemTable, column: PropertyColumn, where: Where) -> str:
    sign, compare, rounding = _COMPARE[where.op]
    value = where.values[0]
    if column.form == "text":
        return f"coalesce({column.sql} {sign} {literal(_text(column, value))}, FALSE)"
    number = _number(value)
    if number is None or column.form == "boolean":
        return "FALSE"
    if column.form == "decimal" and (bound := _scaled(number, column.scale, rounding)) is not None:
        return f"coalesce({column.sql} {sign} {_decimal(bound, column.scale)}, FALSE)"
    # Values or bounds of more than 38 digits: compare here, once for each different value.
    rows = dataset.rows(f"SELECT DISTINCT {column.sql}::VARCHAR FROM {table.name} WHERE {column.sql} IS NOT NULL")
    texts = tuple(text for (text,) in rows if compare(Decimal(text), number))
    return f"coalesce({column.sql}::VARCHAR IN {literal(texts)}, FALSE)" if texts else "FALSE"
