"""One KPI has the figure that the report has, alone."""

from __future__ import annotations

from decimal import Decimal

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


def test_a_name_that_the_plan_does_not_have_is_said_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no KPI 'revenu'; did you mean 'revenue'"):
        kpi("revenu", PLAN)
