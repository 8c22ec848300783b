"""Who uses an event: what is computed from it, the goals behind, and what it only claims to serve."""

from __future__ import annotations

from typing import Any

from footfall.plan import read
from footfall.planning.codegen.used_by import UsedBy, used_by
from footfall.planning.usage import UsageIndex

PLAN: dict[str, Any] = {
    "plan": "bakery",
    "teams": {"counter": {"contact": "c"}},
    "goals": {
        "grow": {"kpis": ["sales"], "owner": "counter", "description": "Grow"},
        "learn": {"kpis": ["sales"], "description": "Learn"},
    },
    "kpis": {"sales": {"measure": {"sum": "bread_bought.price", "by": ["kind"]}, "owner": "counter"}},
    "journeys": {"buying": {"steps": [{"id": "see", "event": "bread_seen"}, {"id": "buy", "event": "bread_bought"}]}},
    "events": {
        "bread_seen": {"purpose": ["kpi:sales"]},
        "bread_bought": {
            "purpose": ["kpi:sales", "journey:buying"],
            "properties": {"price": {"type": "decimal"}, "kind": {"type": "string"}},
        },
    },
}


def users_of(event: str) -> tuple[UsedBy, ...]:
    plan = read(PLAN).require()
    return used_by(plan.events[event], plan, UsageIndex(plan))


def test_a_kpi_and_a_journey_come_first_with_every_way_of_use_once_and_the_goals_behind() -> None:
    assert users_of("bread_bought") == (
        UsedBy("kpi", "sales", "counter", "adds price up; splits the figure by kind"),
        UsedBy("journey", "buying", "", "step buy"),
        UsedBy("goal", "grow", "counter", "through sales"),
        UsedBy("goal", "learn", "", "through sales"),
    )


def test_a_purpose_that_nothing_computes_is_named_as_a_claim() -> None:
    assert users_of("bread_seen") == (
        UsedBy("journey", "buying", "", "step see"),
        UsedBy("kpi", "sales", "counter", "named as a purpose, not computed from it"),
    )
