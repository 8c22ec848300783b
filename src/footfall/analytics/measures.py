"""Computes a plan's measures over a window: counts, exact aggregates, unique values, and ratios of these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.analytics.figures import Figure, aggregate, quotient
from footfall.analytics.properties import PropertyColumn, PropertyTable
from footfall.analytics.query import ACTORS, needed, where_sql
from footfall.analytics.window import Span
from footfall.plan.calls import named
from footfall.plan.currencies import Money, money_of
from footfall.plan.model import Aggregate, Count, Plan, Ratio, Unique

__all__ = ["Key", "Measured", "measure", "reads"]

Key = tuple[str | int | bool | Decimal | None, ...]
Simple = Count | Aggregate | Unique


class Measured(msgspec.Struct, frozen=True):
    """A measure's figure, its breakdown by group, and its parts if it is a quotient.

    Money has a figure for each currency (None where a message names none), and a total only where there is one
    currency; each group then is of one currency, named by the property `currency`. `nothing` is the figure where there
    are no messages; `never` names the event when no message of it was ever stored; `unread` counts the values of its
    properties, in all of the data, that were there and not of the plan's type.
    """

    total: Figure
    nothing: Figure
    by: tuple[str, ...] = ()
    groups: Mapping[Key, Figure] = {}
    of: Figure | None = None
    to: Figure | None = None
    unread: int = 0
    never: str | None = None
    currencies: Mapping[str | None, Figure] = {}
    currency: str = ""


def measure(dataset: Dataset, plan: Plan, asked: Simple | Ratio, span: Span) -> Measured:
    """One measure over one window, with a figure for each group where it says `by`.

    Raises UsageError when the plan has no such event or property.
    """
    if isinstance(asked, Ratio):
        return _ratio(measure(dataset, plan, asked.of, span), measure(dataset, plan, asked.to, span))
    wanted = reads(plan, asked)
    table = dataset.events(asked.event, wanted, plan=plan)
    within = f"{span.sql()} AND {where_sql(dataset, table, asked.where)}"
    money = _money(plan, asked)
    apart = (money.named,) if money is not None and money.named else ()
    by = (*asked.by, *(name for name in apart if name not in asked.by)) if asked.by else ()
    totals = _ordered(_figures(dataset, table, asked, within, apart))
    groups = _ordered(_figures(dataset, table, asked, within, by)) if by else {}
    nothing = Figure.of(None if isinstance(asked, Aggregate) and asked.function != "sum" else 0)
    total = next(iter(totals.values()), nothing) if len(totals) < 2 else Figure.of(None)
    currencies: dict[str | None, Figure] = {}
    if money is not None:
        currencies = {money.code or _text(key[0]): figure for key, figure in totals.items()}
    return Measured(
        total,
        nothing,
        by,
        groups,
        unread=sum(table.columns[name].unread for name in wanted),
        never=None if dataset.rows(f"SELECT 1 FROM {table.name} LIMIT 1") else asked.event,
        currencies=currencies,
        currency="".join(apart),
    )


def _ordered(groups: Mapping[Key, Figure]) -> dict[Key, Figure]:
    """The greatest first."""
    return dict(sorted(groups.items(), key=lambda item: (item[1].exact is None, -(item[1].exact or 0), str(item[0]))))


def _money(plan: Plan, asked: Simple) -> Money | None:
    event = named(plan, asked.event)
    return None if event is None else money_of(event, asked)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def reads(plan: Plan, asked: Simple) -> frozenset[str]:
    """The properties of its event that a measure has to read."""
    operand = () if isinstance(asked, Count) or asked.property == "actor" else (asked.property,)
    money = _money(plan, asked)
    currency = (money.named,) if money is not None and money.named else ()
    return needed(asked.where, *asked.by, *operand, *currency)


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


def _key(column: PropertyColumn, value: object) -> str | int | bool | Decimal | None:
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
        value = f"count(DISTINCT person) FILTER ({ACTORS['any']})"
    else:
        value = f"count(DISTINCT {table.columns[asked.property].sql})"
    return {key: Figure.of(_whole(row[0])) for key, row in _grouped(dataset, table, by, value, condition)}


def _aggregates(
    dataset: Dataset, table: PropertyTable, asked: Aggregate, condition: str, by: tuple[str, ...]
) -> dict[Key, Figure]:
    column = table.columns[asked.property].sql
    values: dict[Key, list[tuple[Decimal | str, int]]] = defaultdict(list)
    for key, (value, count) in _grouped(dataset, table, by, f"{column}, count(*)", condition, more=column):
        histogram = values[key]
        if isinstance(value, (Decimal, str)):
            histogram.append((value, _whole(count)))
    return {key: aggregate(asked.function, histogram) for key, histogram in values.items()}


def _whole(value: object) -> int:
    return int(str(value))


def _ratio(of: Measured, to: Measured) -> Measured:
    currencies = {}
    for currency in dict.fromkeys([*to.currencies, *of.currencies]):
        currencies[currency] = quotient(_whole_of(of, currency), _whole_of(to, currency))
    if currencies:
        total = next(iter(currencies.values())) if len(currencies) == 1 else Figure.of(None)
    else:
        total = quotient(of.total.exact, to.total.exact)
    by, currency_at, groups = _ratio_groups(of, to)
    return Measured(
        total,
        Figure.of(None),
        by,
        groups,
        of.total,
        to.total,
        of.unread + to.unread,
        currencies=currencies,
        currency=currency_at,
    )


def _whole_of(part: Measured, currency: str | None) -> Fraction | None:
    """A part's figure in a currency; what is no money is the same in all."""
    return part.currencies.get(currency, part.nothing).exact if part.currencies else part.total.exact


def _ratio_groups(of: Measured, to: Measured) -> tuple[tuple[str, ...], str, dict[Key, Figure]]:
    """A row for each group of either part; a part without `by` is whole in every row, unlike groups make no rows.

    Money is divided currency by currency: where one part is broken down by it, so is the quotient.
    """
    bases = [tuple(name for name in part.by if name != part.currency) for part in (of, to)]
    base = bases[0] or bases[1]
    currency = of.currency or to.currency
    unlike = not currency and of.currencies and to.currencies and of.currencies.keys() != to.currencies.keys()
    if (bases[0] and bases[1] and bases[0] != bases[1]) or not (of.by or to.by) or unlike:
        return (), currency, {}
    by = (*base, currency) if currency else base
    currencies = dict.fromkeys([*to.currencies, *of.currencies]) if currency else {None: None}
    keys: dict[Key, None] = {}
    for part in (to, of):
        for key in part.groups:
            named = dict(zip(part.by, key, strict=True))
            rest = tuple(named.get(name) for name in base)
            if base and not any(name in named for name in base):
                continue  # this group is not of the part
            own = [_text(named[part.currency])] if part.currency in named else list(currencies)
            keys.update(dict.fromkeys((*rest, *((code,) if currency else ())) for code in own))

    def value(part: Measured, key: Key) -> Fraction | None:
        if not part.by:
            return _whole_of(part, _text(key[-1])) if currency else part.total.exact
        named = dict(zip(by, key, strict=True))
        if currency:
            named |= {part.currency: key[-1]} if part.currency else {}
            if part.currencies and not part.currency and _text(key[-1]) not in part.currencies:
                return part.nothing.exact
        return part.groups.get(tuple(named[name] for name in part.by), part.nothing).exact

    return by, currency, {key: quotient(value(of, key), value(to, key)) for key in keys}
