"""A small shop: its plan, its messages, and the report of both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from footfall.analytics import KPIS, Dataset, KpiResult, Report, report
from footfall.plan.model import (
    Aggregate,
    Branch,
    Event,
    Goal,
    Journey,
    Kpi,
    Plan,
    Property,
    Step,
)
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
DAY = 86_400
NOW = datetime(1970, 1, 11, tzinfo=UTC)

CURRENCY = Property(name="currency", wire_name="currency", type="string", enum=("EUR", "SEK"))
TOTAL = Property(name="total", wire_name="Total", type="decimal", scale=2)
REVENUE = Aggregate(function="sum", event="buy", property="total", by=("currency",))
PURCHASE = Journey(
    name="purchase",
    by="user",
    steps=(Step(id="view", event="view"), Step(id="cart", event="cart", expect=0.1), Step(id="buy", event="buy")),
    branches=(Branch(id="direct", after="view", steps=("buy",)),),
)


def plan_of(*kpis: Kpi, goals: tuple[Goal, ...] = ()) -> Plan:
    events = {
        "view": Event(name="view", wire_name="view"),
        "cart": Event(name="cart", wire_name="cart"),
        "buy": Event(name="buy", wire_name="buy", properties=(CURRENCY, TOTAL)),
    }
    return Plan(
        id="test",
        timezone="Europe/Stockholm",
        events=events,
        kpis={kpi.name: kpi for kpi in kpis},
        goals={goal.name: goal for goal in goals},
        journeys={"purchase": PURCHASE},
    )


def report_of(plan: Plan, log: list[Entry], since: datetime | None = None, until: datetime | None = None) -> Report:
    with Dataset.of(log, plan) as dataset:
        return report(dataset, plan, since=since, until=until, now=NOW)


def kpi_of(kpi: Kpi, log: list[Entry]) -> KpiResult:
    return report_of(plan_of(kpi), log)[KPIS][0]


def buy(entry: MakeEntry, number: int, day: float, total: str, currency: str, user: str = "ann") -> Entry:
    properties = f'{{"Total": {total}, "currency": "{currency}"}}'
    return entry(number, "buy", day * DAY, user=user, properties=properties)
