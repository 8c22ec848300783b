"""Currencies are never added up: each has its figure, and a target is compared with its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import measure

from footfall.analytics.dataset import Dataset
from footfall.analytics.questions.kpis import KPIS, KpiResult
from footfall.analytics.report import report
from footfall.analytics.window import Span
from footfall.plan.model import Aggregate, Count, DerivedProperty, Event, Kpi, Plan, Property, Ratio, Target, Where
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

NOW = datetime(1970, 1, 11, tzinfo=UTC)
MONEY = Property(name="total", wire_name="total", type="decimal", currency="money")
FEE = Property(name="fee", wire_name="fee", type="decimal", currency="EUR")
NAMED = Property(name="money", wire_name="money", type="string")
COUNTRY = Property(name="country", wire_name="country", type="string")
EVENTS = {name: Event(name=name, wire_name=name, properties=(MONEY, FEE, NAMED, COUNTRY)) for name in ("buy", "refund")}
SUM = Aggregate(function="sum", event="buy", property="total")


class Sale(NamedTuple):
    """What a message says."""

    event: str
    total: int
    money: str | None
    country: str


def log_of(entry: MakeEntry, sales: Sequence[Sale]) -> list[Entry]:
    return [
        entry(
            number,
            sale.event,
            number,
            user="ann",
            properties={k: v for k, v in sale._asdict().items() if v is not None},
        )
        for number, sale in enumerate(sales, 1)
    ]


def the_kpi(log: list[Entry], asked: Any, target: Target | None = None) -> KpiResult:
    plan = Plan(id="test", events=EVENTS, kpis={"k": Kpi(name="k", measure=asked, window=None, target=target)})
    with Dataset.of(log, plan) as dataset:
        return report(dataset, plan, now=NOW)[KPIS][0]


def figures(kpi: KpiResult) -> dict[str | None, Decimal | None]:
    return {one.currency: one.value for one in kpi.currencies}


MIXED = [
    Sale("buy", 10, "EUR", "SE"),
    Sale("buy", 5, "EUR", "NO"),
    Sale("buy", 7, "USD", "SE"),
    Sale("buy", 1, None, "SE"),
]


def test_a_sum_over_several_currencies_is_one_figure_for_each(entry: MakeEntry) -> None:
    found = the_kpi(log_of(entry, MIXED), SUM)

    assert found.value is None
    assert figures(found) == {"EUR": 15, "USD": 7, None: 1}
    assert found.rows == ()
    assert "Currencies are never added up: there is one figure for each currency in money." in found.definition


def test_a_breakdown_is_of_one_currency_in_each_row(entry: MakeEntry) -> None:
    found = the_kpi(log_of(entry, MIXED[:3]), Aggregate(function="sum", event="buy", property="total", by=("country",)))

    assert {(row.group["country"], row.group["money"]): row.value for row in found.rows} == {
        ("SE", "EUR"): 10, ("NO", "EUR"): 5, ("SE", "USD"): 7,
    }  # fmt: skip


def test_where_one_currency_is_left_there_is_one_figure(entry: MakeEntry) -> None:
    where = (Where(property="money", op="in", values=("EUR",)),)
    found = the_kpi(log_of(entry, MIXED), Aggregate(function="average", event="buy", property="total", where=where))

    assert found.value == Decimal("7.5")
    assert figures(found) == {"EUR": found.value}
    assert "Amounts are in EUR." in found.definition


def test_an_amount_in_one_currency_by_plan_is_one_figure(entry: MakeEntry) -> None:
    log = [entry(1, "buy", 1, user="ann", properties={"fee": 2}), entry(2, "buy", 2, user="ann", properties={"fee": 3})]

    assert figures(the_kpi(log, Aggregate(function="sum", event="buy", property="fee"))) == {"EUR": 5}


@pytest.mark.parametrize(
    ("unit", "compared", "group", "met"),
    [("EUR", 15, "EUR", True), ("USD", 7, "USD", False), ("SEK", 0, "SEK", False), (None, None, None, None)],
)
def test_a_target_is_compared_with_the_figure_in_its_currency(
    entry: MakeEntry, unit: str | None, compared: int | None, group: str | None, met: bool | None
) -> None:
    found = the_kpi(log_of(entry, MIXED), SUM, Target(direction="up", value=Decimal(10), unit=unit))

    assert found.target is not None
    assert (found.target.compared, found.target.group, found.target.met) == (compared, group, met)
    assert (f"compared with the figure in {unit}" in found.definition) is (unit is not None)


sales = st.lists(
    st.builds(
        Sale, st.sampled_from(["buy", "buy", "refund"]), st.integers(1, 9), st.sampled_from(["EUR", "USD", None]),
        st.sampled_from(["SE", "NO"]),
    ),
    max_size=12,
)  # fmt: skip


def total_of(drawn: Sequence[Sale], **wanted: Any) -> Fraction:
    return Fraction(sum(one.total for one in drawn if all(getattr(one, key) == value for key, value in wanted.items())))


@settings(max_examples=60)
@given(drawn=sales, grouped=st.tuples(st.booleans(), st.booleans()), plain=st.booleans())
@pytest.mark.slow
def test_any_ratio_of_money_is_divided_currency_by_currency(
    entry: MakeEntry, drawn: list[Sale], grouped: tuple[bool, bool], plain: bool
) -> None:
    by = [("country",) if each else () for each in grouped]
    of = Aggregate(function="sum", event="refund", property="total", by=by[0])
    to = Count(event="buy", by=by[1]) if plain else Aggregate(function="sum", event="buy", property="total", by=by[1])
    plan = Plan(id="test", events=EVENTS)
    with Dataset.of(log_of(entry, drawn), plan) as dataset:
        found = measure(dataset, plan, Ratio(of=of, to=to), Span())

    def divisor(currency: str | None, **wanted: str) -> Fraction:
        if plain:
            return Fraction(
                sum(one.event == "buy" and all(getattr(one, k) == v for k, v in wanted.items()) for one in drawn)
            )
        return total_of(drawn, event="buy", money=currency, **wanted)

    def share(currency: str | None, country: str | None) -> Fraction | None:
        wanted = [{"country": country} if each and country else {} for each in grouped]
        over, under = total_of(drawn, event="refund", money=currency, **wanted[0]), divisor(currency, **wanted[1])
        return over / under if under else None

    assert {currency: figure.exact for currency, figure in found.currencies.items()} == {
        currency: share(currency, None) for currency in found.currencies
    }
    assert set(found.currencies) == {one.money for one in drawn if one.event == "refund" or not plain}
    for key, figure in found.groups.items():
        named = dict(zip(found.by, key, strict=True))
        assert figure.exact == share(named["money"], named["country"])  # type: ignore[arg-type] # both are texts here


@settings(max_examples=60)
@given(drawn=sales, country=st.booleans(), money=st.booleans())
@pytest.mark.slow
def test_any_sums_are_those_of_each_currency(entry: MakeEntry, drawn: list[Sale], country: bool, money: bool) -> None:
    by = (*(("country",) if country else ()), *(("money",) if money else ()))
    expected: dict[Any, int] = defaultdict(int)
    for one in drawn:
        if one.event == "buy":
            expected[(*((one.country,) if country else ()), *((one.money,) if money or country else ()))] += one.total
    plan = Plan(id="test", events=EVENTS)
    with Dataset.of(log_of(entry, drawn), plan) as dataset:
        found = measure(dataset, plan, Aggregate(function="sum", event="buy", property="total", by=by), Span())

    assert {key: figure.exact for key, figure in found.groups.items()} == (dict(expected) if by else {})
    assert {key: figure.exact for key, figure in found.currencies.items()} == {
        currency: total_of(drawn, event="buy", money=currency)
        for currency in {one.money for one in drawn if one.event == "buy"}
    }
    assert (found.total.exact is None) is (len(found.currencies) > 1)


def test_a_derived_amount_is_added_up_currency_by_currency(entry: MakeEntry) -> None:
    margin = DerivedProperty(name="margin", expression="total - 1", type="decimal", currency="money")
    events = {"buy": msgspec.structs.replace(EVENTS["buy"], derived=(margin,))}
    asked = Aggregate(function="sum", event="buy", property="margin")
    plan = Plan(id="test", events=events, kpis={"k": Kpi(name="k", measure=asked, window=None)})
    log = log_of(entry, [Sale("buy", 5, "EUR", "SE"), Sale("buy", 7, "SEK", "SE"), Sale("buy", 3, "EUR", "SE")])
    with Dataset.of(log, plan) as dataset:
        kpi = report(dataset, plan, now=NOW)[KPIS][0]

    assert kpi.value is None
    assert {each.currency: each.value for each in kpi.currencies} == {"EUR": Decimal(6), "SEK": Decimal(6)}
