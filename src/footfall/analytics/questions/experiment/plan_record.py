"""When an experiment was planned and changed, by the plans that the collector loaded, and what that means."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from footfall.analytics.question import ReportContext
from footfall.plan.model import Experiment, Kpi, Plan, Target

__all__ = ["PlanRecord", "plan_record"]


class PlanRecord(NamedTuple):
    """When a plan with the experiment was first loaded, when it last changed, and what a reader must know of both."""

    planned_at: datetime | None
    changed_at: datetime | None
    remarks: tuple[str, ...]


def plan_record(asked: Experiment, context: ReportContext, first: datetime | None) -> PlanRecord:
    """The record of an experiment whose first exposure was at `first`."""
    planned_at = changed_at = None
    before: tuple[object, ...] | None = None
    loads = context.plan_loads
    for at, plan in loads:
        has_it = asked.name in plan.experiments
        if has_it and before is None:
            planned_at = at
        elif before is not None and (not has_it or _decided(asked.name, plan) != before):
            changed_at = at
        before = _decided(asked.name, plan) if has_it else before
    remarks = []
    zone_times = [None if at is None else context.time(at) for at in (planned_at, changed_at)]
    planned, changed = zone_times
    if loads and planned_at is None:
        remarks.append("no plan that the collector has loaded has this experiment")
    if planned is not None and first is not None and first < planned:
        remarks.append(
            f"the first exposure ({first:%Y-%m-%d %H:%M}) is earlier than the first plan that has the experiment "
            f"({planned:%Y-%m-%d %H:%M}): what is compared may have been chosen to fit the answer"
        )
    if changed is not None and first is not None and first < changed:
        remarks.append(
            f"the experiment was changed ({changed:%Y-%m-%d %H:%M}) after the first exposure ({first:%Y-%m-%d %H:%M})"
        )
    return PlanRecord(planned, changed, tuple(remarks))


def _decided(name: str, plan: Plan) -> tuple[object, ...]:
    """What is asked and how it is decided, with the KPIs that it uses; not who owns it."""
    experiment = plan.experiments[name]
    names = (experiment.kpi or "", *experiment.guardrails)
    kpis = [_measured(plan.kpis[each]) for each in names if each in plan.kpis]
    return (msgspec.structs.replace(experiment, owner="", x={}), *kpis)


def _measured(kpi: Kpi) -> tuple[object, ...]:
    target: Target | None = kpi.target
    return (kpi.measure, None if target is None else target.direction)
