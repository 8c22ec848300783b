"""Follows declared renames: what KPIs, journeys and rules of the base say, in the names of the new plan.

Without it a figure that goes on as it was would seem to count something else.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from footfall.plan.model import Event, Journey, Kpi, Ratio
from footfall.planning.diff.properties import pair_properties

__all__ = ["Renames", "renamed_properties", "same_rule"]

_S = TypeVar("_S", bound=msgspec.Struct)


class Renames:
    """What pairs of events that go on are called in the base, and in the new plan."""

    def __init__(self, pairs: list[tuple[Event, Event]]) -> None:
        self._events = {old.name: now.name for old, now in pairs if old.name != now.name}
        self._properties = {
            old.name: renamed for old, now in pairs if old is not now and (renamed := renamed_properties(old, now))
        }

    def kpi(self, kpi: Kpi) -> Kpi:
        """The KPI in the names of the new plan."""
        if not self._events and not self._properties:
            return kpi
        measure: Any = kpi.measure
        if isinstance(measure, Ratio):
            measure = Ratio(of=self._figure(measure.of), to=self._figure(measure.to))
        elif hasattr(measure, "event"):
            measure = self._figure(measure)
        return msgspec.structs.replace(kpi, measure=measure)

    def journey(self, journey: Journey) -> Journey:
        """The journey in the names of the new plan."""
        if not self._events and not self._properties:
            return journey
        steps = tuple(self._figure(step) for step in journey.steps)
        return msgspec.structs.replace(
            journey, steps=steps, never=tuple(self._figure(guard) for guard in journey.never)
        )

    def _figure(self, part: _S) -> _S:
        """A part with an `event`, and perhaps a `property`, `where` and `by`, in the new names."""
        held: Any = part
        names = self._properties.get(held.event, {})
        fields: dict[str, Any] = {"event": self._events.get(held.event, held.event)}
        if names:
            fields["where"] = tuple(
                msgspec.structs.replace(where, property=names.get(where.property, where.property))
                for where in held.where
            )
            if hasattr(held, "by"):
                fields["by"] = tuple(names.get(name, name) for name in held.by)
            if hasattr(held, "property"):
                fields["property"] = names.get(held.property, held.property)
        return msgspec.structs.replace(part, **fields)


def renamed_properties(old: Event, new: Event) -> dict[str, str]:
    """The properties that have another name and the same key on the wire: old name to new."""
    if old.properties == new.properties:
        return {}
    pairs = pair_properties(old.properties, new.properties)
    return {one.name: two.name for one, two in pairs if one is not None and two is not None and one.name != two.name}


def same_rule(old: str, new: str, names: Mapping[str, str]) -> bool:
    """Whether two expressions are one, but for spaces and for the properties that are called otherwise now."""
    if old == new:
        return True
    try:
        one, two = (ast.parse(text.strip(), mode="eval") for text in (old, new))
    except SyntaxError:
        return False  # `plan check` tells that it is no expression
    for node in ast.walk(one):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return ast.dump(one) == ast.dump(two)
