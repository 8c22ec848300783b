"""Rules about use: events that serve nothing, KPIs and journeys that nothing feeds, figures that are there twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from footfall.plan.measure_parts import event_measures
from footfall.plan.model import Conversion, Event, Journey, Kpi, Plan
from footfall.plan.segments import filters_of
from footfall.planning.lint.rule import Finding, LintRule, View

__all__ = ["ROWS"]


def _steps(journey: Journey) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.event for step in journey.steps))


def _events_of(kpi: Kpi, plan: Plan) -> tuple[str, ...]:
    """The events that a KPI cannot do without, in order."""
    measure = kpi.measure
    if isinstance(measure, Conversion):
        journey = plan.journeys.get(measure.journey)
        if journey is None:
            return ()
        ids = [step.id for step in journey.steps]
        return tuple(dict.fromkeys(step.event for step in journey.steps[: ids.index(measure.end) + 1]))
    return tuple(dict.fromkeys(figure.event for figure in event_measures(measure)))


def _uses_by_event(view: View) -> dict[str, set[str]]:
    """By event: what uses it, as `purpose` writes it."""
    plan = view.plan
    uses_by_event: dict[str, set[str]] = {name: set() for name in plan.events}
    for journey in plan.journeys.values():
        for event in (*_steps(journey), *(guard.event for guard in journey.never)):
            uses_by_event.setdefault(event, set()).add(f"journey:{journey.name}")
    for kpi in plan.kpis.values():
        for event in _events_of(kpi, plan):
            uses_by_event.setdefault(event, set()).add(f"kpi:{kpi.name}")
    for segment in plan.segments.values():
        for filter_ in filters_of(segment.who):
            uses_by_event.setdefault(filter_.event, set()).add(f"segment:{segment.name}")
    for goal in plan.goals.values():
        for event, uses in uses_by_event.items():
            if any(f"kpi:{kpi}" in uses for kpi in goal.kpis):
                uses_by_event[event] = uses | {f"goal:{goal.name}"}
    return uses_by_event


def _unused_event(view: View) -> Iterator[Finding]:
    uses_by_event = _uses_by_event(view)
    for event in view.events("active"):
        if not uses_by_event[event.name] and not event.purpose:
            yield Finding(path=(event.name,), message="no KPI, journey or segment uses it, and it states no purpose")


def _missing_purpose(view: View) -> Iterator[Finding]:
    """Of what is used, or is still a draft: an active event that nothing uses is `unused_event`, once."""
    uses_by_event = _uses_by_event(view)
    for event in view.events("active", "draft"):
        uses = sorted(uses_by_event[event.name])
        if not event.purpose and (uses or event.status == "draft"):
            used_by = f", and {', '.join(uses)} use{'s' if len(uses) == 1 else ''} it" if uses else ""
            message = f"it does not say what it is collected for{used_by}"
            yield Finding(path=(event.name,), message=message, key="purpose")


def _unmet_purpose(view: View) -> Iterator[Finding]:
    """Of KPIs and journeys: an event may serve a goal that no figure of it measures."""
    uses_by_event = _uses_by_event(view)
    for event in view.events("active"):
        for purpose in event.purpose:
            if not purpose.startswith("goal:") and purpose not in uses_by_event[event.name]:
                yield Finding(path=(event.name,), message=f"its purpose {purpose} does not use it", key="purpose")


def _why_dead(name: str, plan: Plan) -> str | None:
    event: Event | None = plan.events.get(name)
    if event is None or event.status == "active":
        return None
    replaced = event.deprecated.replaced_by if event.deprecated is not None else None
    return f"{name} is {'a draft' if event.status == 'draft' else 'deprecated'}" + (
        f" (replaced by {replaced})" if replaced else ""
    )


def _kpi_without_event(view: View) -> Iterator[Finding]:
    for kpi in view.plan.kpis.values():
        reasons = [reason for name in _events_of(kpi, view.plan) if (reason := _why_dead(name, view.plan)) is not None]
        if reasons:
            yield Finding(path=("kpis", kpi.name), message=f"it has no live event: {'; '.join(reasons)}", key="measure")


def _journey_without_event(view: View) -> Iterator[Finding]:
    for journey in view.plan.journeys.values():
        for index, step in enumerate(journey.steps):
            reason = _why_dead(step.event, view.plan)
            if reason is not None:
                path = ("journeys", journey.name, "steps", f"[{index}]")
                yield Finding(path=path, message=f"the step {step.id!r} has no live event: {reason}", key="event")


def _segment_without_event(view: View) -> Iterator[Finding]:
    for segment in view.plan.segments.values():
        events = dict.fromkeys(filter_.event for filter_ in filters_of(segment.who))
        reasons = [reason for name in events if (reason := _why_dead(name, view.plan)) is not None]
        if reasons:
            message = f"it counts what is not sent: {'; '.join(reasons)}"
            yield Finding(path=("segments", segment.name), message=message, key="who")


def _equal_kpis(view: View) -> Iterator[Finding]:
    by_figure: dict[bytes, str] = {}
    for kpi in view.plan.kpis.values():
        figure = msgspec.json.encode((kpi.measure, kpi.window))
        first = by_figure.setdefault(figure, kpi.name)
        if first != kpi.name:
            yield Finding(path=("kpis", kpi.name), message=f"it is the same figure as {first}", key="measure")


def _goal_without_kpi(view: View) -> Iterator[Finding]:
    for goal in view.plan.goals.values():
        if not goal.kpis:
            yield Finding(path=("goals", goal.name), message="no KPI tells whether it is reached")


def _single_step(view: View) -> Iterator[Finding]:
    for journey in view.plan.journeys.values():
        if len(journey.steps) == 1:
            yield Finding(path=("journeys", journey.name), message="it has one step, so there is no way to walk")


ROWS: Final = (
    LintRule(
        name="missing_purpose", level="warning", judge=_missing_purpose,
        reason="Data is collected for stated purposes (GDPR, Article 5(1)(b)); what has none should not be collected.",
        fix="add purpose: [kpi:NAME], or a journey or goal",
    ),
    LintRule(
        name="unused_event", level="warning", judge=_unused_event,
        reason="An event that serves no KPI and no journey costs code, storage and consent, and informs no decision.",
        fix="use it in a KPI or a journey, say what else it is for in purpose, or remove it",
    ),
    LintRule(
        name="unmet_purpose", level="warning", judge=_unmet_purpose,
        reason="A KPI or journey that does not use the event is out of date as its purpose, or has lost the event.",
        fix="take the purpose out, use the event there, or name the goal that it serves: goal:NAME",
    ),
    LintRule(
        name="kpi_without_live_event", level="error", judge=_kpi_without_event,
        reason="A KPI over an event that is not sent, or soon no longer, shows nothing, or ever less.",
        fix="measure an active event",
    ),
    LintRule(
        name="journey_without_live_event", level="error", judge=_journey_without_event,
        reason="Nobody can get past a step whose event is not sent, so every later step is empty.",
        fix="let the step use an active event, or take it out",
    ),
    LintRule(
        name="segment_without_live_event", level="warning", judge=_segment_without_event,
        reason="A rule over an event that is not sent, or soon no longer, puts nobody in, or keeps nobody out.",
        fix="let the rule count an active event",
    ),
    LintRule(
        name="equal_kpis", level="warning", judge=_equal_kpis,
        reason="Two names for one figure are two numbers to explain, until somebody changes one of them.",
        fix="keep one of them",
    ),
    LintRule(
        name="goal_without_kpi", level="warning", judge=_goal_without_kpi,
        reason="A goal that nothing measures is never reached and never missed.",
        fix="add kpis: [NAME]",
    ),
    LintRule(
        name="single_step_journey", level="warning", judge=_single_step,
        reason="A journey shows where people get lost between steps; with one step it is a count.",
        fix="add the steps that lead there, or make it a KPI",
    ),
)  # fmt: skip
