"""Compares a plan with what came back from another format: every difference is a loss with its location.

Properties are matched by their names on the wire, and events too, as these are the names that other formats know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from footfall.plan.checking.validate import Stage, policy_of
from footfall.plan.durations import format_duration
from footfall.plan.model import Event, Plan, Property
from footfall.planning.interop.losses import LossReport, shown

__all__ = ["compare_plans"]

_NOTHING = "nothing"
_STAGES: tuple[Stage, ...] = ("test", "client", "collector")
# Compared part by part, not as a whole.
_PARTS = frozenset(("properties", "items", "values", "events", "traits", "enforcement", "additional"))
_SECTIONS: Mapping[str, str] = {
    "teams": "team", "sources": "source", "goals": "goal", "kpis": "kpi",
    "experiments": "experiment", "signals": "signal", "boards": "board", "journeys": "journey",
    "campaigns": "campaign",
    "segments": "segment", "cohorts": "cohort",
    "silences": "silence", "derived_events": "derived event",
}  # fmt: skip


def compare_plans(before: Plan, after: Plan, losses: LossReport) -> None:
    """Note in `losses` everything that `before` says and `after` says otherwise, or not at all."""
    for field in msgspec.structs.fields(Plan):
        if field.name not in _PARTS and field.name not in _SECTIONS:
            _value("plan", field.name, getattr(before, field.name), getattr(after, field.name), losses)
    for stage in _STAGES:
        _value("plan", f"enforcement.{stage}", policy_of(before, stage), policy_of(after, stage), losses)
    for section, word in _SECTIONS.items():
        _entries(word, getattr(before, section), getattr(after, section), losses)
    for kind in sorted({*before.traits, *after.traits}):
        _properties(f"traits.{kind}", before.traits.get(kind, ()), after.traits.get(kind, ()), losses)
    _events(before, after, losses)


def _events(before: Plan, after: Plan, losses: LossReport) -> None:
    names = {event.wire_name: event for event in after.events.values()}
    unmatched = dict(after.events)
    for event in before.events.values():
        match = names.get(event.wire_name) or after.events.get(event.name)
        if match is None or match.name not in unmatched:
            losses.add("loss_not_said", event.name, "the event", _NOTHING)
            continue
        del unmatched[match.name]
        _event(event, match, before, after, losses)
    for name in unmatched:
        losses.add("loss_not_said", name, _NOTHING, "an event that was not there")
    order = [event.wire_name for event in before.events.values()]
    _order("plan", "events", order, [event.wire_name for event in after.events.values()], losses)


def _event(event: Event, match: Event, before: Plan, after: Plan, losses: LossReport) -> None:
    _fields(event.name, event, match, losses)
    for stage in _STAGES:
        mine, theirs = policy_of(before, stage, event), policy_of(after, stage, match)
        if mine != theirs and (mine != policy_of(before, stage) or theirs != policy_of(after, stage)):
            _value(event.name, f"enforcement.{stage}", mine, theirs, losses)
    _additional(event.name, event.additional, match.additional, losses)
    _properties(event.name, event.properties, match.properties, losses)


def _properties(path: str, before: Iterable[Property], after: Iterable[Property], losses: LossReport) -> None:
    mine, theirs = ({prop.wire_name or prop.name: prop for prop in each} for each in (before, after))
    for key, prop in mine.items():
        here = f"{path}.{prop.name}"
        if key in theirs:
            _property(here, prop, theirs[key], losses)
        else:
            losses.add("loss_not_said", here, "the property", _NOTHING)
    for key, prop in theirs.items():
        if key not in mine:
            losses.add("loss_not_said", f"{path}.{prop.name}", _NOTHING, "a property that was not there")
    _order(path, "properties", list(mine), list(theirs), losses)


def _property(path: str, before: Property, after: Property, losses: LossReport) -> None:
    _fields(path, before, after, losses)
    _additional(path, before.additional, after.additional, losses)
    _properties(path, before.properties, after.properties, losses)
    for key, mark in (("items", "[]"), ("values", "{}")):
        mine, theirs = getattr(before, key), getattr(after, key)
        if mine is not None and theirs is not None:
            _property(f"{path}{mark}", mine, theirs, losses)
        elif mine is not theirs:
            _value(path, key, mine, theirs, losses)


def _additional(path: str, before: bool | None, after: bool | None, losses: LossReport) -> None:
    if before is None and after is not None:
        # Said once: it is so for every object that leaves the decision to the plan.
        lost = "enforcement.unknown_property, where an object has no `additional`"
        losses.add("loss_not_said", "plan", lost, "additional true or false, on each object")
    elif before != after:
        words = {True: "additional true", False: "additional false", None: "no additional"}
        losses.add("loss_not_said", path, words[before], words[after])


def _fields(path: str, before: msgspec.Struct, after: msgspec.Struct, losses: LossReport) -> None:
    for field in msgspec.structs.fields(type(before)):
        if field.name not in _PARTS:
            _value(path, field.name, getattr(before, field.name), getattr(after, field.name), losses)


def _entries(word: str, before: Mapping[str, Any], after: Mapping[str, Any], losses: LossReport) -> None:
    for name, entry in before.items():
        if name not in after:
            losses.add("loss_not_said", f"{word}:{name}", f"the {word}", _NOTHING)
        else:
            _fields(f"{word}:{name}", entry, after[name], losses)
    for name in after:
        if name not in before:
            losses.add("loss_not_said", f"{word}:{name}", _NOTHING, f"a {word} that was not there")


def _order(path: str, things: str, before: list[str], after: list[str], losses: LossReport) -> None:
    mine, theirs = [key for key in before if key in after], [key for key in after if key in before]
    if mine != theirs:
        losses.add("loss_not_said", path, f"the order of its {things}", f"{', '.join(theirs)}")


def _value(path: str, key: str, before: Any, after: Any, losses: LossReport) -> None:
    if key == "x" and isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            _value(path, name, before.get(name), after.get(name), losses)
        return
    if before != after:
        losses.add("loss_not_said", path, _in_words(key, before), _in_words(key, after))


def _in_words(key: str, value: Any) -> str:
    if value is None or value is False or value in ("", ()) or value == {}:
        return f"no {key}" if key == "required" or key == "nullable" else _NOTHING
    if isinstance(value, msgspec.Struct) and shown(value) == "{}":
        return _NOTHING
    return f"{key} {format_duration(value) if key == 'retention' else shown(value)}"
