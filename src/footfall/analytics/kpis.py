"""Computes a plan's measures over a window: counts, exact aggregates, unique values, and ratios of these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.figures import Figure, aggregate, quotient
from footfall.analytics.properties import Column, PropertyTable
from footfall.analytics.query import ACTORS, holds, needed
from footfall.analytics.window import Span
from footfall.plan.model import Aggregate, Count, Plan, Ratio, Unique

__all__ = ["Key", "Measured", "measure", "reads"]

Key = tuple[str | int | bool | Decimal | None, ...]
Simple = Count | Aggregate | Unique


class Measured(msgspec.Struct, frozen=True):
    """A measure's figure, its breakdown by group, and its parts if it is a quotient.

    `nothing` is its figure where there are no messages; `never` names its event when all of the data hold none of it;
    `unread` how many values of its properties, in all of the data,
    were there and not of the plan's type.
    """

    total: Figure
    nothing: Figure
    by: tuple[str, ...] = ()
    groups: Mapping[Key, Figure] = {}
    of: Figure | None = None
    to: Figure | None = None
    unread: int = 0
    never: str | None = None


def measure(dataset: Dataset, plan: Plan, asked: Simple | Ratio, span: Span) -> Measured:
    """One measure over one window, with a figure for each group where it says `by`.

    Raises UsageError when the plan has no such event or property.
    """
    if isinstance(asked, Ratio):
        return _ratio(measure(dataset, plan, asked.of, span), measure(dataset, plan, asked.to, span))
    wanted = reads(asked)
    table = dataset.events(asked.event, wanted, plan=plan)
    within = f"{span.sql()} AND {holds(dataset, table, asked.where)}"
    total = _figures(dataset, table, asked, within, ())
    groups = _figures(dataset, table, asked, within, asked.by) if asked.by else {}
    ordered = sorted(groups.items(), key=lambda item: (item[1].exact is None, -(item[1].exact or 0), str(item[0])))
    unread = sum(table.columns[name].unread for name in wanted)
    nothing = Figure.of(None if isinstance(asked, Aggregate) and asked.function != "sum" else 0)
    never = None if dataset.rows(f"SELECT 1 FROM {table.name} LIMIT 1") else asked.event
    return Measured(total.get((), nothing), nothing, asked.by, dict(ordered), unread=unread, never=never)


def reads(asked: Simple) -> frozenset[str]:
    """The properties of its event that a measure has to read."""
    operand = () if isinstance(asked, Count) or asked.property == "actor" else (asked.property,)
    return needed(asked.where, *asked.by, *operand)


def _grouped(
    dataset: Dataset, table: PropertyTable, by: tuple[str, ...], values: str, condition: str, more: str = ""
) -> list[tuple[Key, tuple[object, ...]]]:
    """Run `SELECT by…, values … GROUP BY by…, more`; each row as its group and its values."""
    keys = [table.columns[name] for name in by]
    columns = ", ".join([*(key.sql for key in keys), values])
    grouping = ", ".join([*(key.sql for key in keys), *([more] if more else [])])
    sql = f"SELECT {columns} FROM {table.name} WHERE {condition}" + (f" GROUP BY {grouping}" if grouping else "")
    return [
        (tuple(_key(column, value) for column, value in zip(keys, row, strict=False)), row[len(keys) :])
        for row in dataset.rows(sql)
    ]


def _key(column: Column, value: object) -> str | int | bool | Decimal | None:
    if column.type == "integer" and value is not None:
        return int(Decimal(str(value)))
    if column.form == "digits" and value is not None:
        return Decimal(str(value))
    return value if isinstance(value, (str, bool, Decimal)) else None


def _figures(
    dataset: Dataset, table: PropertyTable, asked: Simple, condition: str, by: tuple[str, ...]
) -> dict[Key, Figure]:
    if isinstance(asked, Aggregate):
        return _aggregates(dataset, table, asked, condition, by)
    if isinstance(asked, Count):
        value = "count(*)"
    elif asked.property == "actor":
        value = f"count(DISTINCT person_id) FILTER ({ACTORS['any']})"
    else:
        value = f"count(DISTINCT {table.columns[asked.property].sql})"
    return {key: Figure.of(_whole(row[0])) for key, row in _grouped(dataset, table, by, value, condition)}


def _aggregates(
    dataset: Dataset, table: PropertyTable, asked: Aggregate, condition: str, by: tuple[str, ...]
) -> dict[Key, Figure]:
    column = table.columns[asked.property].sql
    values: dict[Key, list[tuple[Decimal | str, int]]] = defaultdict(list)
    for key, (value, count) in _grouped(dataset, table, by, f"{column}, count(*)", condition, more=column):
        found = values[key]
        if isinstance(value, (Decimal, str)):
            found.append((value, _whole(count)))
    return {key: aggregate(asked.function, found) for key, found in values.items()}


def _whole(value: object) -> int:
    return int(str(value))


def _ratio(of: Measured, to: Measured) -> Measured:
    total = quotient(of.total.exact, to.total.exact)
    by, groups = _ratio_groups(of, to)
    return Measured(total, Figure(None, None), by, groups, of.total, to.total, of.unread + to.unread)


def _ratio_groups(of: Measured, to: Measured) -> tuple[tuple[str, ...], dict[Key, Figure]]:
    """A row for each group of either part; a part without `by` is whole in every row, unlike groups make no rows."""
    if of.by and to.by and of.by != to.by:
        return (), {}
    keys = dict.fromkeys([*to.groups, *of.groups])

    def part(measured: Measured, key: Key) -> Fraction | None:
        if not measured.by:
            return measured.total.exact
        return measured.groups.get(key, measured.nothing).exact

    return of.by or to.by, {key: quotient(part(of, key), part(to, key)) for key in keys}
