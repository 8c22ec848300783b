"""Follows declared renames: writes KPIs, journeys and rules of the base in the names of the new plan.

Otherwise a figure that has not changed would seem to count something else.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from footfall.plan.measure_parts import with_event_measures
from footfall.plan.model import (
    AllOf,
    AnyOf,
    Event,
    Experiment,
    Journey,
    Kpi,
    NotIn,
    PlannedSignal,
    Segment,
    SegmentRule,
)
from footfall.plan.value_names import top_property
from footfall.planning.diff.properties import pair_properties

__all__ = ["Renames", "renamed_properties", "same_rule"]

_S = TypeVar("_S", bound=msgspec.Struct)


class Renames:
    """The names of events and properties in the base and in the new plan, from pairs of an old and a new event."""

    def __init__(self, pairs: list[tuple[Event, Event]]) -> None:
        self._events = {old.name: now.name for old, now in pairs if old.name != now.name}
        self._properties = {
            old.name: renamed for old, now in pairs if old is not now and (renamed := renamed_properties(old, now))
        }

    def kpi(self, kpi: Kpi) -> Kpi:
        """The KPI in the names of the new plan."""
        if not self._events and not self._properties:
            return kpi
        return msgspec.structs.replace(kpi, measure=with_event_measures(kpi.measure, self._figure))

    def journey(self, journey: Journey) -> Journey:
        """The journey in the names of the new plan."""
        if not self._events and not self._properties:
            return journey
        steps = tuple(self._figure(step) for step in journey.steps)
        return msgspec.structs.replace(
            journey, steps=steps, never=tuple(self._figure(guard) for guard in journey.never)
        )

    def segment(self, segment: Segment) -> Segment:
        """The segment in the names of the new plan."""
        if not self._events and not self._properties:
            return segment
        return msgspec.structs.replace(segment, who=self._rule(segment.who))

    def _rule(self, rule: SegmentRule) -> SegmentRule:
        if isinstance(rule, AllOf | AnyOf):
            return msgspec.structs.replace(rule, rules=tuple(map(self._rule, rule.rules)))
        if isinstance(rule, NotIn):
            return NotIn(of=self._rule(rule.of))
        filtered: Any = rule
        return msgspec.structs.replace(filtered, filter=self._figure(filtered.filter)) if _counts(rule) else rule

    def signal(self, signal: PlannedSignal) -> PlannedSignal:
        """The signal in the names of the new plan."""
        voice = self._events.get(signal.voice, signal.voice)
        return msgspec.structs.replace(signal, filter=self._figure(signal.filter), voice=voice)

    def experiment(self, experiment: Experiment) -> Experiment:
        """The experiment in the names of the new plan."""
        if not self._events and not self._properties:
            return experiment
        exposure, outcome = self._figure(experiment.exposure), experiment.outcome
        return msgspec.structs.replace(
            experiment, exposure=exposure, outcome=None if outcome is None else self._figure(outcome)
        )

    def _figure(self, part: _S) -> _S:
        """A part with an `event`, and perhaps `where`, `by` and properties, in the new names."""
        measured: Any = part
        names = self._properties.get(measured.event, {})
        fields: dict[str, Any] = {"event": self._events.get(measured.event, measured.event)}
        if names:
            fields["where"] = tuple(
                msgspec.structs.replace(where, property=_renamed(where.property, names)) for where in measured.where
            )
            if hasattr(measured, "by"):
                fields["by"] = tuple(_renamed(name, names) for name in measured.by)
            for field in ("property", "variant", "sum"):
                if getattr(measured, field, None) is not None:
                    fields[field] = _renamed(getattr(measured, field), names)
        return msgspec.structs.replace(part, **fields)


def _counts(rule: SegmentRule) -> bool:
    """Whether a rule is about messages that pass a filter."""
    return hasattr(rule, "filter")


def _renamed(name: str, names: Mapping[str, str]) -> str:
    """The name of a value whose property may have another name now."""
    top = top_property(name)
    return f"{names.get(top, top)}{name[len(top) :]}"


def renamed_properties(old: Event, new: Event) -> dict[str, str]:
    """The properties that have another name and the same key on the wire: old name to new."""
    if old.properties == new.properties:
        return {}
    pairs = pair_properties(old.properties, new.properties)
    return {before.name: after.name for before, after in pairs if before and after and before.name != after.name}


def same_rule(old: str, new: str, names: Mapping[str, str]) -> bool:
    """Whether two expressions are equal, apart from spaces and renamed properties."""
    if old == new:
        return True
    try:
        old_tree, new_tree = (ast.parse(text.strip(), mode="eval") for text in (old, new))
    except SyntaxError:
        return False  # `plan check` reports it
    for node in ast.walk(old_tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return ast.dump(old_tree) == ast.dump(new_tree)
