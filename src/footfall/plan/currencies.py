"""Money: which currency an amount is in, and which figures would add up several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from footfall.plan.model import Aggregate, Count, Event, Property, Unique
from footfall.plan.value_names import NoValue, ValueName, value_of

__all__ = ["ISO_4217", "Money", "money_of"]

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
    """What an amount is in: one currency by its `code`, or what the value `named` of the same message says.

    `choices` are the only currencies that there can be, empty for any.
    """

    code: str = ""
    named: str = ""
    choices: tuple[str, ...] = ()


def money_of(event: Event, measure: Aggregate | Count | Unique, traits: Sequence[Property] = ()) -> Money | None:
    """The currency of a figure over amounts; None for a figure that is no money.

    A figure is in one currency if its property says so, or if its conditions leave one. `traits` are the plan's.
    """
    if not isinstance(measure, Aggregate):
        return None
    amount = value_of(event, measure.property, traits)
    if isinstance(amount, NoValue) or amount.property.currency is None:
        return None
    named = None if amount.property.currency in ISO_4217 else _beside(event, amount, traits)
    if named is None:
        return Money(code=amount.property.currency)
    for part in measure.where:
        if part.property == named.name and part.op == "in" and len(part.values) == 1 and part.values[0] is not None:
            return Money(code=str(part.values[0]))
    currency = named.property
    choices = () if currency.open else tuple(map(str, currency.enum))
    if len(choices) == 1 and currency.required and not currency.nullable:
        return Money(code=choices[0])
    return Money(named=named.name, choices=choices)


def _beside(event: Event, amount: ValueName, traits: Sequence[Property]) -> ValueName | None:
    """The property that an amount names as its currency: beside it, or around the object or array that it is in."""
    around, currency = amount.name, amount.property.currency or ""
    while "." in around:
        around = around.rpartition(".")[0]
        value = value_of(event, f"{around}.{currency}", traits)
        if isinstance(value, ValueName):
            return value
    value = value_of(event, currency, traits)
    part = "properties" if amount.part == "derived" else amount.part
    return value if isinstance(value, ValueName) and value.part == part else None
