"""One KPI has the figure that the report has, alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.analytics.shop import NOW, REVENUE, MakeEntry, plan_of

from footfall.analytics import KPIS, Dataset, report
from footfall.analytics.questions.kpi import kpi
from footfall.errors import UsageError
from footfall.plan.model import Conversion, Count, Kpi, Target

PLAN = plan_of(
    Kpi(
        name="revenue", measure=REVENUE, window=None, guardrails=("orders",),
        target=Target(direction="up", value=Decimal(5), unit="EUR"),
    ),
    Kpi(name="orders", measure=Count(event="buy"), window=None, guardrails=("revenue",)),
    Kpi(name="bought", measure=Conversion(journey="purchase", start="view", end="buy"), window=None),
)  # fmt: skip


@pytest.mark.parametrize("name", PLAN.kpis)
def test_it_is_that_of_the_report(name: str, entry: MakeEntry) -> None:
    log = [
        entry(1, "view", 1, user="ann"),
        entry(2, "buy", 2, user="ann", properties={"Total": "7.50", "currency": "EUR"}),
        entry(3, "buy", 3, user="bo", properties={"Total": "2", "currency": "SEK"}),
    ]
    question = kpi(name, PLAN)
    with Dataset.of(log, PLAN) as dataset:
        whole = report(dataset, PLAN, now=NOW)[KPIS]
        alone = report(dataset, PLAN, now=NOW, questions=[question], only=question.only)[question]

    assert alone == next(each for each in whole if each.name == name)


def test_rows_have_the_target_beside_what_it_is_compared_with(entry: MakeEntry) -> None:
    log = [
        entry(1, "buy", 2, user="ann", properties={"Total": "7.50", "currency": "EUR"}),
        entry(2, "buy", 3, user="bo", properties={"Total": "2", "currency": "SEK"}),
    ]
    question = kpi("revenue", PLAN)
    with Dataset.of(log, PLAN) as dataset:
        table = question.table(report(dataset, PLAN, now=NOW, questions=[question], only=question.only)[question])

    assert table.columns == ("kpi", "currency", "value", "target", "met")
    assert table.rows == (
        ("revenue", "EUR", Decimal("7.50"), Decimal(5), True),
        ("revenue", "SEK", Decimal(2), None, None),
    )


def rows_of(kpi_: Kpi, entry: MakeEntry, *sales: tuple[str, str]) -> tuple[tuple[Any, ...], ...]:
    """The flat rows of a KPI over sales of an amount in a currency."""
    log = [
        entry(number, "buy", number, user="ann", properties={"Total": total, "currency": currency})
        for number, (total, currency) in enumerate(sales, 1)
    ]
    plan = plan_of(kpi_)
    question = kpi(kpi_.name, plan)
    with Dataset.of(log, plan) as dataset:
        return question.table(report(dataset, plan, now=NOW, questions=[question], only=question.only)[question]).rows


def test_a_currency_in_which_nothing_was_sold_has_a_row_with_its_target(entry: MakeEntry) -> None:
    rows = rows_of(msgspec.structs.replace(PLAN.kpis["revenue"], guardrails=()), entry, ("2", "SEK"))

    assert rows == (("revenue", "SEK", Decimal(2), None, None), ("revenue", "EUR", Decimal(0), Decimal(5), False))


def test_a_total_has_a_row_with_its_target_after_those_of_the_groups(entry: MakeEntry) -> None:
    target = Target(direction="up", value=Decimal(3))
    grouped = Kpi(name="orders", measure=Count(event="buy", by=("currency",)), window=None, target=target)
    rows = rows_of(grouped, entry, ("2", "SEK"), ("3", "EUR"))

    assert sorted(rows[:-1]) == [("orders", "EUR", 1, None, None), ("orders", "SEK", 1, None, None)]
    assert rows[-1] == ("orders", None, 2, 3, False)


def test_a_name_that_the_plan_does_not_have_is_said_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no KPI 'revenu'; did you mean 'revenue'"):
        kpi("revenu", PLAN)
