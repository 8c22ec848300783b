"""Says what a plan has: how many events, properties, goals, KPIs, journeys, segments and cohorts."""

from __future__ import annotations

from footfall.plan.model import Plan
from footfall.printable import counted

__all__ = ["counts_of", "describe"]


def counts_of(plan: Plan) -> dict[str, int]:
    """How many events, properties, goals, KPIs, journeys, segments and cohorts a plan has."""
    return {
        "events": len(plan.events),
        "properties": sum(len(event.properties) for event in plan.events.values()),
        "goals": len(plan.goals),
        "kpis": len(plan.kpis),
        "journeys": len(plan.journeys),
        "segments": len(plan.segments),
        "cohorts": len(plan.cohorts),
    }


_UNSAID = ("segments", "cohorts")  # where there are none
_NOUNS = {
    "events": "event",
    "properties": "property",
    "goals": "goal",
    "kpis": "KPI",
    "journeys": "journey",
    "segments": "segment",
    "cohorts": "cohort",
}


def describe(plan: Plan) -> str:
    """The parts of a plan in words: `15 events, 68 properties, 3 goals, …`."""
    return ", ".join(
        counted(number, _NOUNS[key]) for key, number in counts_of(plan).items() if number or key not in _UNSAID
    )
