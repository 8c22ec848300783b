"""The figures that a measure is made of: itself, or those of a ratio, a sum or a difference, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import overload

from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Difference,
    EventMeasure,
    Measure,
    Quantity,
    Ratio,
    SumOf,
    Unique,
)

__all__ = ["composed_of", "event_measures", "is_quotient", "with_event_measures"]


def composed_of(measure: Measure) -> tuple[tuple[str, Quantity], ...]:
    """The parts of a ratio, a sum or a difference, each with what it is there; none of any other measure."""
    match measure:
        case Ratio():
            return ("ratio of", measure.of), ("ratio to", measure.to)
        case Difference():
            return ("difference of", measure.of), ("difference less", measure.less)
        case SumOf():
            return tuple(("sum of", part) for part in measure.parts)
        case _:
            return ()


def event_measures(measure: Measure) -> Iterator[EventMeasure]:
    """The figures of single events, in order; none of a conversion."""
    if isinstance(measure, Count | Aggregate | Unique):
        yield measure
    for _, part in composed_of(measure):
        yield from event_measures(part)


@overload
def with_event_measures(measure: Quantity, change: Callable[[EventMeasure], EventMeasure]) -> Quantity: ...
@overload
def with_event_measures(measure: Measure, change: Callable[[EventMeasure], EventMeasure]) -> Measure: ...
def with_event_measures(measure: Measure, change: Callable[[EventMeasure], EventMeasure]) -> Measure:
    """The measure with each figure of a single event changed."""
    match measure:
        case Ratio():
            return Ratio(of=with_event_measures(measure.of, change), to=with_event_measures(measure.to, change))
        case Difference():
            return Difference(
                of=with_event_measures(measure.of, change), less=with_event_measures(measure.less, change)
            )
        case SumOf():
            return SumOf(parts=tuple(with_event_measures(part, change) for part in measure.parts))
        case Conversion():
            return measure
        case _:
            return change(measure)


def is_quotient(measure: Measure) -> bool:
    """Whether a measure is a quotient, or a sum or difference of quotients, which reads best in percent."""
    if isinstance(measure, Ratio | Conversion):
        return True
    parts = composed_of(measure)
    return bool(parts) and all(is_quotient(part) for _, part in parts)
