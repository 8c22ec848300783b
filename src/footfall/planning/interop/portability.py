"""Tells what an export writes down whole and others read otherwise: what comes back unchanged shows no difference."""

from __future__ import annotations

from collections.abc import Iterator

from footfall.plan.model import Plan, Property
from footfall.planning.interop.keywords import OWN_PATTERNS
from footfall.planning.interop.losses import LossReport

__all__ = ["note_unportable"]


def note_unportable(plan: Plan, losses: LossReport) -> None:
    """Note formats that only footfall knows, whose place as a pattern is taken by the property's own, and scales."""
    for place, prop in _all(plan):
        if prop.pattern is not None and prop.format in OWN_PATTERNS:
            losses.add("loss_not_said", place, f"format {prop.format}", "the same word, which only footfall checks")
        if prop.scale:
            instead = "no check by others: where numbers are doubles, multipleOf would refuse right amounts"
            losses.add("loss_not_said", place, f"scale {prop.scale}", instead)


def _all(plan: Plan) -> Iterator[tuple[str, Property]]:
    for event in plan.events.values():
        for prop in event.properties:
            yield from _inside(f"{event.name}.{prop.name}", prop)
    for kind, traits in plan.traits.items():
        for prop in traits:
            yield from _inside(f"traits.{kind}.{prop.name}", prop)


def _inside(place: str, prop: Property) -> Iterator[tuple[str, Property]]:
    yield place, prop
    for part in prop.properties:
        yield from _inside(f"{place}.{part.name}", part)
    for inner, mark in ((prop.items, "[]"), (prop.values, "{}")):
        if inner is not None:
            yield from _inside(f"{place}{mark}", inner)
