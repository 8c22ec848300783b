"""Costs go to the campaign that they name, and no two currencies are ever added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.attribution.sending import plan_in
from tests.analytics.questions.sessions.logs import DAY, ZONES

from footfall.analytics import Dataset, report
from footfall.analytics.questions.attribution import AttributionResult, attribution, attribution_options
from footfall.analytics.questions.attribution.costs import SummedCost, added_costs
from footfall.analytics.window import Span
from footfall.plan.model import Event, Plan, Property
from footfall.storage.costs import CampaignCost
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
FIRST = date(2018, 11, 1)


def cost(day: int, campaign: str, amount: str, currency: str = "EUR", clicks: int | None = None) -> CampaignCost:
    return CampaignCost(
        (FIRST + timedelta(day)).isoformat(), campaign, "", currency, Decimal(amount), clicks, None, "a.csv", 0
    )


def entries_of(make: MakeEntry) -> list[Entry]:
    """Ann comes by the campaign `new` on November 5, and buys for 30 EUR."""
    at = int(datetime(2018, 11, 5, 12, tzinfo=UTC).timestamp())
    page = {"type": "page", "context": {"campaign": {"name": "spring"}}}
    return [
        make(1, None, at, user="ann", type="page", body=msgspec.json.encode(page)),
        make(2, "buy", at + 60, user="ann", properties={"amount": 30, "money": "EUR"}),
    ]


def result_of(
    make: MakeEntry, costs: list[CampaignCost], zone: str = "UTC", span: Span | None = None, plan: Plan | None = None,
    **options: object,
) -> AttributionResult:  # fmt: skip
    """Of those messages, by the plan of tests unless another is given."""
    plan = plan or plan_in(zone)
    asked = attribution_options("buy", plan, value="amount", **options)  # type: ignore[arg-type]  # as a reader gives them
    with Dataset.of(entries_of(make), plan, costs=costs) as dataset:
        return context_of(dataset, plan, span).answer(attribution(asked))


def test_returns_are_of_one_currency(entry: MakeEntry) -> None:
    (row,) = result_of(entry, [cost(1, "new", "12", clicks=3), cost(2, "New", "8"), cost(2, "new", "5", "NOK")]).rows
    euros, crowns = row.returns["EUR"], row.returns["NOK"]

    assert (row.label, euros.cost, euros.clicks) == ("new", Decimal(20), 3)
    assert (euros.per_conversion, euros.roas, euros.roi) == (
        {"last_non_direct": Decimal(20)}, {"last_non_direct": Decimal("1.5")}, {"last_non_direct": Decimal("0.5")},
    )  # fmt: skip
    assert (crowns.cost, crowns.roas, crowns.roi) == (
        Decimal(5), {"last_non_direct": None}, {"last_non_direct": None},
    )  # fmt: skip


def test_a_campaign_without_a_visit_has_a_row_for_its_costs(entry: MakeEntry) -> None:
    rows = {row.label: row for row in result_of(entry, [cost(1, "unheard of", "2.50")]).rows}

    assert (rows["unheard of"].visits, rows["unheard of"].is_planned) == (0, False)
    assert rows["unheard of"].returns["EUR"].per_conversion == {"last_non_direct": None}
    assert rows["unheard of"].returns["EUR"].roi == {"last_non_direct": Decimal(-1)}


def test_costs_are_of_campaigns_alone(entry: MakeEntry) -> None:
    assert all(not row.returns for row in result_of(entry, [cost(1, "new", "12")], by="origin").rows)


def columns_of(make: MakeEntry, model: str) -> dict[str, Sequence[str]]:
    """The columns of the tables about costs."""
    plan = plan_in("UTC")
    question = attribution(attribution_options("buy", plan, value="amount", model=model))
    now = datetime(2018, 12, 1, tzinfo=UTC)
    with Dataset.of(entries_of(make), plan, costs=[cost(1, "new", "12")]) as dataset:
        sections = report(dataset, plan, now=now, questions=[question]).sections()
        return {each.title: each.table.columns for each in sections if each.table and "cost" in each.table.columns}


def test_every_model_has_its_cost_per_conversion_roas_and_roi(entry: MakeEntry) -> None:
    every = columns_of(entry, "all")

    assert [(title, columns[3]) for title, columns in every.items()] == [
        ("Costs in EUR", "cost per conversion first"), ("ROAS in EUR", "ROAS first"), ("ROI in EUR", "ROI first"),
    ]  # fmt: skip
    assert columns_of(entry, "last") == {
        "Costs in EUR": ("campaign", "cost", "clicks", "cost per conversion", "ROAS", "ROI")
    }


def test_a_value_without_a_currency_says_why_it_has_no_roas(entry: MakeEntry) -> None:
    costs, plan = [cost(1, "new", "12")], plan_in("UTC")
    event = Event(name="buy", wire_name="buy", properties=(Property(name="amount", type="decimal"),))
    plan = msgspec.structs.replace(plan, events={"buy": event})

    assert "no currency in the plan, so there is no ROAS" in result_of(entry, costs, plan=plan).definition
    assert "no currency in the plan" not in result_of(entry, [], plan=plan).definition
    assert "no currency in the plan" not in result_of(entry, costs).definition


costs_of_any = st.lists(
    st.builds(
        cost, st.integers(0, 9), st.sampled_from(["new", "old", "spring", "x", "X "]),
        st.sampled_from(["0", "1.10", "99999999.999"]), st.sampled_from(["EUR", "NOK"]), st.sampled_from([None, 2]),
    ), max_size=12,
)  # fmt: skip


@settings(max_examples=25)
@given(costs=costs_of_any, zone=st.sampled_from(ZONES), days=st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_any_costs_are_those_of_a_plain_loop(
    entry: MakeEntry, costs: list[CampaignCost], zone: str, days: tuple[int, int]
) -> None:
    start = int(datetime(2018, 11, 1, tzinfo=UTC).timestamp()) + DAY // 2
    since, until = (start + day * DAY for day in (min(days), max(days) + 1))
    result = result_of(entry, costs, zone, Span(since * SECOND, until * SECOND), top=2)
    expected: dict[str, Fraction] = defaultdict(Fraction)
    for each in costs:
        begin = datetime.fromisoformat(each.day).replace(tzinfo=ZoneInfo(zone)).timestamp()
        if since <= begin < until:
            expected[each.currency] += Fraction(each.cost)

    sums: dict[str, Fraction] = defaultdict(Fraction)
    for row in result.rows:
        for currency, back in row.returns.items():
            sums[currency] += Fraction(back.cost)
    assert sums == expected


@pytest.mark.parametrize("clicks", [None, 0, 5])
def test_sums_have_clicks_where_any_cost_has(clicks: int | None) -> None:
    one, other = SummedCost(Decimal(1), clicks, None), SummedCost(Decimal("0.5"), None, None)

    assert added_costs([{"EUR": one}, {"EUR": other, "NOK": other}]) == {
        "EUR": SummedCost(Decimal("1.5"), clicks, None), "NOK": other,
    }  # fmt: skip
