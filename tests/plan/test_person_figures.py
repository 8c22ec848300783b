"""A figure of single persons is a count, a sum, or whether they did something; nothing else."""

from __future__ import annotations

import pytest

from footfall.plan.model import Aggregate, Conversion, Count, ExperimentOutcome, Measure, Ratio, Unique, Where
from footfall.plan.person_figures import PersonFigure, figure_of_measure, figure_of_outcome

CARD = (Where(property="kind", op="in", values=("card",)),)


@pytest.mark.parametrize(
    ("measure", "figure"),
    [
        (Count(event="sold", where=CARD, by=("kind",)), PersonFigure("count", "sold", CARD)),
        (Aggregate(function="sum", event="sold", property="total"), PersonFigure("sum", "sold", (), "total")),
        (Unique(event="sold", property="actor"), PersonFigure("had", "sold")),
        (Unique(event="sold", property="kind"), None),
        (Count(event="sold", property="lines[]"), None),
        (Aggregate(function="sum", event="sold", property="lines[].price"), None),
        (Aggregate(function="median", event="sold", property="total"), None),
        (Ratio(of=Count(event="sold"), to=Count(event="seen")), None),
        (Conversion(journey="buying", start="see", end="buy"), None),
    ],
)
def test_a_measure_is_of_persons_where_each_has_one(measure: Measure, figure: PersonFigure | None) -> None:
    assert figure_of_measure(measure) == figure


def test_an_outcome_is_whether_or_how_much() -> None:
    assert figure_of_outcome(ExperimentOutcome(event="sold", where=CARD)) == PersonFigure("had", "sold", CARD)
    assert figure_of_outcome(ExperimentOutcome(event="sold", sum="total")) == PersonFigure("sum", "sold", (), "total")
