"""Money: which currency an amount is in, and which figures would add up several."""

from __future__ import annotations

from typing import Final

import msgspec

from footfall.plan.model import Aggregate, Count, Event, Unique

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
