"""Journey: where everybody is who entered one, how far they keep to it, and what comes before giving up."""

from __future__ import annotations

from footfall.analytics.questions.journey.answer import journey
from footfall.analytics.questions.journey.options import JourneyOptions, journey_options
from footfall.analytics.questions.journey.results import (
    Conformance,
    JourneyNow,
    Leavers,
    NextStep,
    Obstacle,
    OffPlan,
    PersonStage,
    Stage,
    Way,
    WayGuard,
)

__all__ = [
    "Conformance",
    "JourneyNow",
    "JourneyOptions",
    "Leavers",
    "NextStep",
    "Obstacle",
    "OffPlan",
    "PersonStage",
    "Stage",
    "Way",
    "WayGuard",
    "journey",
    "journey_options",
]
