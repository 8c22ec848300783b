"""Walks a journey in a test: how far one person or device got through its steps, by the journey's own rules.

The rules are those of the report: a chain from the earliest message of the first step, each step within its limit of
the one before and all within the journey's own, on the main path or a branch. Other than there, messages of one moment
count in the order in which they were sent.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from footfall.plan.calls import named
from footfall.plan.constraints import NUMERIC
from footfall.plan.durations import format_duration
from footfall.plan.equal import canonical_text
from footfall.plan.model import Event, Guard, Journey, Plan, Property, Step, Where

__all__ = ["Moment", "Progress", "describe", "walk"]

_SECOND = 1_000_000
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


class Moment(msgspec.Struct, frozen=True):
    """An event of the actor: its name in the plan, when (microseconds since 1970-01-01 UTC), its properties as sent.

    `also` is what else it is: every `page:NAME` is a `page`.
    """

    event: str
    at: int
    properties: Mapping[str, Any]
    also: str = ""


class Progress(msgspec.Struct, frozen=True):
    """How far it got: the steps of the way that went furthest, and for each that was reached which moment reached it.

    `broken` names the guards whose event happened where it should not.
    """

    steps: tuple[Step, ...]
    reached: tuple[int, ...]
    broken: tuple[Guard, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every step of the way was reached."""
        return len(self.reached) == len(self.steps)


def walk(plan: Plan, journey: Journey, moments: Sequence[Moment]) -> Progress:
    """Walk a journey with one actor's moments, given in order of time and, within a moment, of sending."""
    ways = [_along(plan, journey, steps, moments) for steps in _ways(journey)]
    places = {step.id: place for place, step in enumerate(journey.steps)}
    best = max(
        ways, key=lambda way: (way.is_complete, places[way.steps[len(way.reached) - 1].id] if way.reached else -1)
    )
    return msgspec.structs.replace(best, broken=tuple(_broken(plan, journey, best, moments)))


def _ways(journey: Journey) -> list[tuple[Step, ...]]:
    """The main way, then each branch that leads to the end."""
    places = {step.id: place for place, step in enumerate(journey.steps)}
    found = [journey.steps]
    for branch in journey.branches:
        way = (*journey.steps[: places[branch.after] + 1], *(journey.steps[places[name]] for name in branch.steps))
        if way[-1].id == journey.steps[-1].id:
            found.append(way)
    return found


def _along(plan: Plan, journey: Journey, steps: tuple[Step, ...], moments: Sequence[Moment]) -> Progress:
    entry = next((place for place, moment in enumerate(moments) if _fits(plan, steps[0], moment)), None)
    if entry is None:
        return Progress(steps, (), ())
    # For each step, the moments at which a chain can end there, each with the one before it in that chain.
    chains: list[dict[int, int | None]] = [{entry: None}]
    for step in steps[1:]:
        following: dict[int, int | None] = {}
        for place in range(entry + 1, len(moments)):
            moment = moments[place]
            if not _fits(plan, step, moment) or not _is_within(journey.within, moments[entry], moment):
                continue
            before = [one for one in chains[-1] if one < place and _is_within(step.within, moments[one], moment)]
            if before:
                following[place] = before[-1]
        if not following:
            break
        chains.append(following)
    last: int | None = next(iter(chains[-1]))
    reached = []
    for chain in reversed(chains):
        assert last is not None
        reached.append(last)
        last = chain[last]
    return Progress(steps, tuple(reversed(reached)), ())


def _is_within(limit: int | None, earlier: Moment, later: Moment) -> bool:
    return limit is None or later.at - earlier.at <= limit * _SECOND


def _fits(plan: Plan, what: Step | Guard, moment: Moment) -> bool:
    event = named(plan, what.event) if _is(moment, what.event) else None
    return event is not None and all(_holds(event, part, moment) for part in what.where)


def _is(moment: Moment, event: str) -> bool:
    return event in (moment.event, moment.also)


def _holds(event: Event, where: Where, moment: Moment) -> bool:
    """One condition: numbers compare as numbers, all else as text; what is absent meets no comparison but `not`."""
    prop = next((prop for prop in event.properties if prop.name == where.property), None)
    value = moment.properties.get(where.property if prop is None else prop.wire_name or prop.name)
    if where.op in _COMPARE:
        if value is None or prop is None:
            return False
        one, other = _comparable(prop, value), _comparable(prop, where.values[0])
        return type(one) is type(other) and _COMPARE[where.op](one, other)
    if value is None or prop is None:
        inside = None in where.values
    else:
        inside = _comparable(prop, value) in [_comparable(prop, one) for one in where.values if one is not None]
    return inside == (where.op == "in")


def _comparable(prop: Property, value: Any) -> Decimal | str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and prop.type not in NUMERIC:
        same = canonical_text(prop)
        return value if same is None else same(value)
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)


def _broken(plan: Plan, journey: Journey, way: Progress, moments: Sequence[Moment]) -> list[Guard]:
    """The guards whose event came after their start and before their end (or before the end of the test)."""
    at = {step.id: place for step, place in zip(way.steps, way.reached, strict=False)}
    return [
        guard
        for guard in journey.never
        if guard.start in at
        and any(
            place not in (at[guard.start], at.get(guard.end)) and _fits(plan, guard, moments[place])
            for place in range(at[guard.start], at.get(guard.end, len(moments)))
        )
    ]


def describe(progress: Progress, moments: Sequence[Moment]) -> list[str]:
    """A line for each step: reached or not, and what stood against the first that was not."""
    lines = []
    for place, step in enumerate(progress.steps):
        if place < len(progress.reached):
            lines.append(f"  reached  {step.id}: {step.event}")
        elif place == len(progress.reached):
            lines.append(f"  MISSING  {step.id}: {step.event}{_why(step, moments)}")
        else:
            lines.append(f"           {step.id}: {step.event}")
    return lines


def _why(step: Step, moments: Sequence[Moment]) -> str:
    rules = [f"{where.property} {where.op} {', '.join(map(str, where.values))}" for where in step.where]
    rules += [] if step.within is None else [f"within {format_duration(step.within)} of the step before"]
    count = sum(_is(moment, step.event) for moment in moments)
    came = "was not sent" if not count else f"was sent {count} time{'' if count == 1 else 's'}, none that counts"
    asked = f" (it must be: {'; '.join(rules)})" if rules else ""
    return f" {came}{asked}"
