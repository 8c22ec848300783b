"""Compares a plan with what came back from another format: every difference is a loss with its place.

Properties are matched by their names on the wire, and events too, as these are the names that other formats know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from footfall.plan.checking.validate import policy_of
from footfall.plan.durations import format_duration
from footfall.plan.model import Event, Plan, Property
from footfall.planning.interop.losses import LossReport, shown

__all__ = ["compare_plans"]

_NOTHING = "nothing"
_Place = Literal["test", "client", "collector"]
_PLACES: tuple[_Place, ...] = ("test", "client", "collector")
# Compared part by part, not as a whole.
_PARTS = frozenset(("properties", "items", "values", "events", "traits", "enforcement", "additional"))
_SECTIONS: Mapping[str, str] = {
    "teams": "team", "sources": "source", "goals": "goal", "kpis": "kpi", "journeys": "journey",
}  # fmt: skip


def compare_plans(before: Plan, after: Plan, losses: LossReport) -> None:
    """Note in `losses` everything that `before` says and `after` says otherwise, or not at all."""
    for field in msgspec.structs.fields(Plan):
        if field.name not in _PARTS and field.name not in _SECTIONS:
            _value("plan", field.name, getattr(before, field.name), getattr(after, field.name), losses)
    for place in _PLACES:
        _value("plan", f"enforcement.{place}", policy_of(before, place), policy_of(after, place), losses)
    for section, word in _SECTIONS.items():
        _entries(word, getattr(before, section), getattr(after, section), losses)
    for kind in sorted({*before.traits, *after.traits}):
        _properties(f"traits.{kind}", before.traits.get(kind, ()), after.traits.get(kind, ()), losses)
    _events(before, after, losses)


def _events(before: Plan, after: Plan, losses: LossReport) -> None:
    names = {event.wire_name: event for event in after.events.values()}
    left = dict(after.events)
    for event in before.events.values():
        match = names.get(event.wire_name) or after.events.get(event.name)
        if match is None or match.name not in left:
            losses.add("loss_not_said", event.name, "the event", _NOTHING)
            continue
        del left[match.name]
        _event(event, match, before, after, losses)
    for name in left:
        losses.add("loss_not_said", name, _NOTHING, "an event that was not there")
    order = [event.wire_name for event in before.events.values()]
    _order("plan", "events", order, [event.wire_name for event in after.events.values()], losses)


def _event(event: Event, match: Event, before: Plan, after: Plan, losses: LossReport) -> None:
    _fields(event.name, event, match, losses)
    for place in _PLACES:
        mine, theirs = policy_of(before, place, event), policy_of(after, place, match)
        if mine != theirs and (mine != policy_of(before, place) or theirs != policy_of(after, place)):
            _value(event.name, f"enforcement.{place}", mine, theirs, losses)
    _additional(event.name, event.additional, match.additional, losses)
    _properties(event.name, event.properties, match.properties, losses)


def _properties(place: str, before: Iterable[Property], after: Iterable[Property], losses: LossReport) -> None:
    mine, theirs = ({prop.wire_name or prop.name: prop for prop in each} for each in (before, after))
    for key, prop in mine.items():
        here = f"{place}.{prop.name}"
        if key in theirs:
            _property(here, prop, theirs[key], losses)
        else:
            losses.add("loss_not_said", here, "the property", _NOTHING)
    for key, prop in theirs.items():
        if key not in mine:
            losses.add("loss_not_said", f"{place}.{prop.name}", _NOTHING, "a property that was not there")
    _order(place, "properties", list(mine), list(theirs), losses)


def _property(place: str, before: Property, after: Property, losses: LossReport) -> None:
    _fields(place, before, after, losses)
    _additional(place, before.additional, after.additional, losses)
    _properties(place, before.properties, after.properties, losses)
    for key, mark in (("items", "[]"), ("values", "{}")):
        mine, theirs = getattr(before, key), getattr(after, key)
        if mine is not None and theirs is not None:
            _property(f"{place}{mark}", mine, theirs, losses)
        elif mine is not theirs:
            _value(place, key, mine, theirs, losses)


def _additional(place: str, before: bool | None, after: bool | None, losses: LossReport) -> None:
    if before is None and after is not None:
        # Said once: it is so for every object that leaves the decision to the plan.
        what = "enforcement.unknown_property, where an object has no `additional`"
        losses.add("loss_not_said", "plan", what, "additional true or false, on each object")
    elif before != after:
        words = {True: "additional true", False: "additional false", None: "no additional"}
        losses.add("loss_not_said", place, words[before], words[after])


def _fields(place: str, before: msgspec.Struct, after: msgspec.Struct, losses: LossReport) -> None:
    for field in msgspec.structs.fields(type(before)):
        if field.name not in _PARTS:
            _value(place, field.name, getattr(before, field.name), getattr(after, field.name), losses)


def _entries(word: str, before: Mapping[str, Any], after: Mapping[str, Any], losses: LossReport) -> None:
    for name, entry in before.items():
        if name not in after:
            losses.add("loss_not_said", f"{word}:{name}", f"the {word}", _NOTHING)
        else:
            _fields(f"{word}:{name}", entry, after[name], losses)
    for name in after:
        if name not in before:
            losses.add("loss_not_said", f"{word}:{name}", _NOTHING, f"a {word} that was not there")


def _order(place: str, what: str, before: list[str], after: list[str], losses: LossReport) -> None:
    mine, theirs = [key for key in before if key in after], [key for key in after if key in before]
    if mine != theirs:
        losses.add("loss_not_said", place, f"the order of its {what}", f"{', '.join(theirs)}")


def _value(place: str, key: str, before: Any, after: Any, losses: LossReport) -> None:
    if key == "x" and isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            _value(place, name, before.get(name), after.get(name), losses)
        return
    if before != after:
        losses.add("loss_not_said", place, _said(key, before), _said(key, after))


def _said(key: str, value: Any) -> str:
    if value is None or value is False or value in ("", ()) or value == {}:
        return f"no {key}" if key == "required" or key == "nullable" else _NOTHING
    if isinstance(value, msgspec.Struct) and shown(value) == "{}":
        return _NOTHING
    return f"{key} {format_duration(value) if key == 'retention' else shown(value)}"
