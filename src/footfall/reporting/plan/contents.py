"""Says what a plan has: how many events, properties, goals, KPIs and journeys."""

from __future__ import annotations

from footfall.plan.model import Plan

__all__ = ["counts_of", "describe"]


def counts_of(plan: Plan) -> dict[str, int]:
    """How many events, properties, goals, KPIs and journeys a plan has."""
    return {
        "events": len(plan.events),
        "properties": sum(len(event.properties) for event in plan.events.values()),
        "goals": len(plan.goals),
        "kpis": len(plan.kpis),
        "journeys": len(plan.journeys),
    }


_WORDS = {
    "events": ("event", "events"),
    "properties": ("property", "properties"),
    "goals": ("goal", "goals"),
    "kpis": ("KPI", "KPIs"),
    "journeys": ("journey", "journeys"),
}


def describe(plan: Plan) -> str:
    """The parts of a plan in words: `15 events, 68 properties, 3 goals, …`."""
    return ", ".join(f"{number:,} {_WORDS[what][number != 1]}" for what, number in counts_of(plan).items())
