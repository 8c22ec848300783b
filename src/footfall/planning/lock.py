"""The lock of a plan: the version of each event, computed from its shape, and tombstones of names that were taken away.

Nobody writes a version by hand. An event starts at 1.0 (a draft at 0.1); a change that can make right events faulty
raises the major number, any other change of its shape the minor one. The shape is what is right to send: names on the
wire, properties with their constraints, rules; texts, owners, sensitivity and the order of things are no part of it. A
name that was taken away may come back with the meaning that it had. With another meaning, what is stored under it and
what comes in would not be of one kind, so that is a finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from footfall.errors import Problem
from footfall.plan.model import Event, Plan, Property, Rule
from footfall.planning.diff.events import accepted_names, compare_shape, pair_events
from footfall.planning.diff.kinds import KINDS

__all__ = ["LOCK_CODES", "LockedEvent", "PlanLock", "Removed", "Tombstone", "hash_of", "lock_plan", "shape_of", "stale"]

LOCK_CODES: Mapping[str, str] = {
    "lock_missing": "Versions are computed from the lock, so it is kept in git beside the plan.",
    "lock_stale": "The plan has changed since the lock was written, so the lock's versions are not the plan's.",
    "name_reused": "Data of two meanings would be stored under one name.",
}


class LockedEvent(msgspec.Struct, frozen=True):
    """The version of an event, the SHA-256 of its shape, and the shape, to compare the next one with."""

    version: str
    hash: str
    shape: Event


class Tombstone(msgspec.Struct, frozen=True):
    """A name that was taken away: the version of the event that had it last, its key on the wire, what it meant."""

    version: str
    wire: str
    means: str


class Removed(msgspec.Struct, frozen=True):
    """What was taken away: names of events, and properties as `event.property`."""

    names: Mapping[str, Tombstone] = {}
    properties: Mapping[str, Tombstone] = {}


class PlanLock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole lock, as in plan.lock.json; names are sorted."""

    footfall_lock: int
    plan: str
    events: Mapping[str, LockedEvent] = {}
    removed: Removed = Removed()


VERSION = 1


def shape_of(event: Event) -> Event:
    """What is right to send, and nothing else, in one order whatever the plan's."""
    return Event(
        name=event.name,
        wire_name=event.wire_name,
        aliases=tuple(sorted(event.aliases, key=lambda alias: alias.name)),
        properties=_shapes(event.properties),
        additional=event.additional,
        rules=tuple(Rule(id=rule.id, check=rule.check) for rule in sorted(event.rules, key=lambda rule: rule.id)),
    )


def _shapes(properties: tuple[Property, ...]) -> tuple[Property, ...]:
    return tuple(sorted(map(_shape, properties), key=lambda prop: prop.name))


# What readers see and how values are protected is no part of what is right to send.
_LEFT_OUT = frozenset({"description", "examples", "sensitivity", "retention", "no_lint", "x"})
_KEPT = tuple(key for key in Property.__struct_fields__ if key not in _LEFT_OUT)


def _shape(prop: Property) -> Property:
    fields: dict[str, Any] = {}
    for key in _KEPT:
        value = getattr(prop, key)
        if isinstance(value, Decimal):
            value = value.normalize() + 0
        elif isinstance(value, Property):
            value = _shape(value)
        elif key == "properties":
            value = _shapes(value)
        elif isinstance(value, tuple):
            value = tuple(sorted(value, key=str))
        fields[key] = value
    return Property(**fields)


