"""Checks that amounts and targets say which currency they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from footfall.plan.currencies import ISO_4217, Money, money_of
from footfall.plan.measure_parts import event_measures
from footfall.plan.model import Event, Measure, Property, Quantity
from footfall.plan.problems import Location, Path, Problems, did_you_mean
from footfall.plan.reading.properties import ResolvedProperty

__all__ = ["check_alike", "check_currency", "check_target"]


def check_currency(
    properties: Iterable[ResolvedProperty], path: Path, problems: Problems, *, whole: bool = True
) -> None:
    """Check that each amount names as its currency a property beside it (or around its object), or a code.

    `properties` are those side by side. If they are not the `whole`, a name that is not among them may be right.
    """
    listed = list(properties)
    scope = {part.name: part.property for part in listed}
    for part in listed:
        if part.property is not None:
            _check(part.property, scope, (*path, part.name), part.location, problems, whole=whole)


def _check(
    prop: Property,
    scope: Mapping[str, Property | None],
    path: Path,
    at: Location,
    problems: Problems,
    *,
    whole: bool,
) -> None:
    if prop.currency is not None and prop.currency not in ISO_4217:
        if prop.currency in scope:
            named = scope[prop.currency]
            if named is not None and named.type != "string":
                message = f"its currency {prop.currency!r} is a property of type {named.type}"
                remedy = "name a string property with an ISO 4217 code"
                problems.add("bad_currency", message, at=at, path=path, remedy=remedy)
        elif whole and not problems.incomplete:
            remedy = did_you_mean(prop.currency, [*scope, *(ISO_4217 if prop.currency.isupper() else ())])
            message = f"its currency {prop.currency!r} is no property beside it, and no ISO 4217 code"
            problems.add("bad_currency", message, at=at, path=path, remedy=remedy)
    elif prop.currency in scope and prop.currency is not None:
        message = f"its currency {prop.currency!r} is an ISO 4217 code and a property beside it"
        problems.add("bad_currency", message, at=at, path=path, remedy="rename the property")
    inside = {**scope, **{part.name: part for part in prop.properties}}
    parts = [(part, part.name) for part in prop.properties]
    parts += [(part, sign) for part, sign in ((prop.items, "[]"), (prop.values, "{}")) if part is not None]
    for part, name in parts:
        _check(part, inside, (*path, name), at, problems, whole=whole)


def check_alike(
    figures: Sequence[Quantity],
    named: Callable[[str], Event | None],
    traits: Sequence[Property],
    *,
    at: Location,
    path: Path,
    problems: Problems,
) -> None:
    """Check that what is added up or taken away is all money, or all no money."""
    are_money = {any(money is not None for money in _moneys(figure, named, traits)) for figure in figures}
    if len(are_money) > 1:
        message, remedy = "one part is money, and another is not", "add up figures of one kind, or divide them"
        problems.add("bad_measure", message, at=at, path=path, remedy=remedy)


def _moneys(measure: Measure, named: Callable[[str], Event | None], traits: Sequence[Property]) -> list[Money | None]:
    events = ((figure, named(figure.event)) for figure in event_measures(measure))
    return [money_of(event, figure, traits) for figure, event in events if event is not None]


def check_target(
    measure: Measure,
    unit: str | None,
    named: Callable[[str], Event | None],
    traits: Sequence[Property],
    *,
    at: Location,
    path: Path,
    problems: Problems,
) -> None:
    """Check that a target over money says by its `unit` which currency it is in, where there may be several.

    `named` gives the event that a figure names, `traits` are those of persons.
    """
    currencies = _moneys(measure, named, traits)
    several = [money for money in currencies if money is not None and money.named]
    codes = {money.code for money in currencies if money is not None and money.code}
    choices = [set(money.choices) for money in several if money.choices]
    right = set.intersection(*choices) if choices else set(ISO_4217)
    if several and unit not in right:
        what = f"its unit {unit!r} is none of them" if unit else "it does not say in which it is"
        message = f"each currency has its own figure to compare the target with, and {what}"
        remedy = f"write unit: {min(right, default='EUR')}, or another currency that there is"
        problems.add("bad_currency", message, at=at, path=path, remedy=remedy)
    elif not several and codes and unit in ISO_4217 and unit not in codes:
        message = f"the amounts are in {' and '.join(sorted(codes))}, and the target's unit is {unit}"
        problems.add("bad_currency", message, at=at, path=path, remedy=f"write unit: {min(codes)}")
