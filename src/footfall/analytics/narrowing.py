"""Narrowing: which goals, KPIs and journeys of a plan a report has, where its reader names some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

import msgspec

from footfall.errors import UsageError
from footfall.plan.model import Kpi, Plan
from footfall.plan.problems import did_you_mean

__all__ = ["narrowed"]

T = TypeVar("T")


def narrowed(plan: Plan, names: Collection[str]) -> Plan:
    """The plan with the goals, KPIs and journeys of these names alone, all else as it was.

    With a goal come all of its KPIs, with a KPI its guardrails. Raises UsageError for a name that nothing has.
    """
    parts = {*plan.goals, *plan.kpis, *plan.journeys}
    for name in names:
        if name not in parts:
            raise UsageError(
                f"the plan has no goal, KPI or journey {name!r}; {did_you_mean(name, parts, 'see the plan')}"
            )
    goals = _chosen(plan.goals, names)
    kpis = _with_guardrails(plan.kpis, [*names, *(name for goal in goals.values() for name in goal.kpis)])
    return msgspec.structs.replace(
        plan, goals=goals, kpis=_chosen(plan.kpis, kpis), journeys=_chosen(plan.journeys, names)
    )


def _chosen(parts: Mapping[str, T], names: Collection[str]) -> dict[str, T]:
    return {name: part for name, part in parts.items() if name in names}


def _with_guardrails(kpis: Mapping[str, Kpi], names: Iterable[str]) -> set[str]:
    """The KPIs among these names, and all that are guardrails of one of them, or of those."""
    waiting, chosen = [name for name in names if name in kpis], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in chosen:
            chosen.add(name)
            waiting += kpis[name].guardrails
    return chosen
