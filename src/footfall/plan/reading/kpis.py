"""Reads KPIs and goals: what is measured, how far back, towards which target, and what drives what."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.plan.currencies import check_target
from footfall.plan.model import Goal, Kpi, Target
from footfall.plan.problems import MISSING, Problems
from footfall.plan.reading.measures import MeasureReader
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.references import References
from footfall.plan.reading.schema import GOAL, KPI
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["read_goals", "read_kpis"]


def read_kpis(
    entries: Mapping[str, Definition], references: References, *, required: tuple[str, ...]
) -> dict[str, Kpi]:
    """The KPIs in their order. One that cannot be read is left out, and told."""
    measures = MeasureReader(references)
    kpis: dict[str, Kpi] = {}
    drives: dict[str, YamlNode] = {}
    for entry in entries.values():
        path, node = ("kpis", entry.name), entry.node
        values = KPI.read(node, path, references.problems)
        if values is MISSING:
            continue
        references.entry_owner(values, entry, path)
        references.metadata(required, values, entry, path)
        references.named("kpis", "KPI", "guardrails", values, node, path)
        if "drives" in values:
            drives[entry.name] = node.value["drives"]
            references.defined("kpis", "KPI", values["drives"], node.value["drives"], (*path, "drives"))
        measure = measures.read(values["measure"], (*path, "measure")) if "measure" in values else None
        target = values.pop("target", None)
        if measure is None:
            continue
        if target is not None:
            check_target(
                measure, target.get("unit"), references.lookup, at=node.value["target"], path=(*path, "target"),
                problems=references.problems,
            )  # fmt: skip
        kpis[entry.name] = Kpi(
            name=entry.name,
            measure=measure,
            window=values.pop("window", None),
            target=Target(**target) if target is not None and {"direction", "value"} <= target.keys() else None,
            **{key: value for key, value in values.items() if key != "measure"},
        )
    _no_circles(drives, references.problems)
    return kpis


def _no_circles(drives: Mapping[str, YamlNode], problems: Problems) -> None:
    """Tell KPIs that, step by step, drive themselves; each circle once."""
    done: set[str] = set()
    for start in drives:
        walk: list[str] = []
        name = start
        while name in drives and name not in done:
            done.add(name)
            walk.append(name)
            name = drives[name].value
        if name in walk:
            circle = [*walk[walk.index(name) :], name]
            problems.add(
                "cycle",
                f"KPIs drive each other in a circle: {' → '.join(circle)}",
                at=drives[walk[-1]],
                path=("kpis", walk[-1], "drives"),
                remedy="cut it here",
            )


def read_goals(
    entries: Mapping[str, Definition], references: References, *, required: tuple[str, ...]
) -> dict[str, Goal]:
    """The goals in their order. One that cannot be read is left out, and told."""
    goals: dict[str, Goal] = {}
    for entry in entries.values():
        path, node = ("goals", entry.name), entry.node
        values = GOAL.read(node, path, references.problems)
        if values is MISSING:
            continue
        references.entry_owner(values, entry, path)
        references.metadata(required, values, entry, path)
        references.named("kpis", "KPI", "kpis", values, node, path)
        goals[entry.name] = Goal(name=entry.name, **values)
    return goals
