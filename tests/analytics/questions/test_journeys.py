"""A journey is a funnel over the window of the KPIs that measure it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from tests.analytics.shop import DAY, PURCHASE, MakeEntry, plan_of, report_of

from footfall.analytics import JOURNEYS, KPIS
from footfall.plan.model import (
    Conversion,
    Guard,
    Kpi,
)


def test_a_journey_goes_by_the_longest_window_of_the_kpis_that_measure_it() -> None:
    conversion = Conversion(journey="purchase", start="view", end="buy")
    kpis = [Kpi(name=f"c{days}", measure=conversion, window=days * DAY) for days in (1, 5, 3)]

    assert report_of(plan_of(*kpis), [])[JOURNEYS][0].window.since == datetime(1970, 1, 6, tzinfo=UTC)
    assert report_of(plan_of(), [])[JOURNEYS][0].window.since is None


def test_a_conversion_counts_every_path_and_the_funnel_the_main_one(entry: MakeEntry) -> None:
    kpi = Kpi(name="conversion", measure=Conversion(journey="purchase", start="view", end="buy"), window=None)
    log = [
        entry(1, "view", 1, user="ann"), entry(2, "cart", 2, user="ann"), entry(3, "buy", 5, user="ann"),
        entry(4, "view", 1, user="bob"), entry(5, "buy", 2, user="bob"), entry(6, "view", 1, user="eve"),
    ]  # fmt: skip

    found = report_of(plan_of(kpi), log)
    journey = found[JOURNEYS][0]

    assert (found[KPIS][0].of, found[KPIS][0].to) == (Decimal(2), Decimal(3))
    assert [step.actors for step in journey.steps] == [3, 1, 1]
    assert [branch.actors for branch in journey.branches] == [1]
    assert [step.met for step in journey.steps] == [None, True, None]
    assert [step.median_seconds for step in journey.steps] == [None, 1, 3]


def test_the_rule_of_a_guard_is_said_whole() -> None:
    guard = Guard(name="again", event="cart", start="view", end="buy")
    plan = msgspec.structs.replace(plan_of(), journeys={"purchase": msgspec.structs.replace(PURCHASE, never=(guard,))})
    (journey,) = report_of(plan, [])[JOURNEYS]

    assert "between first reaching its start and first reaching its end, inclusive" in journey.definition
    assert "The messages that fill the start or the end do not count" in journey.definition
