"""Sentences that the definitions of several questions share: what is measured, the way through a journey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from footfall.analytics.window import Window
from footfall.plan.condition_text import condition_text, value_text
from footfall.plan.durations import format_duration
from footfall.plan.measure_parts import composed_of, event_measures
from footfall.plan.model import (
    ANY_EVENT,
    Aggregate,
    Conversion,
    Count,
    Difference,
    EventFilter,
    EventMeasure,
    Journey,
    Measure,
    Quantity,
    Ratio,
    SumOf,
    WeekStart,
    Where,
)
from footfall.plan.value_names import ACTOR, array_of, arrays_of

__all__ = [
    "DEVICES",
    "PERSONS",
    "SILENT_PERIODS",
    "chain_text",
    "conditions_text",
    "filter_text",
    "measure_text",
    "of_text",
    "week_text",
    "window_text",
]

PERSONS = "A person is one person_id. Messages with a junk anonymous_id and device streams are not persons."
DEVICES = "A device is one device stream: messages with a device_id and no user_id."
SILENT_PERIODS = "a silence that comes again every day silences hours alone, one of every week hours and days."
_CHAIN = (
    "A later step is reached by any chain of messages, each at or after the one before. Messages with equal times "
    "count as in order, and one message fills one step. Later steps may come after the window has ended."
)


def window_text(window: Window) -> str:
    """`2026-11-01 00:00:00+01:00 (inclusive) to 2026-11-29 12:30:00.250000+01:00 (exclusive), Europe/Stockholm`."""
    since = "the first message" if window.since is None else f"{window.since.isoformat(sep=' ')} (inclusive)"
    until = "the last message" if window.until is None else f"{window.until.isoformat(sep=' ')} (exclusive)"
    return f"{since} to {until}, {window.timezone}"


def week_text(week_starts: WeekStart) -> str:
    """On which day weeks begin."""
    return f"A week begins on {week_starts.title()}."


def chain_text(journey: Journey) -> str:
    """Who enters a journey, and when a later step counts as reached."""
    actor, rule = ("person", PERSONS) if journey.by == "user" else ("device", DEVICES)
    limits = [
        f"{step.id} within {format_duration(step.within)} of the step before" for step in journey.steps if step.within
    ]
    if journey.within is not None:
        limits.append(f"every step within {format_duration(journey.within)} of the entry")
    entry = f"Entry: the first {journey.steps[0].event} of a {actor} in the window"
    return f"{'; '.join([entry, *limits])}. {_CHAIN} {rule}"


def measure_text(measure: Measure) -> str:
    """What is measured, as a sentence; another for each rule that it follows."""
    text = _phrase(measure)
    return " ".join([f"{text[:1].upper()}{text[1:]}.", *_rules([*event_measures(measure)])])


_PERCENTILE: Final = (
    "A percentile p of n values in order is at the position 1 + (n - 1) * p / 100, between two of them in proportion "
    "(percentile_cont of SQL; Hyndman and Fan 1996, type 7), so that the 50th is the median."
)


def _rules(figures: Sequence[EventMeasure]) -> Iterator[str]:
    """What to know of percentiles and of items of arrays, where the figures have some."""
    if any(isinstance(figure, Aggregate) and figure.at is not None for figure in figures):
        yield _PERCENTILE
    if any(array_of(figure.property) for figure in figures):
        yield "All items of every such message count: conditions choose messages."
    if any(set(arrays_of(name)) - set(arrays_of(figure.property)) for figure in figures for name in figure.by):
        yield "A message is in the group of each different value that its items have, and counts once in each."


def filter_text(filter_: EventFilter) -> str:
    """Which messages: `order_completed with total at least 100`, or `any message`."""
    where = conditions_text(filter_.where)
    return (filter_.event if filter_.event != ANY_EVENT else "any message") + (f" with {where}" if where else "")


def conditions_text(conditions: Sequence[Where]) -> str:
    """What all of these conditions ask for."""
    return " and ".join(map(condition_text, conditions))


def of_text(filter_: EventFilter) -> str:
    """What follows `a message`: ` of order_completed with total at least 100`, nothing for any message."""
    return "" if filter_.event == ANY_EVENT else f" of {filter_text(filter_)}"


def _phrase(measure: Measure) -> str:
    match measure:
        case Ratio():
            return f"{_phrase(measure.of)}, divided by {_phrase(measure.to)} (nothing where that is 0)"
        case Difference():
            return f"{_inner(measure.of)}, less {_inner(measure.less)}"
        case SumOf():
            return f"the sum of {' and '.join(map(_inner, measure.parts))}"
        case Conversion():
            return (
                f"of those who reached {measure.start} of the journey {measure.journey} on any path, "
                f"the share that reached {measure.end} on a path through both"
            )
        case _:
            where = conditions_text(measure.where)
            by = f", by {' and '.join(map(value_text, measure.by))}" if measure.by else ""
            return _counted(measure) + (f" with {where}" if where else "") + by


def _inner(measure: Quantity) -> str:
    """A part of a sum or a difference; in brackets where it has parts itself."""
    return f"({_phrase(measure)})" if composed_of(measure) else _phrase(measure)


def _counted(measure: EventMeasure) -> str:
    name = f"{measure.event}.{measure.property}"
    match measure:
        case Count():
            return f"items of {name}" if measure.property else f"messages of {measure.event}"
        case Aggregate():
            function = f"percentile {measure.at}" if measure.at is not None else measure.function
            return f"the {'exact ' if function == 'sum' else ''}{function} of {name} where it is present"
        case _ if measure.property == ACTOR:
            return f"different actors of {measure.event}"
        case _:
            return f"different values of {name}"
