"""KPIs by loops over messages: each measure over its window, by group and by currency, against its target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from tests.truth.journeys import reached
from tests.truth.messages import MISSING, Asked, Message, Subject, meets, subject_of, within

from footfall.plan.currencies import ISO_4217
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Difference,
    Event,
    Kpi,
    Measure,
    Plan,
    Quantity,
    Ratio,
    SumOf,
    Unique,
)

__all__ = ["kpi_answer", "share", "shown"]

_EXACT = Context(prec=6_000)


def _sum(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, value)
    return total


class Measured(NamedTuple):
    """The value of each group of a measure. The group of all is `()`."""

    total: Fraction | None
    currencies: Mapping[str | None, Fraction | None]
    by: tuple[str, ...]
    groups: Mapping[tuple[Any, ...], Fraction | None]
    nothing: Fraction | None
    unread: int
    never: bool


def _aggregate(function: str, values: list[Decimal]) -> Fraction | None:
    ordered = sorted(values)
    if function == "sum":
        return Fraction(_sum(ordered))
    if not ordered:
        return None
    middle = (ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2])
    return {
        "average": Fraction(_sum(ordered)) / len(ordered),
        "minimum": Fraction(ordered[0]),
        "maximum": Fraction(ordered[-1]),
        "median": (Fraction(middle[0]) + Fraction(middle[1])) / 2,
    }[function]


Simple = Count | Aggregate | Unique


def _figure(subject: Subject, measure: Simple, messages: Sequence[Message]) -> Fraction | None:
    if isinstance(measure, Count):
        return Fraction(len(messages))
    if isinstance(measure, Unique) and measure.property == "actor":
        return Fraction(len({message.actor for message in messages} - {None}))
    values = [subject.read(message, measure.property) for message in messages]
    present = [value for value in values if value is not None]
    if isinstance(measure, Unique):
        return Fraction(len(set(present)))
    if measure.at is not None:
        return _percentile(sorted(present), measure.at)
    return _aggregate(measure.function, present)


def _percentile(ordered: Sequence[Decimal], at: Decimal) -> Fraction | None:
    """The value at the position (n - 1) * at / 100, between two values in proportion."""
    if not ordered:
        return None
    place = Fraction(at) / 100 * (len(ordered) - 1)
    low, high = Fraction(ordered[floor(place)]), Fraction(ordered[ceil(place)])
    return low + (high - low) * (place - floor(place))


def _money(subject: Subject, measure: Simple) -> tuple[str, str]:
    """The one currency that an amount is in, or the property that says so; two empty texts for what is no money."""
    if not isinstance(measure, Aggregate) or subject.properties[measure.property].currency is None:
        return "", ""
    named = subject.properties[measure.property].currency or ""
    if named not in subject.properties:
        return named, ""
    for part in measure.where:
        if part.property == named and part.op == "in" and len(part.values) == 1:
            return str(part.values[0]), ""
    return "", named


def _measure(plan: Plan, everything: Sequence[Message], measure: Simple, span: tuple[int | None, int]) -> Measured:
    subject = subject_of(plan, everything, measure.event)
    code, named = _money(subject, measure)
    chosen = [
        message for message in subject.messages if within(message.at, span) and meets(subject, message, measure.where)
    ]
    operand = () if isinstance(measure, Count) or measure.property == "actor" else (measure.property,)
    needed = {*operand, *measure.by, *(part.property for part in measure.where), *([named] if named else [])}
    in_window = [message for message in subject.messages if within(message.at, span)]
    unread = sum(subject.value(message, name) is MISSING for message in in_window for name in needed)

    def grouped(by: Sequence[str]) -> dict[tuple[Any, ...], Fraction | None]:
        groups: dict[tuple[Any, ...], list[Message]] = defaultdict(list)
        for message in chosen:
            groups[tuple(subject.read(message, name) for name in by)].append(message)
        if not by and not isinstance(measure, Aggregate):
            groups.setdefault((), [])
        return {key: _figure(subject, measure, group) for key, group in groups.items()}

    totals = grouped((named,) if named else ())
    by = (*measure.by, *([named] if named and named not in measure.by else [])) if measure.by else ()
    nothing = None if isinstance(measure, Aggregate) and measure.function != "sum" else Fraction(0)
    currencies = {code or key[0]: value for key, value in totals.items()} if code or named else {}
    total = None if len(totals) > 1 else next(iter(totals.values()), nothing)
    return Measured(total, currencies, by, grouped(by) if by else {}, nothing, unread, not subject.messages)


def share(of: Fraction | None, to: Fraction | None) -> Fraction | None:
    """A quotient, nothing where a part of it is missing or it cannot be divided."""
    return None if of is None or not to else of / to


def _quantity(plan: Plan, messages: Sequence[Message], measure: Quantity, span: tuple[int | None, int]) -> Measured:
    """A measure, and one that is made of others: of figures without groups, each currency by itself."""
    if isinstance(measure, Count | Aggregate | Unique):
        return _measure(plan, messages, measure, span)
    if isinstance(measure, SumOf):
        parts = [_quantity(plan, messages, part, span) for part in measure.parts]
    else:
        other = measure.to if isinstance(measure, Ratio) else measure.less
        parts = [_quantity(plan, messages, part, span) for part in (measure.of, other)]
    assert not any(part.by for part in parts)

    def together(values: Sequence[Fraction | None]) -> Fraction | None:
        if isinstance(measure, Ratio):
            return share(*values)
        numbers = [value for value in values if value is not None]
        if len(numbers) < len(values):
            return None
        return sum(numbers, Fraction(0)) if isinstance(measure, SumOf) else numbers[0] - numbers[1]

    codes = {code for part in parts for code in part.currencies}
    currencies = {
        code: together([part.currencies.get(code, part.nothing) if part.currencies else part.total for part in parts])
        for code in codes
    }
    total = together([part.total for part in parts])
    if currencies:
        total = next(iter(currencies.values())) if len(currencies) == 1 else None
    never = not isinstance(measure, Ratio) and all(part.never for part in parts)
    nothing = together([part.nothing for part in parts])
    return Measured(total, currencies, (), {}, nothing, sum(part.unread for part in parts), never=never)


def kpi_answer(plan: Plan, messages: Sequence[Message], kpi: Kpi, asked: Asked) -> dict[str, Any]:
    """What a report says of a KPI."""
    span, measure = asked.span(kpi.window), kpi.measure
    of: Fraction | None = None
    to: Fraction | None = None
    if isinstance(measure, Conversion):
        ways = reached(plan, messages, plan.journeys[measure.journey], span)
        of, to = (Fraction(number) for number in ways.conversion(measure.start, measure.end))
        measured = Measured(share(of, to), {}, (), {}, None, 0, never=False)
    else:
        measured = _quantity(plan, messages, measure, span)
    if isinstance(measure, Ratio):
        of, to = (_quantity(plan, messages, part, span).total for part in (measure.of, measure.to))
    is_sum = isinstance(measure, Aggregate) and measure.function == "sum"
    return {
        "value": shown(measured.total, is_sum=is_sum),
        "of": shown(of, is_sum=True),
        "to": shown(to, is_sum=True),
        "currencies": {
            code: shown(value, is_sum=is_sum or _is_exact(plan, messages, measure, span, code))
            for code, value in measured.currencies.items()
        },
        "rows": {
            tuple(zip(measured.by, key, strict=True)): shown(value, is_sum=is_sum)
            for key, value in measured.groups.items()
        },
        "unread": measured.unread,
        "met": _met(plan, kpi, measured),
    }


def _is_exact(
    plan: Plan, messages: Sequence[Message], measure: Measure, span: tuple[int | None, int], code: str | None
) -> bool:
    """Whether a sum or difference has parts that are shown with all of their digits, so that it is too."""
    if not isinstance(measure, SumOf | Difference):
        return False
    for part in measure.parts if isinstance(measure, SumOf) else (measure.of, measure.less):
        value = _quantity(plan, messages, part, span).currencies.get(code)
        is_sum = isinstance(part, Aggregate) and part.function == "sum"
        if value is not None and not is_sum and Fraction(shown(value) or 0) != value:
            return False
    return True


def _met(plan: Plan, kpi: Kpi, measured: Measured) -> bool | None:
    if kpi.target is None or measured.never:
        return None
    unit, compared = kpi.target.unit, measured.total
    if unit is not None and measured.currencies and (unit in measured.currencies or unit in ISO_4217):
        compared = measured.currencies.get(unit, measured.nothing)
    elif unit is not None and len(measured.by) == 1:
        by_text = {str(key[0]): value for key, value in measured.groups.items()}
        (prop,) = (prop for prop in _event(plan, kpi).properties if prop.name == measured.by[0])
        compared = by_text.get(unit, measured.nothing if unit in prop.enum else measured.total)
    if compared is None:
        return None
    wanted = Fraction(kpi.target.value)
    return compared >= wanted if kpi.target.direction == "up" else compared <= wanted


def _event(plan: Plan, kpi: Kpi) -> Event:
    assert isinstance(kpi.measure, (Count, Aggregate, Unique))
    return plan.events[kpi.measure.event]


def shown(value: Fraction | None, *, is_sum: bool = False) -> Decimal | None:
    """As a report shows it: a sum exactly, all else by its first 28 digits."""
    if value is None:
        return None
    context = _EXACT if is_sum else Context(prec=28)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))
