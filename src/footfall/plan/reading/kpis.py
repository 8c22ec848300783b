"""Reads KPIs and goals: what is measured, how far back, towards which target, and what drives what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.plan.model import CalendarWindow, Goal, Journey, Kpi, KpiWindow, Target
from footfall.plan.problems import MISSING, Problems
from footfall.plan.reading.currencies import check_target
from footfall.plan.reading.measures import MeasureReader
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.names import Names
from footfall.plan.reading.schema import GOAL, KPI
from footfall.plan.reading.subjects import Subjects
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["read_goals", "read_kpis"]


def read_kpis(
    definitions: Mapping[str, Definition], subjects: Subjects, journeys: Mapping[str, Journey]
) -> dict[str, Kpi]:
    """The KPIs in their order; one whose measure cannot be read is left out, with a problem."""
    names, problems = subjects.names, subjects.names.problems
    measures = MeasureReader(subjects, journeys)
    kpis: dict[str, Kpi] = {}
    drives: dict[str, YamlNode] = {}
    for definition in definitions.values():
        path, node = ("kpis", definition.name), definition.node
        values = KPI.read(node, path, problems)
        if values is MISSING:
            continue
        names.complete("kpis", values, definition, path)
        names.check_list("kpis", "KPI", "guardrails", values, node, path)
        if "drives" in values:
            drives[definition.name] = node.value["drives"]
            names.check("kpis", "KPI", values["drives"], node.value["drives"], (*path, "drives"))
        measure = measures.read(values["measure"], (*path, "measure")) if "measure" in values else None
        target = values.pop("target", None)
        if measure is None:
            continue
        if target is not None:
            check_target(
                measure, target.get("unit"), subjects.find, subjects.user_traits, at=node.value["target"],
                path=(*path, "target"), problems=problems,
            )  # fmt: skip
        kpis[definition.name] = Kpi(
            name=definition.name,
            measure=measure,
            window=_window(values.pop("window", None)),
            target=_target(target),
            **{key: value for key, value in values.items() if key != "measure"},
        )
    _check_circles(drives, problems)
    return kpis


def _target(values: dict[str, Any] | None) -> Target | None:
    if values is None or not {"direction", "value"} <= values.keys():
        return None
    return Target(direction=values["direction"], value=values["value"], unit=values.get("unit"))


def _window(value: int | dict[str, Any] | None) -> KpiWindow:
    if not isinstance(value, dict):
        return value
    calendar = value.get("calendar")
    return CalendarWindow(calendar=calendar, last=value.get("last") or None) if calendar is not None else None


def _check_circles(drives: Mapping[str, YamlNode], problems: Problems) -> None:
    """Report KPIs that, step by step, drive themselves; each circle once."""
    done: set[str] = set()
    for start in drives:
        chain: list[str] = []
        name = start
        while name in drives and name not in done:
            done.add(name)
            chain.append(name)
            name = drives[name].value
        if name in chain:
            circle = [*chain[chain.index(name) :], name]
            problems.add(
                "cycle",
                f"KPIs drive each other in a circle: {' → '.join(circle)}",
                at=drives[chain[-1]],
                path=("kpis", chain[-1], "drives"),
                remedy="cut it here",
            )


def read_goals(definitions: Mapping[str, Definition], names: Names) -> dict[str, Goal]:
    """The goals in their order; one that cannot be read is left out, with a problem."""
    goals: dict[str, Goal] = {}
    for definition in definitions.values():
        path, node = ("goals", definition.name), definition.node
        values = GOAL.read(node, path, names.problems)
        if values is MISSING:
            continue
        names.complete("goals", values, definition, path)
        names.check_list("kpis", "KPI", "kpis", values, node, path)
        goals[definition.name] = Goal(name=definition.name, **values)
    return goals
