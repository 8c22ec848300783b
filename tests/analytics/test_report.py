"""A report puts every figure beside its target, its window and its definition."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from footfall.analytics import Dataset, KpiResult, Report, encode, report
from footfall.errors import UsageError
from footfall.plan.model import (
    Aggregate,
    Branch,
    Conversion,
    Count,
    Event,
    Goal,
    Guard,
    Journey,
    Kpi,
    Plan,
    Property,
    Ratio,
    Step,
    Target,
    Unique,
)
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
DAY = 86_400
NOW = datetime(1970, 1, 11, tzinfo=UTC)

CURRENCY = Property(name="currency", wire_name="currency", type="string", enum=("EUR", "SEK"))
TOTAL = Property(name="total", wire_name="Total", type="decimal")
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


def made(plan: Plan, log: list[Entry], since: datetime | None = None, until: datetime | None = None) -> Report:
    with Dataset.of(log, plan) as dataset:
        return report(dataset, plan, since=since, until=until, now=NOW)


def the_kpi(kpi: Kpi, log: list[Entry]) -> KpiResult:
    return made(plan_of(kpi), log).kpis[0]


def buy(entry: MakeEntry, number: int, day: float, total: str, currency: str, user: str = "ann") -> Entry:
    properties = f'{{"Total": {total}, "currency": "{currency}"}}'
    return entry(number, "buy", day * DAY, user=user, properties=properties)


@pytest.mark.parametrize(
    ("direction", "value", "met"),
    [("up", "0.5", True), ("up", "0.51", False), ("down", "0.5", True), ("down", "0.49", False)],
)
def test_a_target_is_met_at_its_value(entry: MakeEntry, direction: str, value: str, met: bool) -> None:
    ratio = Ratio(of=Unique(event="buy", property="actor"), to=Unique(event="view", property="actor"))
    target = Target(direction="up" if direction == "up" else "down", value=Decimal(value))
    log = [entry(1, "view", 1, user="ann"), entry(2, "view", 1, user="bob"), buy(entry, 3, 1, "1", "EUR")]

    found = the_kpi(Kpi(name="rate", measure=ratio, window=None, target=target), log)

    assert (found.value, found.of, found.to) == (Decimal("0.5"), Decimal(1), Decimal(2))
    assert found.target is not None
    assert found.target.met is met


def test_a_third_is_compared_as_a_third_and_not_as_what_is_shown(entry: MakeEntry) -> None:
    ratio = Ratio(of=Count(event="buy"), to=Count(event="view"))
    target = Target(direction="up", value=Decimal("0." + "3" * 29))
    log = [*(entry(n, "view", n, user="ann") for n in (1, 2, 3)), buy(entry, 4, 1, "1", "EUR")]

    found = the_kpi(Kpi(name="rate", measure=ratio, window=None, target=target), log)

    assert found.value == Decimal("0." + "3" * 28)
    assert found.target is not None
    assert found.target.met is True


def test_without_a_figure_a_target_is_neither_met_nor_missed() -> None:
    ratio = Ratio(of=Count(event="buy"), to=Count(event="view"))
    found = the_kpi(Kpi(name="rate", measure=ratio, window=None, target=Target(direction="down", value=Decimal(1))), [])

    assert found.value is None
    assert found.target is not None
    assert found.target.met is None


@pytest.mark.parametrize(
    ("unit", "compared", "group"),
    [("EUR", "10.00", "EUR"), ("SEK", "0", "SEK"), ("piece", "17.50", None), (None, "17.50", None)],
)
def test_a_target_whose_unit_is_a_group_is_held_against_that_group(
    entry: MakeEntry, unit: str | None, compared: str, group: str | None
) -> None:
    log = [buy(entry, 1, 1, "10.00", "EUR"), buy(entry, 2, 1, "7.50", "USD")]
    target = Target(direction="up", value=Decimal(10), unit=unit)

    found = the_kpi(Kpi(name="revenue", measure=REVENUE, window=None, target=target), log)

    assert found.value == Decimal("17.50")
    assert found.target is not None
    assert (found.target.compared, found.target.group) == (Decimal(compared), group)
    assert (f"the group {group}" in found.definition) is (group is not None)


def test_each_kpi_looks_back_as_far_as_its_window_unless_the_reader_says_otherwise(entry: MakeEntry) -> None:
    plan = plan_of(
        Kpi(name="week", measure=Count(event="buy"), window=7 * DAY),
        Kpi(name="ever", measure=Count(event="buy"), window=None),
    )
    log = [buy(entry, day, day, "1", "EUR") for day in (1, 2, 3, 4, 9, 10, 11)]

    own = {kpi.name: kpi.value for kpi in made(plan, log).kpis}
    asked = made(plan, log, datetime(1970, 1, 3, tzinfo=UTC), datetime(1970, 1, 5, tzinfo=UTC))

    assert own == {"week": 3, "ever": 5}  # all there is, up to now
    assert {kpi.name: kpi.value for kpi in asked.kpis} == {"week": 2, "ever": 2}
    assert {kpi.window for kpi in asked.kpis} == {asked.window}


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="is not before until"):
        made(plan_of(), [], since=NOW, until=NOW)


def test_a_journey_goes_by_the_longest_window_of_the_kpis_that_measure_it() -> None:
    conversion = Conversion(journey="purchase", start="view", end="buy")
    kpis = [Kpi(name=f"c{days}", measure=conversion, window=days * DAY) for days in (1, 5, 3)]

    assert made(plan_of(*kpis), []).journeys[0].window.since == datetime(1970, 1, 6, tzinfo=UTC)
    assert made(plan_of(), []).journeys[0].window.since is None


def test_a_conversion_counts_every_path_and_the_funnel_the_main_one(entry: MakeEntry) -> None:
    kpi = Kpi(name="conversion", measure=Conversion(journey="purchase", start="view", end="buy"), window=None)
    log = [
        entry(1, "view", 1, user="ann"), entry(2, "cart", 2, user="ann"), entry(3, "buy", 5, user="ann"),
        entry(4, "view", 1, user="bob"), entry(5, "buy", 2, user="bob"), entry(6, "view", 1, user="eve"),
    ]  # fmt: skip

    found = made(plan_of(kpi), log)
    journey = found.journeys[0]

    assert (found.kpis[0].of, found.kpis[0].to) == (Decimal(2), Decimal(3))
    assert [step.actors for step in journey.steps] == [3, 1, 1]
    assert [branch.actors for branch in journey.branches] == [1]
    assert [step.met for step in journey.steps] == [None, True, None]
    assert [step.median_seconds for step in journey.steps] == [None, 1, 3]


def test_a_guardrail_shows_how_the_other_kpi_stands(entry: MakeEntry) -> None:
    down = Target(direction="down", value=Decimal(0))
    plan = plan_of(
        Kpi(name="revenue", measure=REVENUE, window=None, guardrails=("orders",)),
        Kpi(name="orders", measure=Count(event="buy"), window=None, target=down),
        goals=(Goal(name="grow", kpis=("revenue", "orders")),),
    )

    found = made(plan, [buy(entry, 1, 1, "1", "EUR")])

    assert [(guard.name, guard.value, guard.met) for guard in found.kpis[0].guardrails] == [
        ("orders", Decimal(1), False)
    ]
    assert [(goal.met, goal.of) for goal in found.goals] == [(0, 1)]


def test_json_keeps_the_digits_of_a_decimal_and_its_keys(entry: MakeEntry) -> None:
    plan = plan_of(Kpi(name="revenue", measure=REVENUE, window=None))
    text = encode(made(plan, [buy(entry, 1, 1, "12345678901234567890.10", "EUR")]))
    found = json.loads(text, parse_float=str)

    asked = ["goals", "kpis", "journeys", "volumes"]
    assert list(found) == ["plan", "now", "window", "data", *asked, "intake", "overview"]
    assert found["overview"] is None
    assert found["kpis"][0]["value"] == "12345678901234567890.10"
    assert found["kpis"][0]["rows"] == [
        {"group": {"currency": "EUR"}, "value": "12345678901234567890.10", "rounded": False}
    ]
    assert found["now"] == "1970-01-11T01:00:00+01:00"


def test_every_figure_states_its_definition(entry: MakeEntry) -> None:
    plan = plan_of(
        Kpi(name="revenue", measure=REVENUE, window=7 * DAY),
        Kpi(name="actors", measure=Unique(event="view", property="actor"), window=None),
    )
    found = made(plan, [entry(1, "view", 1, user="ann")])
    revenue, actors = (kpi.definition for kpi in found.kpis)

    assert "exact sum of buy.total" in revenue
    assert "1970-01-04 01:00:00+01:00 (inclusive) to 1970-01-11 01:00:00+01:00 (exclusive), Europe/Stockholm" in revenue
    assert "junk anonymous_id and device streams are not persons" in actors
    assert "one message fills one step" in found.journeys[0].definition


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

    never, once = the_kpi(kpi, log), the_kpi(kpi, [*log, long_ago])

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

    found = the_kpi(Kpi(name="size", measure=average, window=None), log)

    assert found.value == Decimal(125) * 10**38
    assert not found.rounded
    assert [(str(row.value), row.rounded) for row in found.rows] == [
        (f"4{'0' * 40}", False),
        (f"3.{'3' * 27}E+39", True),
    ]


def test_the_rule_of_a_guard_is_told_whole() -> None:
    guard = Guard(name="again", event="cart", start="view", end="buy")
    plan = msgspec.structs.replace(plan_of(), journeys={"purchase": msgspec.structs.replace(PURCHASE, never=(guard,))})
    (journey,) = made(plan, []).journeys

    assert "between first reaching its start and first reaching its end, inclusive" in journey.definition
    assert "The messages that fill the start or the end do not count" in journey.definition
