"""What of a plan's measures can be said of one person: whether they did something, how often, or what it adds up to."""

from __future__ import annotations

from typing import Literal, NamedTuple

from footfall.plan.model import Aggregate, Count, ExperimentOutcome, Measure, Unique, Where
from footfall.plan.value_names import ACTOR

__all__ = ["PersonFigure", "figure_of_measure", "figure_of_outcome"]


class PersonFigure(NamedTuple):
    """A figure of one person over the messages of an event that meet `where`.

    `form` is whether there is any (`had`: 1 or 0), how many there are (`count`), or the sum of `property`.
    """

    form: Literal["had", "count", "sum"]
    event: str
    where: tuple[Where, ...] = ()
    property: str | None = None


def figure_of_outcome(outcome: ExperimentOutcome) -> PersonFigure:
    """The figure of an experiment's outcome."""
    return PersonFigure("had" if outcome.sum is None else "sum", outcome.event, outcome.where, outcome.sum)


def figure_of_measure(measure: Measure) -> PersonFigure | None:
    """The figure of a KPI's measure; None where it is of no single person, as a ratio, a median, or a figure of the
    items of an array.

    A KPI counts messages, adds up their property, or counts who did it: so does the figure for each person. The
    breakdown of the KPI does not matter.
    """
    if not isinstance(measure, Count | Aggregate | Unique) or "[]" in measure.property:
        return None
    if isinstance(measure, Count):
        return PersonFigure("count", measure.event, measure.where)
    if isinstance(measure, Aggregate):
        is_sum = measure.function == "sum"
        return PersonFigure("sum", measure.event, measure.where, measure.property) if is_sum else None
    return PersonFigure("had", measure.event, measure.where) if measure.property == ACTOR else None
