"""What a report must say of planted messages, counted as they are made: plain Python over a few rows, no SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from statistics import median
from typing import Any, NamedTuple

from footfall.plan.currencies import money_of
from footfall.plan.measure_parts import composed_of
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Event,
    EventMeasure,
    Journey,
    Plan,
    Quantity,
    Ratio,
    SumOf,
    Unique,
    Where,
)
from footfall.plan.value_names import ACTOR, NoValue, joined_name, value_of
from footfall.testing.planted.journeys import PlantedJourney

__all__ = ["Fact", "JourneyTruth", "Number", "currency_truth", "journey_truth", "kpi_truth", "meets"]

Number = int | Decimal | Fraction | None


class Fact(NamedTuple):
    """One stored event: what happened, to which person or device, and whether that actor counts as one."""

    event: str
    actor: str
    counted: bool
    properties: Mapping[str, Any]


class JourneyTruth(NamedTuple):
    """`steps`: how many reached each step on the main path. `branches`, `guards`: how many took or met each, by name.

    `medians`: seconds from the step before, over those who reached the step (None for the first, and where nobody did).
    """

    steps: tuple[int, ...]
    branches: Mapping[str, int]
    guards: Mapping[str, int]
    medians: tuple[float | None, ...]


_HOLDS: dict[str, Callable[[Any, Sequence[Any]], bool]] = {
    "in": lambda value, given: value in given,
    "not_in": lambda value, given: value not in given,
    "gt": lambda value, given: value is not None and value > given[0],
    "gte": lambda value, given: value is not None and value >= given[0],
    "lt": lambda value, given: value is not None and value < given[0],
    "lte": lambda value, given: value is not None and value <= given[0],
}

_FIGURES: dict[str, Callable[[list[Decimal]], Number]] = {
    "sum": lambda values: sum(values, Decimal(0)),
    "average": lambda values: Fraction(sum(values, Decimal(0))) / len(values) if values else None,
    "minimum": lambda values: min(values, default=None),
    "maximum": lambda values: max(values, default=None),
    "median": lambda values: Fraction(median(values)) if values else None,
}


def meets(event: Event, properties: Mapping[str, Any], where: Sequence[Where]) -> bool:
    """Whether the properties of an event, by their names, meet every condition; an absent one counts as None.

    Nobody is in a segment.
    """
    return all(_holds(event, properties, condition, "", ()) for condition in where)


def _holds(event: Event, properties: Mapping[str, Any], where: Where, item: str, place: tuple[int, ...]) -> bool:
    """A condition on a message, or on the item at a place in its arrays."""
    if where.op in ("member", "not_member"):
        return where.op == "not_member"
    name = joined_name(item, where.property)
    values = [(at, value) for at, value in values_in(event, properties, name) if at[: len(place)] == place]
    if where.op == "any":
        return any(all(_holds(event, properties, inner, name, at) for inner in where.where) for at, _ in values)
    return any(_HOLDS[where.op](value, where.values) for _, value in values)


def values_in(event: Event, properties: Mapping[str, Any], name: str) -> list[tuple[tuple[int, ...], Any]]:
    """The values of a name among the properties of an event, each with its place in the arrays that it is in."""
    value = value_of(event, name)
    if isinstance(value, NoValue) or value.part != "properties":
        return [((), None)]
    top = next(item.name for item in event.properties if (item.wire_name or item.name) == value.keys[0])
    places: list[tuple[tuple[int, ...], Any]] = [((), properties.get(top))]
    for key in value.keys[1:]:
        if key is None:
            places = [((*at, n), each) for at, items in places for n, each in enumerate(items or ())]
        else:
            places = [(at, inner.get(key) if isinstance(inner, Mapping) else None) for at, inner in places]
    return places


def _selected(plan: Plan, facts: Sequence[Fact], name: str, where: tuple[Where, ...]) -> list[Fact]:
    event = plan.events.get(name)
    return [] if event is None else [
        fact for fact in facts if fact.event == name and meets(event, fact.properties, where)
    ]  # fmt: skip


def _figure(plan: Plan, facts: Sequence[Fact], measure: EventMeasure) -> Number:
    return _figure_of(plan, _selected(plan, facts, measure.event, measure.where), measure)


def _figure_of(plan: Plan, chosen: Sequence[Fact], measure: EventMeasure) -> Number:
    if isinstance(measure, Count) and not measure.property:
        return len(chosen)
    if isinstance(measure, Unique) and measure.property == ACTOR:
        return len({fact.actor for fact in chosen if fact.counted})
    event = plan.events.get(measure.event)
    assert event is not None or not chosen
    values = [value for fact in chosen if event for _, value in values_in(event, fact.properties, measure.property)]
    return len(values) if isinstance(measure, Count) else _over(values, measure)


def _over(values: Sequence[Any], measure: Aggregate | Unique) -> Number:
    present = [value for value in values if value is not None]
    if isinstance(measure, Unique):
        return len({str(value) for value in present})
    numbers = sorted(Decimal(str(value)) for value in present)
    if measure.at is not None:
        return _percentile(numbers, measure.at)
    return _FIGURES[measure.function](numbers)


def _percentile(ordered: Sequence[Decimal], at: Decimal) -> Number:
    """The value at (n - 1) * at / 100, between two values in proportion."""
    if not ordered:
        return None
    place = Fraction(at) / 100 * (len(ordered) - 1)
    low, high = Fraction(ordered[floor(place)]), Fraction(ordered[ceil(place)])
    return low + (high - low) * (place - floor(place))


def kpi_truth(plan: Plan, facts: Sequence[Fact], walks: Mapping[str, Sequence[PlantedJourney]]) -> dict[str, Number]:
    """The value of every KPI of a plan over all that happened, less those of a journey that nobody was made to walk.

    None for money in several currencies, which has no single value.
    """
    truth: dict[str, Number] = {}
    several = {name for name, figures in currency_truth(plan, facts).items() if len(figures) > 1}
    for name, kpi in plan.kpis.items():
        measure = kpi.measure
        if name in several:
            truth[name] = None
        elif isinstance(measure, Conversion) and measure.journey not in walks:
            continue
        elif isinstance(measure, Conversion):
            truth[name] = _conversion(plan.journeys[measure.journey], measure, walks[measure.journey])
        else:
            truth[name] = _quantity(plan, facts, measure)
    return truth


def _quantity(plan: Plan, facts: Sequence[Fact], measure: Quantity) -> Number:
    if isinstance(measure, Count | Aggregate | Unique):
        return _figure(plan, facts, measure)
    values = [_quantity(plan, facts, part) for _, part in composed_of(measure)]
    numbers = [Fraction(value) for value in values if value is not None]
    if len(numbers) < len(values):
        return None
    if isinstance(measure, Ratio):
        return numbers[0] / numbers[1] if numbers[1] else None
    return sum(numbers, Fraction(0)) if isinstance(measure, SumOf) else numbers[0] - numbers[1]


def currency_truth(plan: Plan, facts: Sequence[Fact]) -> dict[str, dict[str | None, Number]]:
    """The figure of each currency, for the KPIs that are one figure over money (and no ratio)."""
    truth: dict[str, dict[str | None, Number]] = {}
    for name, kpi in plan.kpis.items():
        measure = kpi.measure
        event = plan.events.get(measure.event) if isinstance(measure, Aggregate) else None
        money = None if event is None or not isinstance(measure, Aggregate) else money_of(event, measure)
        if event is None or money is None or not isinstance(measure, Aggregate):
            continue
        apart: dict[str | None, list[Any]] = defaultdict(list)
        for fact in _selected(plan, facts, measure.event, measure.where):
            codes = values_in(event, fact.properties, money.named) if money.named else [((), money.code)]
            for place, value in values_in(event, fact.properties, measure.property):
                code = next(code for at, code in codes if at == place[: len(at)])
                apart[code].append(value)
        truth[name] = {code: _over(values, measure) for code, values in apart.items()}
    return truth


def _steps_reached(journey: Journey, walk: PlantedJourney) -> set[str]:
    """Ids of the steps that a walk reached on any path."""
    reached = {step.id for step, _ in zip(journey.steps, walk.reached, strict=False)}
    for branch in journey.branches:
        if branch.id == walk.branch:
            reached.update(branch.steps)
    return reached


def _conversion(journey: Journey, measure: Conversion, walks: Sequence[PlantedJourney]) -> Number:
    paths = [_steps_reached(journey, walk) for walk in walks]
    started = [path for path in paths if measure.start in path]
    return Fraction(sum(measure.end in path for path in started), len(started)) if started else None


def journey_truth(journey: Journey, walks: Sequence[PlantedJourney]) -> JourneyTruth:
    """What the funnel of one journey must say, one walk a person."""
    steps = tuple(sum(len(walk.reached) > number for walk in walks) for number in range(len(journey.steps)))
    branches = {branch.id: sum(walk.branch == branch.id for walk in walks) for branch in journey.branches}
    guards: dict[str, int] = defaultdict(int, {guard.name: 0 for guard in journey.never})
    for walk in walks:
        for name in walk.guards:
            guards[name] += 1
    medians: list[float | None] = [None]
    for number in range(1, len(journey.steps)):
        gaps = [walk.reached[number] - walk.reached[number - 1] for walk in walks if len(walk.reached) > number]
        medians.append(float(median(gaps)) if gaps else None)
    return JourneyTruth(steps, branches, dict(guards), tuple(medians))
