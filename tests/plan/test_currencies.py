"""The currency of a figure: its code, or the property that names it, or what the conditions leave."""

from __future__ import annotations

import pytest

from footfall.plan.currencies import ISO_4217, Money, money_of
from footfall.plan.model import Aggregate, Count, DerivedProperty, Event, Property, Unique, Where

TOTAL = Property(name="total", type="decimal", currency="currency")
CURRENCY = Property(name="currency", type="string")


def money(currency: Property | None, *where: Where, total: Property = TOTAL) -> Money | None:
    properties = (total,) if currency is None else (total, currency)
    event = Event(name="sold", wire_name="sold", properties=properties)
    return money_of(event, Aggregate(function="sum", event="sold", property="total", where=where))


def test_an_amount_in_one_currency_has_its_code() -> None:
    assert money(None, total=Property(name="total", type="decimal", currency="EUR")) == Money(code="EUR")


def test_an_amount_in_several_currencies_names_the_property_with_its_choices() -> None:
    named = Property(name="currency", type="string", enum=("EUR", "SEK"))
    fixed = Property(name="currency", type="string", enum=("EUR",), required=True)
    absent = Property(name="currency", type="string", enum=("EUR",))
    open_ = Property(name="currency", type="string", enum=("EUR",), required=True, open=True)

    assert money(CURRENCY) == Money(named="currency")
    assert money(named) == Money(named="currency", choices=("EUR", "SEK"))
    assert money(fixed) == Money(code="EUR")
    assert money(absent) == Money(named="currency", choices=("EUR",))
    assert money(open_) == Money(named="currency")


@pytest.mark.parametrize(
    ("where", "code"),
    [
        (Where(property="currency", op="in", values=("EUR",)), "EUR"),
        (Where(property="currency", op="in", values=("EUR", "SEK")), ""),
        (Where(property="currency", op="in", values=(None,)), ""),
        (Where(property="currency", op="not_in", values=("EUR",)), ""),
        (Where(property="country", op="in", values=("SE",)), ""),
    ],
)
def test_a_condition_may_leave_one_currency(where: Where, code: str) -> None:
    assert money(CURRENCY, where) == (Money(code=code) if code else Money(named="currency"))


def test_what_is_no_amount_is_no_money() -> None:
    event = Event(name="sold", wire_name="sold", properties=(Property(name="n", type="integer"), TOTAL))

    assert money_of(event, Count(event="sold")) is None
    assert money_of(event, Unique(event="sold", property="total")) is None
    for name in ("n", "gone"):
        assert money_of(event, Aggregate(function="sum", event="sold", property=name)) is None


def test_codes_are_three_capitals() -> None:
    assert all(len(code) == 3 and code.isupper() for code in ISO_4217)


def test_a_derived_amount_is_in_the_currency_that_its_amounts_name() -> None:
    margin = DerivedProperty(name="margin", expression="total - 1", type="decimal", currency="currency")
    event = Event(name="sold", wire_name="sold", properties=(TOTAL, CURRENCY), derived=(margin,))
    asked = Aggregate(function="sum", event="sold", property="margin")
    euros = Where(property="currency", op="in", values=("EUR",))

    assert money_of(event, asked) == Money(named="currency")
    assert money_of(event, Aggregate(function="sum", event="sold", property="margin", where=(euros,))) == Money("EUR")
