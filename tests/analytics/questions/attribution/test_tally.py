"""A shard credits whole parts of its conversions, and reads values of any size exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
from tests.analytics.asking import context_of

from footfall.analytics import Dataset
from footfall.analytics.questions.attribution import attribution_options
from footfall.analytics.questions.attribution.options import MODELS
from footfall.analytics.questions.attribution.tally import AttributionPartial, tally
from footfall.analytics.touch_labels import TouchLabel
from footfall.plan.model import Event, Plan, Property
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
AMOUNT = Property(name="amount", wire_name="amount", type="decimal", currency="EUR")
PLAN = Plan(id="p", events={"buy": Event(name="buy", wire_name="buy", properties=(AMOUNT,))})
HOUR = 3_600


def partial_of(make: MakeEntry, visits: Sequence[int], amounts: Sequence[str], **options: Any) -> AttributionPartial:
    """Ann comes at these hours by links that are numbered, and buys for these amounts at hour 100."""
    pages = [
        make(number, None, hour * HOUR, user="ann", type="page", body=msgspec.json.encode(
            {"type": "page", "context": {"campaign": {"name": str(number)}}}
        ))
        for number, hour in enumerate(visits)
    ]  # fmt: skip
    buys = [
        make(100 + number, "buy", 100 * HOUR, user="ann", properties=f'{{"amount":{amount}}}')
        for number, amount in enumerate(amounts)
    ]
    asked = attribution_options("buy", PLAN, value="amount", model="all", **options)
    with Dataset.of([*pages, *buys], PLAN) as dataset:
        return tally(context_of(dataset, PLAN).shards[0], asked)


def sums(partial: AttributionPartial, currency: str | None) -> dict[tuple[str, str | None], Fraction]:
    totals: dict[tuple[str, str | None], Fraction] = Counter()  # type: ignore[assignment]  # it adds fractions up too
    for each in partial.credits:
        if each.currency == currency:
            label = partial.labels[each.label]
            text = label.text if label.is_touch else None
            totals[each.model, text] += Fraction(each.number) * each.times / each.parts
    return totals


def test_labels_begin_with_that_of_no_touch(entry: MakeEntry) -> None:
    assert partial_of(entry, [1], ["1"]).labels == (TouchLabel("", is_touch=False), TouchLabel("0"))


def test_four_touches_share_a_conversion_by_position(entry: MakeEntry) -> None:
    credited = sums(partial_of(entry, [1, 2, 3, 4], ["10"]), None)

    assert [credited["position", str(number)] for number in range(4)] == [
        Fraction(2, 5), Fraction(1, 10), Fraction(1, 10), Fraction(2, 5),
    ]  # fmt: skip


def test_a_touch_that_is_a_half_life_older_weighs_half(entry: MakeEntry) -> None:
    credited = sums(partial_of(entry, [98, 99], ["1"], half_life="1h"), None)

    assert credited["time_decay", "0"] == Fraction(333_333_333, 1_000_000_000)
    assert credited["time_decay", "1"] == Fraction(666_666_667, 1_000_000_000)


def test_touches_too_old_to_weigh_anything_leave_all_to_the_last(entry: MakeEntry) -> None:
    credited = sums(partial_of(entry, [1, 2], ["1"], half_life="1m"), None)

    assert credited["time_decay", "1"] == 1


def test_values_of_any_size_are_shared_out_exactly(entry: MakeEntry) -> None:
    large, small = "99999999999999999999999999999999.99", "0.000000000000001"
    credited = sums(partial_of(entry, [1, 2, 3], [large, small]), "EUR")

    for model in MODELS:
        whole = sum(credited.get((model, str(number)), Fraction()) for number in range(3))
        assert whole == Fraction(Decimal(large)) + Fraction(Decimal(small))


def test_a_touch_outside_of_the_look_back_is_none(entry: MakeEntry) -> None:
    inside, outside = (sums(partial_of(entry, [90], ["1"], within=within), None) for within in ("10h", "9h"))

    assert inside["linear", "0"] == 1
    assert outside["linear", None] == 1
