"""What is known to be missing from a figure equals a plain loop, and is said as counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.losing import DAY, SECOND, Numbered, dataset_of, lossy_logs
from tests.analytics.test_client_numbers import gaps_of

from footfall.analytics import KPIS
from footfall.analytics.known_loss import KnownLoss, LossLedger
from footfall.analytics.questions.trend import TrendOptions, trend
from footfall.analytics.window import Span
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    DerivedEvent,
    Event,
    Journey,
    Kpi,
    Measure,
    Plan,
    Property,
    Ratio,
    Step,
)
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
AMOUNT = Property(name="amount", wire_name="amount", type="decimal", currency="money")
MONEY = Property(name="money", wire_name="money", type="string")
EVENTS = {name: Event(name=name, wire_name=name, properties=(AMOUNT, MONEY)) for name in ("buy", "see")}
JOURNEY = Journey(name="j", by="user", steps=(Step(id="see", event="see"), Step(id="buy", event="buy")))
COUNT, SUM = Count(event="buy"), Aggregate(function="sum", event="buy", property="amount")
PLAN = Plan(
    id="test", events=EVENTS, journeys={"j": JOURNEY},
    derived_events={"dear_buy": DerivedEvent(name="dear_buy", event="buy", when="amount > 1")},
    kpis={"count": Kpi(name="count", measure=COUNT, window=None), "sum": Kpi(name="sum", measure=SUM, window=None)},
)  # fmt: skip
READABLE = {"1": Decimal(1), "2.50": Decimal("2.50"), '"3.5"': Decimal("3.5")}


@settings(max_examples=60)
@given(log=lossy_logs(), days=st.tuples(st.integers(0, 6), st.integers(0, 6)), now=st.integers(0, 9))
def test_any_loss_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Numbered], days: tuple[int, int], now: int
) -> None:
    span = Span(min(days) * DAY * SECOND, max(days) * DAY * SECOND)
    with dataset_of(entry, log, PLAN) as dataset:
        loss = LossLedger(dataset, PLAN, now * DAY * SECOND).of_measure(SUM, span)

    inside = [
        message for message in log
        if not message.is_stored and message.event == "buy" and min(days) <= message.at // DAY < max(days)
    ]  # fmt: skip
    gaps = [
        number for at, number in gaps_of(log, (now - 1) * DAY).items() if min(days) <= at // SECOND // DAY < max(days)
    ]  # fmt: skip
    readable: dict[str, Decimal] = defaultdict(Decimal)
    for message in inside:
        if message.amount in READABLE:
            readable["EUR"] += READABLE[message.amount]
    assert (loss.quarantined, loss.gaps) == (len(inside), sum(gaps))
    assert loss.readable == readable
    assert loss.unreadable == sum(message.amount not in READABLE for message in inside)


LOG = [
    Numbered("a", 0, 0, 0, "buy", True, "10"), Numbered("a", 1, 0, 0, "buy", False, "2.50"),
    Numbered("a", 4, 0, 0, "see", True), Numbered("b", 0, 0, 0, "see", False), Numbered(None, 0, 0, 0, "see", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "quarantined"),
    [
        (COUNT, 1),
        (Count(event="dear_buy"), 1),
        (Ratio(of=COUNT, to=Count(event="see")), 2),
        (Conversion(journey="j", start="see", end="buy"), 2),
    ],
)
def test_a_figure_of_several_events_misses_those_of_each(entry: MakeEntry, measure: Measure, quarantined: int) -> None:
    with dataset_of(entry, LOG, PLAN) as dataset:
        loss = LossLedger(dataset, PLAN, 9 * DAY * SECOND).of_measure(measure, Span())

    assert (loss.quarantined, loss.gaps, loss.unnumbered) == (quarantined, 2, 1)


def test_it_is_said_in_one_line_and_nothing_where_nothing_is_missing() -> None:
    loss = KnownLoss(312, 88, 2, {"EUR": Decimal("4120.10"), "": Decimal(5)})

    assert loss.text == (
        "known missing: 312 quarantined (readable total 4,120.10 EUR, 5), 88 of unknown event (gaps older than 24 h); "
        "senders without sequence numbers: 2"
    )
    assert KnownLoss(0, 88, 0).text == "known missing: 88 of unknown event (gaps older than 24 h)"
    assert KnownLoss(0, 0, 2).text == ""


def test_a_count_has_an_interval_and_a_sum_has_none(entry: MakeEntry) -> None:
    with dataset_of(entry, LOG, PLAN) as dataset:
        count, total = context_of(dataset, PLAN).answer(KPIS)

    assert count.interval == (Decimal(1), Decimal(4))
    assert (total.known_loss and total.known_loss.readable, total.interval) == ({"EUR": Decimal("2.50")}, None)
    assert "Known missing are" in count.definition


def test_a_trend_has_the_loss_of_its_window(entry: MakeEntry) -> None:
    with dataset_of(entry, LOG, PLAN) as dataset:
        result = context_of(dataset, PLAN, Span(0, DAY * SECOND)).answer(trend(TrendOptions(name="n", measure=COUNT)))

    assert result.known_loss == KnownLoss(1, 2, 1)


@pytest.mark.parametrize(
    ("name", "readable", "unreadable"),
    [("paid.amount", {"EUR": Decimal("2.50")}, 1), ("lines[].amount", {"EUR": Decimal(4), "SEK": Decimal(5)}, 1)],
)
def test_values_inside_of_properties_are_read_too(
    entry: MakeEntry, name: str, readable: dict[str, Decimal], unreadable: int
) -> None:
    item = Property(name="", type="object", properties=(AMOUNT, MONEY))
    paid, lines = msgspec.structs.replace(item, name="paid"), Property(name="lines", type="array", items=item)
    plan = Plan(id="test", events={"buy": Event(name="buy", wire_name="buy", properties=(paid, lines))})
    bodies = [
        b'{"paid":{"amount":2.50,"money":"EUR"},"lines":[{"amount":1,"money":"EUR"},{"amount":"3","money":"EUR"}]}',
        b'{"paid":7,"lines":[{"amount":5,"money":"SEK"},{"amount":"much","money":"SEK"}]}',
    ]
    log = [Numbered("a", number, 0, 0, "buy", False) for number in range(len(bodies))]
    with dataset_of(entry, log, plan) as dataset:
        for number, body in enumerate(bodies):
            dataset.connection.execute(
                "UPDATE quarantine SET body = ? WHERE seq = ?", [b'{"properties":%s}' % body, number]
            )
        measure = Aggregate(function="sum", event="buy", property=name)
        loss = LossLedger(dataset, plan, 9 * DAY * SECOND).of_measure(measure, Span())

    assert (loss.readable, loss.unreadable) == (readable, unreadable)
