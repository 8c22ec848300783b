"""A plan's measures: counts, exact aggregates, unique values, and ratios of these, from the tallies of all shards."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from footfall.analytics.figures import Figure, added, less, quotient
from footfall.analytics.tallies import KeyPart, MeasureTally, Tally, breakdown, figure, merged, money
from footfall.plan.calls import named
from footfall.plan.measure_parts import composed_of, event_measures
from footfall.plan.model import (
    Aggregate,
    Difference,
    EventMeasure,
    Plan,
    PropertyType,
    Quantity,
    Ratio,
    SumOf,
)
from footfall.plan.property_text import wire_type
from footfall.plan.value_names import ValueName, user_traits, value_of

__all__ = ["Key", "Measured", "merge_tallies", "parts"]

Key = tuple[str | int | bool | Decimal | None, ...]


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


def parts(asked: Quantity) -> tuple[EventMeasure, ...]:
    """What has to be tallied for a measure: itself, or all that it is made of."""
    return tuple(event_measures(asked))


def merge_tallies(plan: Plan, asked: Quantity, shards: Sequence[Sequence[MeasureTally]]) -> Measured:
    """A measure from the tallies of its parts in each shard, with a figure for each group where it says `by`."""
    figures = (
        _measured(plan, part, [tallies[number] for tallies in shards]) for number, part in enumerate(parts(asked))
    )
    return _composed(asked, figures)


def _composed(asked: Quantity, figures: Iterator[Measured]) -> Measured:
    """A measure of the next of these figures, as many as it is made of."""
    together = _TOGETHER.get(type(asked))
    if together is None:
        return next(figures)
    made_of = [_composed(part, figures) for _, part in composed_of(asked)]
    return functools.reduce(lambda first, second: _together(first, second, together), made_of)


def _divided(of: Figure, to: Figure) -> Figure:
    return quotient(of.exact, to.exact)


_TOGETHER: Mapping[type[Quantity], Callable[[Figure, Figure], Figure]] = {
    Ratio: _divided, Difference: less, SumOf: added,
}  # fmt: skip


def _measured(plan: Plan, asked: EventMeasure, tallies: Sequence[MeasureTally]) -> Measured:
    apart, by = breakdown(plan, asked)
    totals = _figures(plan, asked, apart, (total for each in tallies for total in each.totals))
    groups = _figures(plan, asked, by, (group for each in tallies for group in each.groups))
    nothing = Figure.of(None if isinstance(asked, Aggregate) and asked.function != "sum" else 0)
    total = next(iter(totals.values()), nothing) if len(totals) < 2 else Figure.of(None)
    amounts = money(plan, asked)
    currencies: dict[str | None, Figure] = {}
    if amounts is not None:
        currencies = {amounts.code or _text(key[0]): each for key, each in totals.items()}
    return Measured(
        total,
        nothing,
        by,
        groups,
        unread=sum(each.unread for each in tallies),
        never=None if any(each.is_stored for each in tallies) else asked.event,
        currencies=currencies,
        currency="".join(apart),
    )


def _figures(plan: Plan, asked: EventMeasure, by: tuple[str, ...], tallies: Iterable[Tally]) -> dict[Key, Figure]:
    """The figure of each group, the greatest first."""
    types = [_type_of(plan, asked.event, name) for name in by]
    figures = {
        tuple(_value(type_, part) for type_, part in zip(types, key, strict=True)): figure(asked, tally)
        for key, tally in merged(tallies).items()
    }
    return dict(sorted(figures.items(), key=lambda item: (item[1].exact is None, -(item[1].exact or 0), str(item[0]))))


def _type_of(plan: Plan, event_name: str, name: str) -> PropertyType:
    event = named(plan, event_name)
    value = None if event is None else value_of(event, name, user_traits(plan))
    return wire_type(value.property) if isinstance(value, ValueName) else "string"


_READERS: Mapping[PropertyType, Callable[[str], int | Decimal]] = {
    "integer": lambda text: int(Decimal(text)),
    "number": Decimal,
    "decimal": Decimal,
}


def _value(type_: PropertyType, part: KeyPart) -> str | int | bool | Decimal | None:
    return _READERS[type_](part) if isinstance(part, str) and type_ in _READERS else part


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _together(of: Measured, to: Measured, figure_of: Callable[[Figure, Figure], Figure]) -> Measured:
    """Two figures as one, and so each currency and each group of them."""
    currencies = {}
    for currency in dict.fromkeys([*to.currencies, *of.currencies]):
        currencies[currency] = figure_of(_whole_of(of, currency), _whole_of(to, currency))
    if currencies:
        total = next(iter(currencies.values())) if len(currencies) == 1 else Figure.of(None)
    else:
        total = figure_of(of.total, to.total)
    by, currency_at, groups = _groups_together(of, to, figure_of)
    is_ratio = figure_of is _divided
    return Measured(
        total,
        figure_of(of.nothing, to.nothing),
        by,
        groups,
        of.total if is_ratio else None,
        to.total if is_ratio else None,
        of.unread + to.unread,
        # The 0 of events of which there never was a message says nothing.
        None if is_ratio or None in (of.never, to.never) else of.never,
        currencies,
        currency_at,
    )


def _whole_of(part: Measured, currency: str | None) -> Figure:
    """A part's figure in a currency; what is no money is the same in all."""
    return part.currencies.get(currency, part.nothing) if part.currencies else part.total


def _groups_together(
    of: Measured, to: Measured, figure_of: Callable[[Figure, Figure], Figure]
) -> tuple[tuple[str, ...], str, dict[Key, Figure]]:
    """A row for each group of either part; a part without `by` is whole in every row, unlike groups make no rows.

    Money goes currency by currency: where one part is broken down by it, so is the whole.
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

    def value(part: Measured, key: Key) -> Figure:
        if not part.by:
            return _whole_of(part, _text(key[-1])) if currency else part.total
        named = dict(zip(by, key, strict=True))
        if currency:
            named |= {part.currency: key[-1]} if part.currency else {}
            if part.currencies and not part.currency and _text(key[-1]) not in part.currencies:
                return part.nothing
        return part.groups.get(tuple(named[name] for name in part.by), part.nothing)

    return by, currency, {key: figure_of(value(of, key), value(to, key)) for key in keys}
