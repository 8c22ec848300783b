"""Money: which currency an amount is in, and which figures would add up several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from footfall.plan.model import Aggregate, Conversion, Count, Event, Measure, Property, Ratio, Unique
from footfall.plan.problems import Location, Path, Problems, did_you_mean

__all__ = ["ISO_4217", "Money", "check_currency", "check_target", "money_of"]

ISO_4217: Final = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
    CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
    GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
    LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
    PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XCD XCG XDR XOF XPD XPF
    XPT XSU XUA YER ZAR ZMW ZWG ZWL
    """.split()  # noqa: SIM905 - a list of codes is read as one
)
"""The codes of currencies (ISO 4217), also those of the last years before a change."""


class Money(msgspec.Struct, frozen=True):
    """What an amount is in: one currency by its `code`, or what the property `named` of the same event says.

    `choices` are the only currencies that there can be, empty for any.
    """

    code: str = ""
    named: str = ""
    choices: tuple[str, ...] = ()


def money_of(event: Event, measure: Aggregate | Count | Unique) -> Money | None:
    """The currency of a figure over amounts; None for a figure that is no money.

    A figure is in one currency if its property says so, or if its conditions leave one.
    """
    if not isinstance(measure, Aggregate):
        return None
    properties = {prop.name: prop for prop in event.properties}
    amount = properties.get(measure.property)
    if amount is None or amount.currency is None:
        return None
    named = properties.get(amount.currency)
    if named is None:
        return Money(code=amount.currency)
    for part in measure.where:
        if part.property == named.name and part.op == "in" and len(part.values) == 1 and part.values[0] is not None:
            return Money(code=str(part.values[0]))
    choices = () if named.open else tuple(map(str, named.enum))
    if len(choices) == 1 and named.required and not named.nullable:
        return Money(code=choices[0])
    return Money(named=named.name, choices=choices)


def check_currency(
    properties: Iterable[tuple[Property | None, str, Location]], path: Path, problems: Problems, *, whole: bool = True
) -> None:
    """Each amount names as its currency a property beside it (or around the object that it is in), or a code.

    `properties` are what stands side by side: the property (None for one that could not be made sense of), its name,
    its location. If they are not the `whole`, a name that is not among them may still be right.
    """
    listed = list(properties)
    scope: dict[str, Property | None] = {name: prop for prop, name, _ in listed}
    for prop, name, location in listed:
        if prop is not None:
            _check(prop, scope, (*path, name), location, problems, whole=whole)


def _check(
    prop: Property,
    scope: Mapping[str, Property | None],
    path: Path,
    location: Location,
    problems: Problems,
    *,
    whole: bool,
) -> None:
    if prop.currency is not None and prop.currency not in ISO_4217:
        if prop.currency in scope:
            named = scope[prop.currency]
            if named is not None and named.type != "string":
                message = f"its currency {prop.currency!r} is a property of type {named.type}"
                remedy = "name a string property that holds an ISO 4217 code"
                problems.add("bad_currency", message, at=location, path=path, remedy=remedy)
        elif whole and not problems.incomplete:
            remedy = did_you_mean(prop.currency, [*scope, *(ISO_4217 if prop.currency.isupper() else ())])
            message = f"its currency {prop.currency!r} is no property beside it, and no ISO 4217 code"
            problems.add("bad_currency", message, at=location, path=path, remedy=remedy)
    elif prop.currency in scope and prop.currency is not None:
        message = f"its currency {prop.currency!r} is an ISO 4217 code and a property beside it"
        problems.add("bad_currency", message, at=location, path=path, remedy="rename the property")
    inside = {**scope, **{part.name: part for part in prop.properties}}
    parts = [(part, part.name) for part in prop.properties]
    parts += [(inner, sign) for inner, sign in ((prop.items, "[]"), (prop.values, "{}")) if inner is not None]
    for part, name in parts:
        _check(part, inside, (*path, name), location, problems, whole=whole)


def check_target(
    measure: Measure,
    unit: str | None,
    named: Callable[[str], Event | None],
    *,
    at: Location,
    path: Path,
    problems: Problems,
) -> None:
    """A target over money says by its `unit` in which currency it is, where there may be several.

    `named` gives the event that a figure names.
    """
    if isinstance(measure, Conversion):
        return
    figures = (measure.of, measure.to) if isinstance(measure, Ratio) else (measure,)
    found = [money_of(event, figure) for figure in figures if (event := named(figure.event)) is not None]
    several = [money for money in found if money is not None and money.named]
    codes = {money.code for money in found if money is not None and money.code}
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
