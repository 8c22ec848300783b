"""Attribution: whose each message is, and how we know.

The answer is a pure function of the set of observations: neither their order, nor repeats, nor the pieces in which they
arrived change it. The rules, in the order in which they are tried:

- a message with a usable user_id is that user's (`explicit`);
- one with a usable device_id and no user belongs to the connected product (`device`), which is no person;
- one with a usable anonymous_id goes to the one user ever identified on that device (`sole_owner`); where there were
  several, to the one identified before it in the same session, else after it (`same_session`), else to an anonymous
  person of that session alone (`contested`); where there were none, to the device's anonymous person (`anonymous`);
- anything else is a person of its own that is not counted (`blocked`).

People are never merged because they share a device, only by an alias of one user id to another
(`footfall.identity.aliases`). Ids are compared as `footfall.identity.ids` says, and usable where they are no junk
(`footfall.identity.junk`). The same rules in SQL: `footfall.identity.sql`.

A person_id is the UUIDv5 of a name in the plan's namespace, which is the UUIDv5 of the plan's id in `ROOT`:

- `u:` and the canonical user id; `a:` and the anonymous_id; `d:` and the device_id;
- `s:` and the compact JSON of [anonymous_id, source, message_id] for a contested session, by its first message;
- `m:` and the compact JSON of [source, message_id] for a message that is a person of its own.

Compact JSON is UTF-8 without spaces, and escapes only what it must.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

import msgspec

from footfall.identity.aliases import AliasEffect, alias_effects, canonical_ids
from footfall.identity.ids import comparable
from footfall.identity.junk import is_junk
from footfall.identity.sessions import TimelineEntry, nearest_identifications, sessions

__all__ = ["ROOT", "Attribution", "Observation", "Reason", "attribute", "effects_of_aliases", "namespace"]

Reason = Literal["explicit", "sole_owner", "same_session", "contested", "anonymous", "blocked", "device"]

ROOT = UUID("1ec14b04-ec91-5186-be8c-3f7072c445c6")
"""The root namespace of all person ids, `uuid5(NAMESPACE_DNS, "footfall")`. It never changes."""

Key = tuple[str, str]


class Observation(msgspec.Struct, frozen=True, gc=False):
    """What identity needs to know of one message, as it stands in the journal; ids as they were sent, junk included.

    An alias that was revoked comes without its previous_id.

    `(source, message_id)` names the message. `occurred_at` is the corrected time, in microseconds since 1970-01-01 UTC.
    """

    source: str
    message_id: str
    type: str
    occurred_at: int
    user_id: str | None = None
    anonymous_id: str | None = None
    device_id: str | None = None
    previous_id: str | None = None


class Attribution(msgspec.Struct, frozen=True, gc=False):
    """Whose a message is. `evidence` names the message (source, message_id) that says so, where one does.

    `user_id` is the person's canonical user id, None for whoever is not known; `counted` is False for what is not to be
    counted as a person.
    """

    person_id: str
    reason: Reason
    evidence: Key | None
    user_id: str | None
    counted: bool


def namespace(plan_id: str) -> UUID:
    """The namespace of a plan's person ids: whoever knows the plan's id can compute them."""
    return uuid5(ROOT, plan_id)


def attribute(observations: Iterable[Observation], ns: UUID) -> dict[Key, Attribution]:
    """Attribute every message, by (source, message_id). Takes time in proportion to n log n.

    Should two observations bear one name and differ, which the journal rules out, the smaller one counts.
    """
    seen = _usable(observations)
    canonical = canonical_ids(pair for pair, effect in _effects(seen).items() if effect == "merged")
    devices = {device: _Device(device, moments) for device, moments in _timelines(seen, canonical).items()}
    person = _person_ids(ns)
    return {
        (one.source, one.message_id): _attribute_one(one, canonical=canonical, devices=devices, person=person)
        for one in seen
    }


def effects_of_aliases(observations: Iterable[Observation]) -> dict[Key, AliasEffect]:
    """What each alias does, by (source, message_id)."""
    seen = _usable(observations)
    effects = _effects(seen)
    return {
        (one.source, one.message_id): effects.get((one.previous_id or "", one.user_id or ""), "unusable")
        for one in seen
        if one.is_alias
    }


def _effects(seen: Iterable[_Seen]) -> dict[tuple[str, str], AliasEffect]:
    return alias_effects(
        ((one.previous_id, one.user_id) for one in seen if one.previous_id is not None and one.user_id is not None),
        anonymous={one.anonymous_id for one in seen if one.anonymous_id is not None},
        users={one.user_id for one in seen if one.user_id is not None},
    )


class _Seen(msgspec.Struct, frozen=True, gc=False):
    """An observation with its ids as they are compared, None where unusable; previous_id only of an alias."""

    source: str
    message_id: str
    occurred_at: int
    is_reset: bool
    is_alias: bool
    user_id: str | None
    anonymous_id: str | None
    device_id: str | None
    previous_id: str | None

    @property
    def is_device_stream(self) -> bool:
        return self.user_id is None and self.device_id is not None


class _Device:
    """What one device's timeline says: who was identified on it, and which identification holds for each message."""

    def __init__(self, device: str, moments: list[TimelineEntry]) -> None:
        moments.sort()
        self.device = device
        self.owners = {moment.owner for moment in moments if moment.owner is not None}
        self.first = next((moment for moment in moments if moment.owner is not None), None)
        # Only a device with several users needs its sessions.
        # message -> (the identification that holds for it, the message that its session begins with)
        self.held: dict[Key, tuple[TimelineEntry | None, Key]] = {}
        if len(self.owners) > 1:
            for session in sessions(moments):
                for moment, holds in zip(session, nearest_identifications(session), strict=True):
                    self.held[moment.source, moment.message_id] = (holds, (session[0].source, session[0].message_id))


