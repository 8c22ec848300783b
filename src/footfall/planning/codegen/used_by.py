"""Tells readers who uses an event: a line for each KPI, journey and goal, and what it only claims to serve."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from footfall.plan.model import Event, Plan
from footfall.planning.diff.wording import say_how
from footfall.planning.usage import UsageIndex, Use

__all__ = ["UsedBy", "used_by"]

_TOLD = frozenset({"journey", "kpi"})


class UsedBy(msgspec.Struct, frozen=True):
    """Somebody who uses an event. `kind` is `kpi`, `journey` or `goal`; `how` is in words."""

    kind: str
    name: str
    owner: str
    how: str


def used_by(event: Event, plan: Plan, uses: UsageIndex) -> tuple[UsedBy, ...]:
    """Every KPI and journey that is computed from the event, the goals behind, then purposes that nothing computes."""
    hows: dict[tuple[str, str, str], list[str]] = {}
    for use in uses.of_event(event.name):
        if use.kind in _TOLD:
            told = hows.setdefault((use.kind, use.name, use.owner), [])
            told += [words for words in (_how(use),) if words not in told]
    found = [UsedBy(kind, name, owner, "; ".join(told)) for (kind, name, owner), told in hows.items()]
    found += _goals(plan, {each.name for each in found if each.kind == "kpi"})
    known = {(each.kind, each.name) for each in found}
    return (*found, *(each for each in _claimed(event, plan) if (each.kind, each.name) not in known))


def _how(use: Use) -> str:
    clause = say_how(use.how, use.property or "it")
    return clause if clause != use.how else f"{use.how} {use.property}".rstrip()


def _goals(plan: Plan, kpis: set[str]) -> Iterator[UsedBy]:
    for goal in plan.goals.values():
        through = [name for name in goal.kpis if name in kpis]
        if through:
            yield UsedBy("goal", goal.name, goal.owner, f"through {', '.join(through)}")


def _claimed(event: Event, plan: Plan) -> Iterator[UsedBy]:
    owners = {
        "goal": {goal.name: goal.owner for goal in plan.goals.values()},
        "journey": {journey.name: journey.owner for journey in plan.journeys.values()},
        "kpi": {kpi.name: kpi.owner for kpi in plan.kpis.values()},
    }
    for purpose in event.purpose:
        kind, _, name = purpose.partition(":")
        yield UsedBy(kind, name, owners.get(kind, {}).get(name, ""), "named as a purpose, not computed from it")
