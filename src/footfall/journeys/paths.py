"""The paths of a journey: its steps in order, and each branch that leaves them."""

from __future__ import annotations

import msgspec

from footfall.plan.model import Journey

__all__ = ["Path", "paths", "step_number"]

_SECOND = 1_000_000


class Path(msgspec.Struct, frozen=True):
    """A path through a journey: the numbers of its steps, in order, each with a limit from the step before.

    `limits` and `within` (from the first step to any other) are microseconds, None for no limit.
    """

    steps: tuple[int, ...]
    limits: tuple[int | None, ...]
    within: int | None


def paths(journey: Journey) -> tuple[Path, ...]:
    """The main path, then each branch: the main path up to its `after`, then the branch's steps."""
    numbers = {step.id: number for number, step in enumerate(journey.steps)}
    routes = [tuple(range(len(journey.steps)))]
    routes += [
        (*range(numbers[branch.after] + 1), *(numbers[name] for name in branch.steps)) for branch in journey.branches
    ]
    within = None if journey.within is None else journey.within * _SECOND
    limits = [None if step.within is None else step.within * _SECOND for step in journey.steps]
    return tuple(Path(route, tuple(limits[step] for step in route), within) for route in routes)


def step_number(journey: Journey, name: str) -> int:
    """The number of a step in the plan's list, from 0."""
    return next(number for number, step in enumerate(journey.steps) if step.id == name)