class _Found(NamedTuple):
    """A person's name before it is hashed, and the rest of an Attribution."""

    name: str
    reason: Reason
    evidence: Key | None
    user_id: str | None
    counted: bool


def _usable(observations: Iterable[Observation]) -> list[_Seen]:
    usable_ids: dict[str | None, str | None] = {None: None}

    def usable(given: str | None) -> str | None:
        try:
            return usable_ids[given]
        except KeyError:
            pass
        answer = usable_ids[given] = None if given is None or is_junk(given) else comparable(given)
        return answer

    by_name: dict[Key, Observation] = {}
    for one in observations:
        before = by_name.setdefault((one.source, one.message_id), one)
        if before is not one and before != one:
            by_name[one.source, one.message_id] = min(before, one, key=_order_of_twins)
    return [
        _Seen(
            one.source,
            one.message_id,
            one.occurred_at,
            one.type == "reset",
            one.type == "alias",
            usable(one.user_id),
            usable(one.anonymous_id),
            usable(one.device_id),
            usable(one.previous_id) if one.type == "alias" else None,
        )
        for one in by_name.values()
    ]


def _order_of_twins(one: Observation) -> tuple[object, ...]:
    ids = (one.user_id, one.anonymous_id, one.device_id, one.previous_id)
    return (one.occurred_at, one.type, *((text is not None, text or "") for text in ids))


def _timelines(seen: Iterable[_Seen], canonical: Mapping[str, str]) -> dict[str, list[TimelineEntry]]:
    timelines: dict[str, list[TimelineEntry]] = {}
    for one in seen:
        for device in _devices_of(one):
            owner = None if one.user_id is None else canonical.get(one.user_id, one.user_id)
            moment = TimelineEntry(one.occurred_at, one.source, one.message_id, owner, one.is_reset)
            timelines.setdefault(device, []).append(moment)
    return timelines


def _devices_of(one: _Seen) -> Iterator[str]:
    if one.anonymous_id is not None and not one.is_device_stream:
        yield one.anonymous_id
    # SDKs alias the anonymous id of a browser, so an alias also says who uses the device of that name.
    if one.previous_id is not None and one.user_id is not None and one.previous_id != one.anonymous_id:
        yield one.previous_id


def _person_ids(ns: UUID) -> Callable[[str], str]:
    known: dict[str, str] = {}

    def person_id(name: str) -> str:
        found = known.get(name)
        if found is None:
            found = known[name] = str(uuid5(ns, name))
        return found

    return person_id


def _attribute_one(
    one: _Seen, *, canonical: Mapping[str, str], devices: Mapping[str, _Device], person: Callable[[str], str]
) -> Attribution:
    if one.user_id is not None:
        user = canonical.get(one.user_id, one.user_id)
        found = _Found(f"u:{user}", "explicit", (one.source, one.message_id), user, counted=True)
    elif one.device_id is not None:
        found = _Found(f"d:{one.device_id}", "device", None, None, counted=False)
    elif one.anonymous_id is not None:
        found = _on_device(one, devices[one.anonymous_id])
    else:
        found = _Found(_name("m", one.source, one.message_id), "blocked", None, None, counted=False)
    return Attribution(person(found.name), found.reason, found.evidence, found.user_id, found.counted)


def _on_device(one: _Seen, device: _Device) -> _Found:
    if device.first is None:
        return _Found(f"a:{device.device}", "anonymous", None, None, counted=True)
    if len(device.owners) == 1:
        return _identified(device.first, "sole_owner")
    holds, session = device.held[one.source, one.message_id]
    if holds is not None:
        return _identified(holds, "same_session")
    return _Found(_name("s", device.device, *session), "contested", None, None, counted=True)


def _name(kind: str, *parts: str) -> str:
    return f"{kind}:{msgspec.json.encode(parts).decode()}"


def _identified(evidence: TimelineEntry, reason: Reason) -> _Found:
    name, user_id = f"u:{evidence.owner}", evidence.owner
    return _Found(name, reason, (evidence.source, evidence.message_id), user_id, counted=True)