def hash_of(shape: Event) -> str:
    """The SHA-256 of a shape's canonical JSON, in hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(shape)).hexdigest()


def lock_plan(
    plan: Plan, before: PlanLock | None = None, *, reuse: Collection[str] = ()
) -> tuple[PlanLock, list[Problem]]:
    """The lock of a plan that had the lock `before`, and the names that came back with another meaning.

    `reuse` are names that may (`order_completed.total`, or the name of an event). Computed from its arguments alone:
    the same plan and lock give the same lock, and locking twice changes nothing. Findings have no place in a file yet.
    """
    before = before or PlanLock(VERSION, plan.id)
    problems: list[Problem] = []
    events: dict[str, LockedEvent] = {}
    names = dict(before.removed.names)
    properties = dict(before.removed.properties)
    shapes = {event.name: shape_of(event) for event in plan.events.values()}
    for old, shape in pair_events({name: event.shape for name, event in before.events.items()}, shapes):
        locked = None if old is None else before.events[old.name]
        if shape is None:
            assert locked is not None
            names[locked.shape.name] = Tombstone(locked.version, locked.shape.wire_name, _event_means(locked.hash))
            continue
        if old is not None and locked is not None:
            names.update(_lost_names(old, shape, locked.version))
            if old.name != shape.name:
                properties = {_renamed_key(key, old.name, shape.name): stone for key, stone in properties.items()}
            properties.update(_lost_properties(old, shape, locked.version))
        is_draft = plan.events[shape.name].status == "draft"
        if locked is None and shape.name in names:
            version = _version_after_return(names[shape.name], hash_of(shape), is_draft=is_draft)
        else:
            version = _version(locked, shape, is_draft=is_draft)
        events[shape.name] = LockedEvent(version, hash_of(shape), shape)
    names = dict(_kept(names, _name_carriers(names, events), reuse, problems))
    properties = dict(_kept(properties, _property_carriers(properties, events), reuse, problems))
    removed = Removed(dict(sorted(names.items())), dict(sorted(properties.items())))
    return PlanLock(VERSION, plan.id, dict(sorted(events.items())), removed), problems


def _numbers(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def _version(locked: LockedEvent | None, shape: Event, *, is_draft: bool) -> str:
    if locked is None:
        return "0.1" if is_draft else "1.0"
    major, minor = _numbers(locked.version)
    if major == 0 and not is_draft:
        return "1.0"
    if locked.hash == hash_of(shape):
        return locked.version
    breaks = any("senders" in KINDS[draft.kind].hurts for draft in compare_shape(locked.shape, shape, ()))
    return f"{major + 1}.0" if breaks and major else f"{major}.{minor + 1}"


def _version_after_return(stone: Tombstone, shape_hash: str, *, is_draft: bool) -> str:
    """The version of an event that comes back: the one that it had, or the next major one."""
    major, minor = _numbers(stone.version)
    if stone.means == _event_means(shape_hash) and (major or is_draft):
        return stone.version
    return f"0.{minor + 1}" if is_draft and not major else f"{major + 1}.0"


# What was taken away, and what came back


def _event_means(shape_hash: str) -> str:
    return f"event {shape_hash}"


def _name_means(event: str) -> str:
    return f"name of {event}"


def _lost_names(old: Event, new: Event, version: str) -> Iterator[tuple[str, Tombstone]]:
    after = accepted_names(new)
    for name in accepted_names(old):
        if name not in after:
            yield name, Tombstone(version, name, _name_means(new.name))


def _lost_properties(old: Event, new: Event, version: str) -> Iterator[tuple[str, Tombstone]]:
    after = _flat(new)
    keys = {wire for wire, _ in after.values()}
    for name, (wire, means) in _flat(old).items():
        if name not in after and wire not in keys:
            yield f"{new.name}.{name}", Tombstone(version, wire, means)


def _renamed_key(key: str, old: str, new: str) -> str:
    return f"{new}.{key.removeprefix(f'{old}.')}" if key.startswith(f"{old}.") else key


def _flat(event: Event) -> dict[str, tuple[str, str]]:
    """Every property at any depth: its path by names, to its path by keys on the wire and what it means."""
    return {name: (wire, means) for name, wire, means in _paths(event.properties, "", "")}


def _paths(properties: tuple[Property, ...], names: str, wires: str) -> Iterator[tuple[str, str, str]]:
    for prop in properties:
        name, wire = f"{names}{prop.name}", f"{wires}{prop.wire_name}"
        yield name, wire, _means(prop)
        inner, mark = prop, ""
        while inner.items is not None or inner.values is not None:
            mark += "[]" if inner.items is not None else "{}"
            inner = inner.items or inner.values or inner
        yield from _paths(inner.properties, f"{name}{mark}.", f"{wire}{mark}.")


def _means(prop: Property) -> str:
    """What a property is: its type, and of what; its format, unit, currency and transform. Its limits may change."""
    kind = "|".join(prop.types) if prop.type == "union" else prop.type
    of = prop.items or prop.values
    parts = [kind, f"of {_means(of)}" if of is not None else "", prop.format, prop.unit, prop.currency, prop.transform]
    return " ".join(part for part in parts if part)


def _name_carriers(names: Mapping[str, Tombstone], events: Mapping[str, LockedEvent]) -> dict[str, dict[str, set[str]]]:
    """For each name that was taken away: who has it now, and what it can mean there."""
    carried: dict[str, list[LockedEvent]] = {}
    for locked in events.values():
        for name in accepted_names(locked.shape):
            carried.setdefault(name, []).append(locked)
    return {
        key: {
            locked.shape.name: {_event_means(locked.hash), _name_means(locked.shape.name)}
            for name in {key, stone.wire}
            for locked in carried.get(name, ())
        }
        for key, stone in names.items()
    }


def _property_carriers(
    properties: Mapping[str, Tombstone], events: Mapping[str, LockedEvent]
) -> dict[str, dict[str, set[str]]]:
    flat = {name: _flat(events[name].shape) for name in {key.partition(".")[0] for key in properties} & events.keys()}
    return {
        key: {
            f"{key.partition('.')[0]}.{name}": {means}
            for name, (wire, means) in flat.get(key.partition(".")[0], {}).items()
            if name == key.partition(".")[2] or wire == stone.wire
        }
        for key, stone in properties.items()
    }


def _kept(
    stones: Mapping[str, Tombstone],
    carriers: Mapping[str, Mapping[str, set[str]]],
    reuse: Collection[str],
    problems: list[Problem],
) -> Iterator[tuple[str, Tombstone]]:
    """The tombstones to keep. A name that came back with another meaning is a problem, and its tombstone stays."""
    for key, stone in stones.items():
        elsewhere = [where for where, meanings in carriers[key].items() if stone.means not in meanings]
        if key in reuse or (carriers[key] and not elsewhere):
            continue
        yield key, stone
        for where in elsewhere:
            had = "" if stone.means.startswith("event ") else f", where it meant: {stone.means}"
            message = f"the name {stone.wire!r} was taken away after version {stone.version}{had}"
            remedy = f"choose another name, or say that it may: footfall plan lock --reuse {key!r}"
            problems.append(Problem("name_reused", message, remedy=remedy, where=where))


def stale(lock: PlanLock, now: PlanLock) -> list[Problem]:
    """What a lock does not say as `now`, the lock that the plan should have, does."""
    problems = []

    def add(where: str, message: str) -> None:
        problems.append(Problem("lock_stale", message, remedy="run footfall plan lock", where=where))

    if lock.plan != now.plan:
        add("plan", f"the lock is that of the plan {lock.plan!r}")
    for name, event in now.events.items():
        before = lock.events.get(name)
        if before is None:
            add(name, f"is not in the lock; it will be version {event.version}")
        elif before != event:
            add(name, f"has changed since version {before.version}; it will be version {event.version}")
    for name, before in lock.events.items():
        if name not in now.events:
            add(name, f"is in the lock with version {before.version}, and not in the plan")
    if not problems and lock != now:
        add("", "the tombstones of the lock are not those of the plan")
    return problems
