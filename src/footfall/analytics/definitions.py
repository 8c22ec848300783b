"""The definition shown with every number: what was counted, when, whose, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footfall.analytics.window import Window
from footfall.plan.calls import named
from footfall.plan.currencies import money_of
from footfall.plan.durations import format_duration
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Journey,
    Kpi,
    Plan,
    Ratio,
    Unique,
    VolumeExpectation,
    Where,
)

__all__ = ["journey_definition", "kpi_definition", "volume_definition", "window_text"]

_COMPARED: Mapping[str, str] = {"gt": "over", "gte": "at least", "lt": "under", "lte": "at most"}
_PERSONS = "A person is one person_id. Messages with a junk anonymous_id and device streams are not persons."
_CHAIN = (
    "A later step is reached by any chain of messages, each at or after the one before. Messages of equal times count "
    "as in order, and one message fills one step. Later steps may come after the window has ended."
)
_DEVICES = "A device is one device stream: messages with a device_id and no user_id."


def window_text(window: Window) -> str:
    """`2026-11-01 00:00:00+01:00 (inclusive) to 2026-11-29 12:30:00.250000+01:00 (exclusive), Europe/Stockholm`."""
    since = "the first message" if window.since is None else f"{window.since.isoformat(sep=' ')} (inclusive)"
    until = "the last message" if window.until is None else f"{window.until.isoformat(sep=' ')} (exclusive)"
    return f"{since} to {until}, {window.timezone}"


def kpi_definition(plan: Plan, kpi: Kpi, window: Window, group: str | None, *, never: str | None = None) -> str:
    """How a KPI's figure was made; `group` is the one group that was compared with the target, None for the total.

    `never` is its event when no message of it was ever stored.
    """
    parts = [_capital(_measure(kpi.measure)) + "."]
    if isinstance(kpi.measure, Conversion):
        parts.append(_chain(plan.journeys[kpi.measure.journey]))
    elif _counts_actors(kpi.measure):
        parts.append(f"An actor is a person or, where there is none, a device. {_PERSONS} {_DEVICES}")
    parts.append(f"Window by corrected time: {window_text(window)}.")
    in_currencies = _in_currencies(plan, kpi)
    if in_currencies:
        parts.append(in_currencies)
    if group is not None and in_currencies:
        parts.append(f"The target is compared with the figure in {group}.")
    elif group is not None:
        parts.append(
            f"The target's unit names the group {group}: the target is compared with it. The value is the total."
        )
    if never is not None and kpi.target is not None:
        parts.append(f"No message of {never} was ever stored, so the target is neither met nor missed.")
    return " ".join(parts)


def _in_currencies(plan: Plan, kpi: Kpi) -> str:
    """In which currency the amounts are, for a KPI over money."""
    measure = kpi.measure
    if isinstance(measure, Conversion):
        return ""
    parts = (measure.of, measure.to) if isinstance(measure, Ratio) else (measure,)
    found = [money_of(event, part) for part in parts if (event := named(plan, part.event)) is not None]
    properties = sorted({money.named for money in found if money is not None and money.named})
    if properties:
        return f"Currencies are never added up: there is one figure for each currency in {' and '.join(properties)}."
    codes = sorted({money.code for money in found if money is not None})
    return f"Amounts are in {' and '.join(codes)}." if codes else ""


def journey_definition(journey: Journey, window: Window) -> str:
    """How a funnel was made."""
    parts = [_chain(journey)]
    if journey.branches:
        parts.append("A branch counts everyone who reached its last step through the branch and not on the main path.")
    if journey.never:
        parts.append(
            "A guard counts everyone who had its event between first reaching its start and first reaching its end, "
            "inclusive. Only a path through both counts for the end; without it, the interval runs to the journey's "
            "limit or the end of the data. The messages that fill the start or the end do not count."
        )
    parts.append(f"Entries by corrected time: {window_text(window)}.")
    return " ".join(parts)


def volume_definition(expected: VolumeExpectation, timezone: str) -> str:
    """How volumes are counted."""
    begin = {"hour": "hour", "day": "day, midnight to midnight", "week": "week, Monday to Monday"}[expected.per]
    return (
        f"Messages per {begin}, on the clock of {timezone}, by corrected time. Only periods that lie wholly in the "
        "window count, and only from the event's first receipt on."
    )


def _chain(journey: Journey) -> str:
    who = _PERSONS if journey.by == "user" else _DEVICES
    one = "person" if journey.by == "user" else "device"
    limits = [
        f"{step.id} within {format_duration(step.within)} of the step before" for step in journey.steps if step.within
    ]
    if journey.within is not None:
        limits.append(f"every step within {format_duration(journey.within)} of the entry")
    entry = f"Entry: the first {journey.steps[0].event} of a {one} in the window"
    return f"{'; '.join([entry, *limits])}. {_CHAIN} {who}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counts_actors(measure: Count | Aggregate | Unique | Ratio | Conversion) -> bool:
    if isinstance(measure, Ratio):
        return _counts_actors(measure.of) or _counts_actors(measure.to)
    return isinstance(measure, Unique) and measure.property == "actor"


def _measure(measure: Count | Aggregate | Unique | Ratio | Conversion) -> str:
    if isinstance(measure, Ratio):
        return f"{_measure(measure.of)}, divided by {_measure(measure.to)} (nothing where that is 0)"
    if isinstance(measure, Conversion):
        return (
            f"of those who reached {measure.start} of the journey {measure.journey} on any path, "
            f"the share that reached {measure.end} on a path through both"
        )
    if isinstance(measure, Count):
        text = f"messages of {measure.event}"
    elif isinstance(measure, Aggregate):
        exact = "exact " if measure.function == "sum" else ""
        text = f"the {exact}{measure.function} of {measure.event}.{measure.property} where it is present"
    elif measure.property == "actor":
        text = f"different actors of {measure.event}"
    else:
        text = f"different values of {measure.event}.{measure.property}"
    where = " and ".join(_where(part) for part in measure.where)
    by = f", by {' and '.join(measure.by)}" if measure.by else ""
    return text + (f" with {where}" if where else "") + by


def _where(part: Where) -> str:
    if part.op in _COMPARED:
        return f"{part.property} {_COMPARED[part.op]} {_value(part.values[0])}"
    return f"{part.property} {'not ' if part.op == 'not_in' else ''}{_either(part.values)}"


def _either(values: Sequence[str | float | None]) -> str:
    return " or ".join(_value(value) for value in values)


def _value(value: str | float | None) -> str:
    if value is None:
        return "absent"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
