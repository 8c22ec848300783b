"""What the answer about one journey has: stages, conformance, persons, and what came between two steps."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from footfall.analytics.figure_losses import FigureLosses
from footfall.analytics.questions.journey.stages import StageState
from footfall.analytics.window import Window

__all__ = [
    "Conformance",
    "JourneyNow",
    "Leavers",
    "NextStep",
    "Obstacle",
    "OffPlan",
    "PersonStage",
    "Stage",
    "Way",
    "WayGuard",
]


class Stage(msgspec.Struct, frozen=True):
    """One step: how many reached it on the main path, as in the report, and for how many it is the furthest step now.

    `here` = `done` + `open` + `late`; `by_branch` of them got here by a branch and not on the main path.
    """

    id: str
    event: str
    reached: int
    here: int
    by_branch: int
    done: int
    open: int
    late: int


class PersonStage(msgspec.Struct, frozen=True):
    """Where one person or device is, since when, what is next, and until when a message would take them further.

    `path` is `main` or the id of a branch. Without `next` they are at its end, without `due` they have time for ever.
    """

    person_id: str
    stage: str
    path: str
    state: StageState
    entered: datetime
    since: datetime
    next: str | None
    due: datetime | None


class Way(msgspec.Struct, frozen=True):
    """A path, and how many are on it: at its end, still open, or late. `kept` of those at its end broke no guard."""

    path: str
    steps: tuple[str, ...]
    done: int
    open: int
    late: int
    kept: int


class WayGuard(msgspec.Struct, frozen=True):
    """How many broke a guard."""

    name: str
    event: str
    actors: int


class OffPlan(msgspec.Struct, frozen=True):
    """How many had the event of a step that they did not reach: without a step before it, or too late after that."""

    id: str
    without_step_before: int
    too_late: int


class Conformance(msgspec.Struct, frozen=True):
    """How many ways kept to the plan, of those that are decided. `deviations` has pairs: so many, of how many ways."""

    decided: int
    kept: int
    share: Decimal | None
    low: Decimal | None
    high: Decimal | None
    deviations: tuple[tuple[int, int], ...]
    ways: tuple[Way, ...]
    guards: tuple[WayGuard, ...]
    off_plan: tuple[OffPlan, ...]


class NextStep(msgspec.Struct, frozen=True):
    """What so many did first after the first step, of those who gave up and of those who went on."""

    name: str
    gave_up: int
    went_on: int


class Obstacle(msgspec.Struct, frozen=True):
    """What comes before giving up more often than before going on.

    Who had it goes on `lift` times less often, at equal times; `low` and `high` are the ends of the 95 % interval.
    `p_value` is adjusted for all that was tested, and rounded up. `gave_up` and `went_on` are how many had it before.
    """

    name: str
    gave_up: int
    went_on: int
    lift: Decimal
    low: Decimal
    high: Decimal
    p_value: Decimal


class Leavers(msgspec.Struct, frozen=True):
    """What became of those who reached the first step of two, what they did first, and what the obstacles are.

    `entered` = `went_on` + `gave_up` + `open` + `other_way` + `later`. The counts of `nexts` add up to `gave_up` and
    `went_on`. `tested` things were judged as obstacles, `too_few` were had by too few. `unattributed` messages in
    quarantine are of nobody who is known, so that their faults are no obstacle of anybody.
    """

    start: str
    end: str
    entered: int
    went_on: int
    gave_up: int
    open: int
    other_way: int
    later: int
    nexts: tuple[NextStep, ...]
    obstacles: tuple[Obstacle, ...]
    tested: int
    unattributed: int


class JourneyNow(FigureLosses, frozen=True):
    """Where everybody is who entered a journey in the window. `persons` is None where nobody asked who they are."""

    name: str
    description: str
    owner: str
    by: Literal["user", "device"]
    window: Window
    entered: int
    stages: tuple[Stage, ...]
    conformance: Conformance
    leavers: Leavers | None
    persons: tuple[PersonStage, ...] | None
    definition: str
