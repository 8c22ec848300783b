"""What a measure is made of, at any depth."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from footfall.plan.measure_parts import composed_of, event_measures, is_quotient, with_event_measures
from footfall.plan.model import Aggregate, Conversion, Count, Difference, Measure, Quantity, Ratio, SumOf

VIEWS, ORDERS = Count(event="view"), Count(event="order")
PAID = Aggregate(function="percentile", event="order", property="total", at=Decimal(90))
RATE = Ratio(of=ORDERS, to=VIEWS)
CONVERSION = Conversion(journey="j", start="a", end="b")
DEEP = Difference(of=SumOf(parts=(RATE, PAID)), less=RATE)


def test_a_measure_is_made_of_the_figures_of_its_parts_in_order() -> None:
    assert [*event_measures(DEEP)] == [ORDERS, VIEWS, PAID, ORDERS, VIEWS]
    assert [*event_measures(CONVERSION)] == []
    assert [name for name, _ in composed_of(DEEP)] == ["difference of", "difference less"]
    assert composed_of(VIEWS) == ()


def test_each_figure_of_an_event_can_be_changed() -> None:
    def renamed(figure: Count | Aggregate | object) -> Count:
        assert isinstance(figure, msgspec.Struct)
        return msgspec.structs.replace(figure, event="new")  # type: ignore[return-value] # the same kind

    changed = with_event_measures(DEEP, renamed)

    assert {figure.event for figure in event_measures(changed)} == {"new"}
    assert with_event_measures(CONVERSION, renamed) == CONVERSION


@pytest.mark.parametrize(
    ("measure", "answer"),
    [
        (RATE, True), (CONVERSION, True), (VIEWS, False), (Difference(of=RATE, less=RATE), True), (DEEP, False),
        (SumOf(parts=(VIEWS, ORDERS)), False),
    ],
)  # fmt: skip
def test_quotients_and_their_sums_and_differences_read_in_percent(measure: Measure, answer: bool) -> None:
    assert is_quotient(measure) == answer


@pytest.mark.parametrize("measure", [RATE, DEEP, PAID, SumOf(parts=(VIEWS, DEEP))])
def test_a_measure_of_any_depth_is_the_same_from_a_bundle(measure: Quantity) -> None:
    text = msgspec.json.Encoder(decimal_format="number").encode(measure)

    assert msgspec.json.Decoder(Measure, float_hook=Decimal).decode(text) == measure
