"""Compares events: removed, added and renamed ones; names, status, sources, rules and policies of the others.

A new name is a rename only if the event declares it: its `aliases` or its `wire_name` have the old name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from footfall.plan.model import Enforcement, Event, Policy
from footfall.planning.diff.changes import RawChange
from footfall.planning.diff.properties import compare_additional, compare_properties
from footfall.planning.diff.renames import renamed_properties, same_rule
from footfall.planning.diff.wording import say, say_list

__all__ = [
    "EVENT_FIELDS", "accepted_names", "compare_event", "compare_policies", "compare_shape", "event_shape",
    "pair_events",
]  # fmt: skip

_STRICTNESS: tuple[Policy, ...] = ("keep", "warn", "flag", "quarantine", "drop", "raise")
_FAULTS = ("unknown_event", "unknown_property", "invalid")
_STATUS: Mapping[tuple[str, str], str] = {
    ("draft", "active"): "event_activated",
    ("deprecated", "active"): "event_activated",
    ("draft", "deprecated"): "event_activated",
    ("active", "deprecated"): "event_deprecated",
    ("active", "draft"): "event_to_draft",
    ("deprecated", "draft"): "event_to_draft",
}
_DESCRIBING = ("description", "purpose", "actor", "since", "expires", "links", "deprecated", "volume", "no_lint", "x")

_COMPARED = (
    "name", "wire_name", "aliases", "status", "sources", "channel", "derived", "rules", "properties", "additional",
    "enforcement", "owner", "consent",
)  # fmt: skip
EVENT_FIELDS = frozenset((*_COMPARED, *_DESCRIBING))
"""The fields of Event that are compared; a test compares them with the model."""


def accepted_names(event: Event) -> dict[str, str]:
    """Every name under which the event is accepted on the wire, with the day until which ("" is for ever)."""
    names = {alias.name: alias.until for alias in event.aliases}
    return {**names, event.name: "", event.wire_name: ""}


def pair_events(base: Mapping[str, Event], new: Mapping[str, Event]) -> Iterator[tuple[Event | None, Event | None]]:
    """The events of two plans side by side: those of the base in its order, then those that are new."""
    if all(name in new for name in base):
        heirs: dict[str, Event] = {}
    else:
        heirs = {
            name: event for event in new.values() if event.name not in base for name in reversed(accepted_names(event))
        }
    taken = set()
    for event in base.values():
        match = new.get(event.name) or heirs.get(event.name) or heirs.get(event.wire_name)
        if match is not None and match.name in taken:
            match = None  # two events became one: the first of them goes on
        if match is not None:
            taken.add(match.name)
        yield event, match
    yield from ((None, event) for event in new.values() if event.name not in taken)


def event_shape(event: Event) -> object:
    """What an event of another name would have in common with it: its properties and rules; None without properties."""
    return (event.properties, event.rules) if event.properties else None


def compare_event(old: Event, new: Event, levels: tuple[str, ...]) -> Iterator[RawChange]:
    """Every difference between two versions of an event; paths start below the event."""
    if old.name != new.name:
        yield RawChange("event_renamed", f"renames {old.name} to {{where}}", before=old.name, after=new.name)
    yield from compare_shape(old, new, levels)
    kind = _STATUS.get((old.status, new.status))
    if kind is not None:
        what = f"changes its status from {old.status} to {new.status}"
        yield RawChange(kind, what, before=old.status, after=new.status)
    yield from _sources(old, new)
    if old.channel != new.channel:
        words = [event.channel or "that of the source" for event in (old, new)]
        what = f"changes its channel to {words[1]} (it was {words[0]})"
        yield RawChange("channel_changed", what, path=("channel",), before=old.channel, after=new.channel)
    yield from _derived(old, new)
    yield from compare_policies(old.enforcement, new.enforcement)
    if old.consent != new.consent:
        was, now = (say_list(event.consent) or "the first purpose" for event in (old, new))
        what = f"needs the consent to {now} (it was {was})"
        yield RawChange("consent_changed", what, before=was, after=now)
    if old.owner != new.owner:
        what = f"changes its owner from {old.owner or 'nobody'} to {new.owner or 'nobody'}"
        yield RawChange("owner_changed", what, before=old.owner or None, after=new.owner or None)
    changed = [key for key in _DESCRIBING if getattr(old, key) != getattr(new, key)]
    changed += ["messages of rules"] if _messages(old, new) != _messages(new, old) else []
    if changed:
        keys = [key for key in changed if hasattr(old, key)]
        is_single = len(changed) == len(keys) == 1
        before, after = (say(getattr(event, keys[0])) if is_single else None for event in (old, new))
        yield RawChange("event_described", f"changes its {' and '.join(changed)}", before=before, after=after)


def compare_shape(old: Event, new: Event, levels: tuple[str, ...]) -> Iterator[RawChange]:
    """The differences in what is right to send: names on the wire, properties, rules."""
    yield from _names(old, new)
    yield from compare_properties(old.properties, new.properties, levels)
    yield from compare_additional(old, new)
    yield from _rules(old, new)


def _names(old: Event, new: Event) -> Iterator[RawChange]:
    before, after = accepted_names(old), accepted_names(new)
    if before == after:
        if old.wire_name != new.wire_name or old.aliases != new.aliases:
            what = "puts its names on the wire in another order"
            yield RawChange("event_described", what, before=old.wire_name, after=new.wire_name)
        return
    for name, until in before.items():
        if name not in after:
            kind = "alias_dropped" if until else "wire_name_dropped"
            yield RawChange(kind, f"no longer accepts the name {name!r}", before=name)
        elif until != after[name]:
            if not until and name in {old.name, old.wire_name}:  # a rename that says how long the old name is taken
                what = f"takes the old name {name!r} {_until(after[name])}"
                yield RawChange("old_name_ends", what, before=_until(""), after=_until(after[name]))
                continue
            shorter = bool(after[name]) and (not until or after[name] < until)
            kind = "alias_shortened" if shorter else "alias_lengthened"
            what = f"accepts the name {name!r} {_until(after[name])} (it was {_until(until)})"
            yield RawChange(kind, what, before=_until(until), after=_until(after[name]))
    for name in after:
        if name not in before and not (old.name != new.name and name == new.name):
            yield RawChange("wire_name_added", f"accepts the name {name!r} too", after=name)


def _until(day: str) -> str:
    return f"until {day}" if day else "for ever"


def _rules(old: Event, new: Event) -> Iterator[RawChange]:
    if old.rules == new.rules:
        return
    names = renamed_properties(old, new)
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    for id_, rule in before.items():
        path = ("rules", id_)
        if id_ not in after:
            yield RawChange(
                "rule_removed", f"no longer checks {rule.check}", path=path, before=rule.check, in_base=True
            )
        elif not same_rule(rule.check, after[id_].check, names):
            what = f"checks {after[id_].check}, where it was {rule.check}"
            yield RawChange("rule_changed", what, path=path, before=rule.check, after=after[id_].check)
    for id_, rule in after.items():
        if id_ not in before:
            yield RawChange("rule_added", f"checks {rule.check}", path=("rules", id_), after=rule.check)


def _messages(event: Event, other: Event) -> dict[str, str]:
    both = {rule.id for rule in other.rules}
    return {rule.id: rule.message for rule in event.rules if rule.id in both}


def _derived(old: Event, new: Event) -> Iterator[RawChange]:
    before, after = ({each.name: each.expression for each in event.derived} for event in (old, new))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            was, now = before.get(name, "nothing"), after.get(name, "nothing")
            what = f"derives {name} by {now} (it was {was})"
            yield RawChange(
                "derived_changed", what, path=("derive", name), before=before.get(name), after=after.get(name)
            )


def _sources(old: Event, new: Event) -> Iterator[RawChange]:
    if old.sources == new.sources:
        return
    before, after = say_list(old.sources) or "any", say_list(new.sources) or "any"
    gone = bool(new.sources) and (not old.sources or not set(old.sources) <= set(new.sources))
    kind = "sources_narrowed" if gone else "sources_widened"
    if set(old.sources) == set(new.sources):
        kind = "event_described"
    what = f"is sent by {after} (it was {before})"
    yield RawChange(kind, what, path=("sources",), before=before, after=after)


def compare_policies(old: Mapping[str, Enforcement], new: Mapping[str, Enforcement]) -> Iterator[RawChange]:
    """The differences in what happens on a fault, one for each place; a place that is not named has the defaults."""
    for place in sorted(old.keys() | new.keys()):
        old_policies, new_policies = old.get(place), new.get(place)
        if old_policies == new_policies:
            continue
        harder = new_policies is not None and (old_policies is None or _is_stricter(new_policies, old_policies))
        kind = "enforcement_tightened" if harder else "enforcement_loosened"
        before, after = _policies(old_policies), _policies(new_policies)
        what = f"changes what happens to faults at {_PLACES.get(place, place)}: {after} (it was {before})"
        yield RawChange(kind, what, path=("enforcement",), before=before, after=after)


_PLACES = {"test": "tests", "client": "the client", "collector": "the collector"}


def _is_stricter(policies: Enforcement, other: Enforcement) -> bool:
    """Whether any fault has a harder consequence."""
    rank = _STRICTNESS.index
    return any(rank(getattr(policies, fault)) > rank(getattr(other, fault)) for fault in _FAULTS)


def _policies(policies: Enforcement | None) -> str:
    if policies is None:
        return "the default"
    return ", ".join(f"{fault} {getattr(policies, fault)}" for fault in _FAULTS)
