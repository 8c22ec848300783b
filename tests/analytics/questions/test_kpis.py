"""A KPI is compared with its target exactly, and says what it was made of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from tests.analytics.shop import DAY, REVENUE, MakeEntry, buy, kpi_of, plan_of, report_of

from footfall.analytics import GOALS, JOURNEYS, KPIS
from footfall.analytics.questions.kpis import is_share
from footfall.analytics.window import Window
from footfall.plan.model import (
    Aggregate,
    CalendarWindow,
    Conversion,
    Count,
    Difference,
    Goal,
    Kpi,
    Ratio,
    Target,
    Unique,
    Where,
)


@pytest.mark.parametrize(
    ("direction", "value", "met"),
    [("up", "0.5", True), ("up", "0.51", False), ("down", "0.5", True), ("down", "0.49", False)],
)
def test_a_target_is_met_at_its_value(entry: MakeEntry, direction: str, value: str, met: bool) -> None:
    ratio = Ratio(of=Unique(event="buy", property="actor"), to=Unique(event="view", property="actor"))
    target = Target(direction="up" if direction == "up" else "down", value=Decimal(value))
    log = [entry(1, "view", 1, user="ann"), entry(2, "view", 1, user="bob"), buy(entry, 3, 1, "1", "EUR")]

    found = kpi_of(Kpi(name="rate", measure=ratio, window=None, target=target), log)

    assert (found.value, found.of, found.to) == (Decimal("0.5"), Decimal(1), Decimal(2))
    assert found.target is not None
    assert found.target.met is met


def test_a_third_is_compared_as_a_third_and_not_as_what_is_shown(entry: MakeEntry) -> None:
    ratio = Ratio(of=Count(event="buy"), to=Count(event="view"))
    target = Target(direction="up", value=Decimal("0." + "3" * 29))
    log = [*(entry(n, "view", n, user="ann") for n in (1, 2, 3)), buy(entry, 4, 1, "1", "EUR")]

    found = kpi_of(Kpi(name="rate", measure=ratio, window=None, target=target), log)

    assert found.value == Decimal("0." + "3" * 28)
    assert found.target is not None
    assert found.target.met is True


def test_without_a_figure_a_target_is_neither_met_nor_missed() -> None:
    ratio = Ratio(of=Count(event="buy"), to=Count(event="view"))
    found = kpi_of(Kpi(name="rate", measure=ratio, window=None, target=Target(direction="down", value=Decimal(1))), [])

    assert found.value is None
    assert found.target is not None
    assert found.target.met is None


@pytest.mark.parametrize(
    ("unit", "compared", "group"),
    [("EUR", "10.00", "EUR"), ("SEK", "0", "SEK"), ("piece", "17.50", None), (None, "17.50", None)],
)
def test_a_target_whose_unit_is_a_group_is_compared_with_that_group(
    entry: MakeEntry, unit: str | None, compared: str, group: str | None
) -> None:
    log = [buy(entry, 1, 1, "10.00", "EUR"), buy(entry, 2, 1, "7.50", "USD")]
    target = Target(direction="up", value=Decimal(10), unit=unit)

    found = kpi_of(Kpi(name="revenue", measure=REVENUE, window=None, target=target), log)

    assert found.value == Decimal("17.50")
    assert found.target is not None
    assert (found.target.compared, found.target.group) == (Decimal(compared), group)
    assert (f"the group {group}" in found.definition) is (group is not None)


def test_a_guardrail_shows_how_the_other_kpi_stands(entry: MakeEntry) -> None:
    down = Target(direction="down", value=Decimal(0))
    plan = plan_of(
        Kpi(name="revenue", measure=REVENUE, window=None, guardrails=("orders",)),
        Kpi(name="orders", measure=Count(event="buy"), window=None, target=down),
        goals=(Goal(name="grow", kpis=("revenue", "orders")),),
    )

    found = report_of(plan, [buy(entry, 1, 1, "1", "EUR")])

    assert [(guard.name, guard.value, guard.met) for guard in found[KPIS][0].guardrails] == [
        ("orders", Decimal(1), False)
    ]
    assert [(goal.met, goal.of) for goal in found[GOALS]] == [(0, 1)]


@pytest.mark.parametrize(
    "measure",
    [
        Count(event="cart"),
        Unique(event="cart", property="actor"),
        Aggregate(function="sum", event="buy", property="total"),
    ],
)
def test_a_target_is_neither_met_nor_missed_by_an_event_that_never_came(
    entry: MakeEntry, measure: Count | Unique | Aggregate
) -> None:
    target = Target(direction="down", value=Decimal(10))
    kpi = Kpi(name="few", measure=measure, window=7 * DAY, target=target)
    log = [entry(1, "view", 9, user="ann")]
    long_ago = entry(2, measure.event, 0.5 * DAY, user="ann", properties='{"Total": 5}')

    never, once = kpi_of(kpi, log), kpi_of(kpi, [*log, long_ago])

    assert never.target is not None
    assert once.target is not None
    assert (never.value, never.target.met) == (Decimal(0), None)
    assert f"No message of {measure.event} was ever stored, so the target is neither met" in never.definition
    assert (once.value, once.target.met) == (Decimal(0), True)
    assert "was ever stored" not in once.definition


def test_a_figure_of_more_digits_than_are_kept_says_so_and_invents_none(entry: MakeEntry) -> None:
    average = Aggregate(function="average", event="buy", property="total", by=("currency",))
    log = [
        *(buy(entry, n, 1, total, "EUR") for n, total in enumerate((f"1{'0' * 40}", "0", "0"), 1)),
        buy(entry, 4, 1, f"4{'0' * 40}", "SEK"),
    ]

    found = kpi_of(Kpi(name="size", measure=average, window=None), log)

    assert found.value == Decimal(125) * 10**38
    assert not found.rounded
    assert [(str(row.value), row.rounded) for row in found.rows] == [
        (f"4{'0' * 40}", False),
        (f"3.{'3' * 27}E+39", True),
    ]


def test_a_window_of_the_calendar_begins_with_the_plans_week(entry: MakeEntry) -> None:
    # Now is Sunday the 11th of January 1970.
    days = [entry(day, "view", (day - 1) * DAY, user="ann") for day in range(1, 11)]
    going, last = (
        Kpi(name=name, measure=Count(event="view"), window=CalendarWindow(calendar="week", last=number))
        for name, number in (("going", None), ("last", 1))
    )
    plan = msgspec.structs.replace(plan_of(going, last), week_starts="saturday")

    kpis = report_of(plan, days)[KPIS]
    since = report_of(plan, days, since=datetime(1970, 1, 5, tzinfo=UTC))[KPIS]

    assert [kpi.value for kpi in kpis] == [1, 7]
    assert "That is the last whole week of the plan's clock. A week begins on Saturday." in kpis[1].definition
    assert [kpi.value for kpi in since] == [6, 6]
    assert "whole week" not in since[1].definition


def test_a_journey_has_the_windows_of_its_kpis_together() -> None:
    measure = Conversion(journey="purchase", start="view", end="buy")
    kpis = [
        Kpi(name="last", measure=measure, window=CalendarWindow(calendar="week", last=1)),
        Kpi(name="days", measure=measure, window=2 * DAY),
    ]

    together = report_of(plan_of(*kpis), [])[JOURNEYS][0].window
    alone = report_of(plan_of(kpis[0]), [])[JOURNEYS][0].window

    def shown(window: Window) -> list[str]:
        return [f"{each:%m-%d %H}" for each in (window.since, window.until) if each is not None]

    assert shown(together) == ["12-29 00", "01-11 01"]
    assert shown(alone) == ["12-29 00", "01-05 00"]


PROMOTERS = Difference(
    of=Ratio(of=Count(event="buy", where=(Where(property="total", op="gte", values=(9,)),)), to=Count(event="buy")),
    less=Ratio(of=Count(event="buy", where=(Where(property="total", op="lte", values=(6,)),)), to=Count(event="buy")),
)


def test_a_difference_of_shares_reads_in_percent_and_says_how_it_was_made(entry: MakeEntry) -> None:
    log = [buy(entry, number, number / 10, total, "EUR") for number, total in enumerate(("9", "10", "7", "1"), 1)]

    kpi = kpi_of(Kpi(name="nps", measure=PROMOTERS, window=None), log)

    assert (kpi.value, kpi.of, kpi.to, is_share(kpi)) == (Decimal("0.25"), None, None, True)
    assert kpi.definition.startswith(
        "(messages of buy with total at least 9, divided by messages of buy (nothing where that is 0)), less ("
    )


def test_a_percentile_of_money_is_one_of_each_currency_with_its_rule(entry: MakeEntry) -> None:
    log = [buy(entry, number, number / 10, total, "EUR") for number, total in enumerate(("1", "2", "4"), 1)]
    high = Aggregate(function="percentile", event="buy", property="total", at=Decimal(75))

    kpi = kpi_of(Kpi(name="high", measure=high, window=None), log)

    assert kpi.value == 3
    assert "The percentile 75 of buy.total where it is present." in kpi.definition
    assert "percentile_cont" in kpi.definition
