"""What a question of one journey asks: where everybody is, who they are, and what came between two steps."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from footfall.errors import UsageError
from footfall.plan.model import Journey, Plan
from footfall.plan.problems import did_you_mean

__all__ = ["JourneyOptions", "journey_options"]


class JourneyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of one journey.

    - `persons`: list everybody who entered; with `stage` those at this step alone, with `late` those that are late
    - `between`: two steps, to see what those did who gave up between them, and what came before it
    - `top`: so many rows of what they did, all others are one
    - `floor`: what fewer had than so many is not judged as an obstacle
    """

    journey: Journey
    persons: bool = False
    stage: str | None = None
    late: bool = False
    between: tuple[str, str] | None = None
    top: int = 10
    floor: int = 30


def journey_options(
    plan: Plan,
    name: str,
    *,
    persons: bool = False,
    stage: str | None = None,
    late: bool = False,
    between: Sequence[str] | None = None,
    top: int = 10,
    floor: int = 30,
) -> JourneyOptions:
    """Read them; steps are ids of the journey's. `stage` and `late` list persons too. Raises UsageError."""
    journey = plan.journeys.get(name)
    if journey is None:
        raise UsageError(f"the plan has no journey {name!r}; {did_you_mean(name, plan.journeys, 'it has none')}")
    steps = [step.id for step in journey.steps]
    for step in (*([stage] if stage else []), *(between or [])):
        if step not in steps:
            raise UsageError(f"the journey {name} has no step {step!r}; {did_you_mean(step, steps)}")
    pair = None
    if between is not None:
        if len(between) != 2:
            raise UsageError(f"people leave between 2 steps, not {len(between)}")
        first, last = between
        if steps.index(first) >= steps.index(last):
            raise UsageError(f"the step {last} does not come after {first} in the journey {name}; swap them")
        pair = first, last
    for option, value in (("top", top), ("floor", floor)):
        if value < 1:
            raise UsageError(f"{option} is {value}; it is at least 1")
    return JourneyOptions(
        journey=journey,
        persons=persons or stage is not None or late,
        stage=stage,
        late=late,
        between=pair,
        top=top,
        floor=floor,
    )
