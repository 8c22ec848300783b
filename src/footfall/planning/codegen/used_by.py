"""Lists who uses an event: each KPI, journey and goal, and what it only claims to serve."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from footfall.plan.model import Event, Plan
from footfall.planning.diff.wording import say_how
from footfall.planning.usage import UsageIndex, Use, purposes

__all__ = ["UsedBy", "used_by"]

_COMPUTED = frozenset({"journey", "kpi"})


class UsedBy(msgspec.Struct, frozen=True):
    """What uses an event. `kind` is `kpi`, `journey` or `goal`; `how` is in words."""

    kind: str
    name: str
    owner: str
    how: str


def used_by(event: Event, plan: Plan, uses: UsageIndex) -> tuple[UsedBy, ...]:
    """Every KPI and journey that is computed from the event, the goals behind, then purposes that nothing computes."""
    hows: dict[tuple[str, str, str], dict[str, None]] = {}
    for use in uses.of_event(event.name):
        if use.kind in _COMPUTED:
            # A dict for its order: each way of use once.
            hows.setdefault((use.kind, use.name, use.owner), {})[_how(use)] = None
    users = [UsedBy(kind, name, owner, "; ".join(ways)) for (kind, name, owner), ways in hows.items()]
    users += _goals(plan, {user.name for user in users if user.kind == "kpi"})
    names = {(user.kind, user.name) for user in users}
    claimed = (part for part in purposes(event, plan) if part[:2] not in names)
    return (*users, *(UsedBy(*part, "named as a purpose, not computed from it") for part in claimed))


def _how(use: Use) -> str:
    clause = say_how(use.how, use.value or "it")
    return clause if clause != use.how else f"{use.how} {use.value}".rstrip()


def _goals(plan: Plan, kpis: set[str]) -> Iterator[UsedBy]:
    for goal in plan.goals.values():
        through = [name for name in goal.kpis if name in kpis]
        if through:
            yield UsedBy("goal", goal.name, goal.owner, f"through {', '.join(through)}")
