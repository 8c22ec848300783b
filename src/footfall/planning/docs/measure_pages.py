"""The pages of a KPI and of a journey: what it asks, of which events it is made, what is expected of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from footfall.plan.durations import format_duration, say_window
from footfall.plan.model import Conversion, Journey, Kpi, Plan, Where
from footfall.planning.diff.wording import say_condition, say_measure
from footfall.planning.docs.html import Markup, Part, element, joined, link, table

__all__ = ["journey_body", "kpi_body"]


def kpi_body(kpi: Kpi, plan: Plan, events: Sequence[tuple[str, str]]) -> Markup:
    """The page of a KPI below its title; `events` are those it is computed from, with how."""
    return joined(
        element("p", kpi.question, class_="lead") if kpi.question else "",
        element("dl", *((element("dt", label), element("dd", text)) for label, text in _kpi_facts(kpi, plan))),
        element("h2", "Computed from"),
        table(("event", "how"), ((_event(name, plan), how) for name, how in events)),
    )


def _kpi_facts(kpi: Kpi, plan: Plan) -> Iterator[tuple[str, Part]]:
    if kpi.owner:
        yield "Owner", kpi.owner
    yield "Measure", say_measure(kpi.measure)
    yield "Window", say_window(kpi.window)
    if kpi.target is not None:
        yield "Target", f"{kpi.target.direction} to {kpi.target.value} {kpi.target.unit or ''}".strip()
    if kpi.drives is not None:
        yield "Drives", link(f"{kpi.drives}.html", kpi.drives)
    if kpi.guardrails:
        yield "Guardrails", [element("div", link(f"{name}.html", name)) for name in kpi.guardrails]
    goals = [goal.name for goal in plan.goals.values() if kpi.name in goal.kpis]
    if goals:
        yield "Goals", ", ".join(goals)


def journey_body(journey: Journey, plan: Plan) -> Markup:
    """The page of a journey below its title."""
    facts = [
        ("Owner", journey.owner),
        ("Walked by", "people" if journey.by == "user" else "connected devices"),
        ("Within", format_duration(journey.within) if journey.within is not None else "any time"),
    ]
    branches = ((branch.id, f"{branch.after} → {' → '.join(branch.steps)}", branch.note) for branch in journey.branches)
    guards = (
        (guard.name, _event(guard.event, plan), f"between {guard.start} and {guard.end}", _conditions(guard.where))
        for guard in journey.never
    )
    kpis = [
        kpi.name
        for kpi in plan.kpis.values()
        if isinstance(kpi.measure, Conversion) and kpi.measure.journey == journey.name
    ]
    return joined(
        element("p", journey.description, class_="lead") if journey.description else "",
        element("dl", *((element("dt", label), element("dd", text)) for label, text in facts if text)),
        element("h2", "Steps"),
        table(
            ("step", "event", "only where", "within", "expected"),
            (_step(journey, number, plan) for number in range(len(journey.steps))),
        ),
        element("h2", "Other ways") if journey.branches else "",
        table(("branch", "way", "why"), branches),
        element("h2", "Should not happen") if journey.never else "",
        table(("counted as", "event", "when", "only where"), guards),
        element("h2", "KPIs") if kpis else "",
        element("p", *(part for name in kpis for part in (link(f"../kpis/{name}.html", name), " "))) if kpis else "",
    )


def _step(journey: Journey, number: int, plan: Plan) -> tuple[Part, ...]:
    step = journey.steps[number]
    within = "" if step.within is None else format_duration(step.within)
    expected = "" if step.expect is None else f"{step.expect:.3g} of the step before"
    return (element("code", step.id), _event(step.event, plan), _conditions(step.where), within, expected)


def _conditions(conditions: Sequence[Where]) -> str:
    return " and ".join(map(say_condition, conditions))


def _event(name: str, plan: Plan) -> Markup:
    """An event with a link to its page; a page, a screen or another call has none."""
    code = element("code", name)
    return link(f"../events/{name}.html", code) if name in plan.events else code
