"""Definitions say in plain sentences what was measured, over which window, and who entered a journey."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from footfall.analytics.definitions import DEVICES, PERSONS, chain_text, measure_text, of_text, window_text
from footfall.analytics.window import Window
from footfall.plan.model import Aggregate, Conversion, Count, EventFilter, Journey, Ratio, Step, Unique, Where

PAID = Where(property="payment", op="in", values=("card", None))
LARGE = Where(property="total", op="gte", values=(100,))


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        (Count(event="buy"), "Messages of buy."),
        (Count(event="buy", where=(PAID,)), "Messages of buy with payment card or absent."),
        (
            Aggregate(function="sum", event="buy", property="total", where=(LARGE,), by=("country", "shop")),
            "The exact sum of buy.total where it is present with total at least 100, by country and shop.",
        ),
        (Aggregate(function="median", event="buy", property="total"), "The median of buy.total where it is present."),
        (Unique(event="buy", property="actor"), "Different actors of buy."),
        (Unique(event="buy", property="sku"), "Different values of buy.sku."),
        (
            Count(event="buy", where=(Where(property="gift", op="not_in", values=(True,)),)),
            "Messages of buy with gift not true.",
        ),
        (
            Ratio(of=Count(event="buy"), to=Count(event="view")),
            "Messages of buy, divided by messages of view (nothing where that is 0).",
        ),
        (
            Conversion(journey="j", start="a", end="b"),
            "Of those who reached a of the journey j on any path, the share that reached b on a path through both.",
        ),
    ],
)
def test_a_measure_is_a_sentence(measure: Count | Aggregate | Unique | Ratio | Conversion, sentence: str) -> None:
    assert measure_text(measure) == sentence


def test_a_comparison_keeps_the_digits_of_the_plan() -> None:
    over = Where(property="total", op="gt", values=(float(Decimal("0.1")),))

    assert measure_text(Count(event="buy", where=(over,))) == "Messages of buy with total over 0.1."


def test_a_window_says_which_end_is_in_it() -> None:
    first, last = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 29, 12, 30, tzinfo=UTC)

    assert window_text(Window(first, last, "UTC")) == (
        "2026-11-01 00:00:00+00:00 (inclusive) to 2026-11-29 12:30:00+00:00 (exclusive), UTC"
    )
    assert window_text(Window(None, None, "UTC")) == "the first message to the last message, UTC"


def test_the_way_through_a_journey_has_its_limits_and_its_actors() -> None:
    steps = (Step(id="view", event="seen"), Step(id="buy", event="sold", within=3600))
    persons = chain_text(Journey(name="purchase", by="user", steps=steps, within=86_400))
    devices = chain_text(Journey(name="pairing", by="device", steps=steps[:1]))

    assert persons.startswith(
        "Entry: the first seen of a person in the window; buy within 1h of the step before; "
        "every step within 1d of the entry. A later step"
    )
    assert persons.endswith(PERSONS)
    assert devices.startswith("Entry: the first seen of a device in the window. A later step")
    assert devices.endswith(DEVICES)


def test_messages_of_any_event_are_of_none() -> None:
    assert of_text(EventFilter(event="*")) == ""
    assert of_text(EventFilter(event="visit", where=(Where(property="step", op="gte", values=(2,)),))) == (
        " of visit with step at least 2"
    )
