"""Walks through a journey whose outcome is known because it was chosen first and the messages were made to fit."""

from __future__ import annotations

from random import Random
from typing import Literal, NamedTuple

from footfall.plan.model import Guard, Journey, Step, Where

__all__ = ["JourneyShape", "PlantedJourney", "Stop", "make_journey", "plant_journey"]

_HOUR = 3600
_SESSION = 1500  # inside the 30 minutes that end a session

Ending = Literal["stops", "late", "returns", "branch"]


class JourneyShape(NamedTuple):
    """What a walk shall be: how many steps of the main path, and what happens then.

    `stops`: nothing more. `late`: the next step comes one second after its time. `returns`: the whole journey once
    more, but after the time that the first entry had. `branch`: goes on along the first branch. `tied`: steps share
    their time where they can. `guarded`: the first thing that should never happen does. `early`: the last step's event
    also happens before the first.
    """

    depth: int
    ending: Ending = "stops"
    tied: bool = False
    guarded: bool = False
    early: bool = False


class Stop(NamedTuple):
    """One event of a walk, `at` whole seconds after its start (before it, when negative), that must meet `where`."""

    event: str
    at: int
    where: tuple[Where, ...] = ()


class PlantedJourney(NamedTuple):
    """The events of a walk and what a report must say of it.

    `reached` has the time of each main step reached, in order; `branch` is the id of the branch taken to its end,
    `end` the step it ended in; `guards` names what happened that should not.
    """

    stops: tuple[Stop, ...]
    reached: tuple[int, ...]
    branch: str | None
    guards: tuple[str, ...]


def _draw_shape(journey: Journey, rng: Random, *, brief: bool) -> JourneyShape:
    """A shape at random; `brief` keeps every message within one session, so nothing late and nothing early."""
    depth = rng.randint(1, len(journey.steps))
    choices: list[Ending] = ["stops", "stops"]
    if journey.branches and _index(journey, journey.branches[0].after) == depth - 1:
        choices += ["branch", "branch"]
    if not brief and depth < len(journey.steps) and _limit(journey, depth) is not None:
        choices.append("late")
    if not brief and journey.within is not None and depth < len(journey.steps):
        choices.append("returns")
    return JourneyShape(
        depth, rng.choice(choices), rng.random() < 0.3, rng.random() < 0.4, not brief and rng.random() < 0.3
    )


def _stop(happening: Step | Guard, at: int) -> Stop:
    return Stop(happening.event, at, happening.where)


def _index(journey: Journey, step_id: str) -> int:
    return next(number for number, step in enumerate(journey.steps) if step.id == step_id)


def _limit(journey: Journey, number: int) -> int | None:
    """The tighter of a step's own time and the journey's, in seconds."""
    limits = [limit for limit in (journey.steps[number].within, journey.within) if limit is not None]
    return min(limits, default=None)


def _gap(journey: Journey, number: int, now: int, shape: JourneyShape, rng: Random, *, brief: bool) -> int:
    """How long until step `number`, within every limit."""
    if shape.tied and journey.steps[number].event != journey.steps[number - 1].event:
        return 0
    most = _SESSION // (2 * len(journey.steps)) if brief else 12 * _HOUR
    if journey.steps[number].within is not None:
        most = min(most, journey.steps[number].within or 0)
    if journey.within is not None:
        most = min(most, (journey.within - now) // 2)
    return rng.randint(min(4, most), most)


def plant_journey(journey: Journey, rng: Random, *, brief: bool) -> PlantedJourney:
    """A walk of a random shape."""
    return make_journey(journey, _draw_shape(journey, rng, brief=brief), rng, brief=brief)


def make_journey(journey: Journey, shape: JourneyShape, rng: Random, *, brief: bool) -> PlantedJourney:
    """Make the walk that `shape` asks for. Step conditions (`where`) are the caller's to meet."""
    steps = journey.steps
    stops, reached = [_stop(steps[0], 0)], [0]
    for number in range(1, shape.depth):
        reached.append(reached[-1] + _gap(journey, number, reached[-1], shape, rng, brief=brief))
        stops.append(_stop(steps[number], reached[-1]))
    branch = None
    end = reached[-1]
    if shape.ending == "branch":
        taken = journey.branches[0]
        branch = taken.id
        for step_id in taken.steps:
            number = _index(journey, step_id)
            end += _gap(journey, number, end, JourneyShape(0), rng, brief=brief)
            stops.append(_stop(steps[number], end))
    elif shape.ending == "late":
        own = steps[shape.depth].within
        times = [] if own is None else [reached[-1] + own + 1]
        times += [] if journey.within is None else [journey.within + 1]
        stops.append(_stop(steps[shape.depth], min(times)))
    elif shape.ending == "returns" and journey.within is not None:
        again = journey.within + _HOUR
        for number, step in enumerate(steps):
            stops.append(_stop(step, again + number))
    if shape.early and len(steps) > 1:
        stops.append(_stop(steps[-1], -2 * _HOUR))
    guards = _guards(journey, shape, reached, end if branch else None, stops)
    return PlantedJourney(tuple(stops), tuple(reached), branch, guards)


def _guards(
    journey: Journey, shape: JourneyShape, reached: list[int], branch_end: int | None, stops: list[Stop]
) -> tuple[str, ...]:
    """Let the first guarded event happen, right after the step that it is guarded from; name it when there was room."""
    if not shape.guarded or not journey.never:
        return ()
    guard = journey.never[0]
    start, end = _index(journey, guard.start), _index(journey, guard.end)
    if start >= len(reached):
        return ()
    at = reached[start] + 1
    ends = [reached[end]] if end < len(reached) else []
    ends += [branch_end] if branch_end is not None else []
    if ends and at >= min(ends):
        return ()
    stops.append(_stop(guard, at))
    return (guard.name,)
