"""Walks a journey in a test: how far one person or device got through its steps, by the rule of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from footfall.journeys.conditions import MessageValues, meets
from footfall.journeys.paths import paths
from footfall.journeys.reaches import Filling, first_reaches, is_broken
from footfall.plan.condition_text import condition_text
from footfall.plan.durations import format_duration
from footfall.plan.model import Guard, Journey, Plan, Step

__all__ = ["JourneyProgress", "SentEvent", "describe", "journey_progress"]


class SentEvent(msgspec.Struct, frozen=True):
    """An event of the actor: its name in the plan, when (microseconds since 1970-01-01 UTC), its properties as sent.

    `also` is what else it is: every `page:NAME` is a `page`. `context` is its own, as sent, and `traits` the latest of
    its person.
    """

    event: str
    at: int
    properties: Mapping[str, Any]
    also: str = ""
    context: Mapping[str, Any] = {}
    traits: Mapping[str, Any] = {}


class JourneyProgress(msgspec.Struct, frozen=True):
    """How far the actor got: the steps of the path that went furthest, and when each of them was first reached.

    `broken` names the guards whose event happened where it should not.
    """

    steps: tuple[Step, ...]
    reached: tuple[int, ...]
    broken: tuple[Guard, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every step of the path was reached."""
        return len(self.reached) == len(self.steps)


def journey_progress(plan: Plan, journey: Journey, events: Sequence[SentEvent]) -> JourneyProgress:
    """Walk a journey with one actor's events, given in order of time.

    The path that counts is the main one or a branch that leads to the journey's last step. Among them a complete one
    goes first, then the one that went furthest.
    """
    messages = [
        Filling(event.at, frozenset(number for number, step in enumerate(journey.steps) if _fits(plan, step, event)))
        for event in events
    ]
    reaches = [(path, first_reaches(messages, path, None)) for path in paths(journey)]
    last = len(journey.steps) - 1
    path, times = max(
        (way for way in reaches if way[0].steps[-1] == last),
        key=lambda way: (len(way[1]) == len(way[0].steps), way[0].steps[len(way[1]) - 1] if way[1] else -1),
    )
    broken = [
        guard
        for guard in journey.never
        if is_broken(
            journey,
            guard,
            reaches,
            messages,
            [index for index, event in enumerate(events) if _fits(plan, guard, event)],
        )
    ]
    return JourneyProgress(tuple(journey.steps[number] for number in path.steps), tuple(times), tuple(broken))


def _fits(plan: Plan, wanted: Step | Guard, event: SentEvent) -> bool:
    values = MessageValues(event.properties, event.context, event.traits)
    return _is(event, wanted.event) and meets(plan, wanted, values)


def _is(event: SentEvent, name: str) -> bool:
    return name in (event.event, event.also)


def describe(progress: JourneyProgress, events: Sequence[SentEvent]) -> list[str]:
    """A line for each step: reached or not, and why the first was not."""
    lines = []
    for number, step in enumerate(progress.steps):
        if number < len(progress.reached):
            lines.append(f"  reached  {step.id}: {step.event}")
        elif number == len(progress.reached):
            lines.append(f"  MISSING  {step.id}: {step.event}{_why(step, events)}")
        else:
            lines.append(f"           {step.id}: {step.event}")
    return lines


def _why(step: Step, events: Sequence[SentEvent]) -> str:
    rules = [condition_text(where) for where in step.where]
    rules += [] if step.within is None else [f"within {format_duration(step.within)} of the step before"]
    count = sum(_is(event, step.event) for event in events)
    came = "was not sent" if not count else f"was sent {count} time{'' if count == 1 else 's'}, none that counts"
    asked = f" (it must be: {'; '.join(rules)})" if rules else ""
    return f" {came}{asked}"
