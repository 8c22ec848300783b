"""Attribution: whose each message is, and how we know.

The answer is a pure function of the set of observations: neither their order, nor repeats, nor the pieces in which they
arrived change it. The rules, in the order in which they are tried:

- a message with a usable user_id is that user's (`explicit`);
- one with a usable device_id and no user belongs to the connected product (`device`), which is no person;
- one with a usable anonymous_id goes to the one user ever identified on that device (`sole_owner`); where there were
  several, to the one identified before it in the same session, else after it (`same_session`), else to an anonymous
  person of that session alone (`contested`); where there were none, to the device's anonymous person (`anonymous`);
- anything else is a person of its own that is not counted (`blocked`).

People are never merged because they share a device, only by an alias. The same rules in SQL: `footfall.identity.sql`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

import msgspec

from footfall.identity.aliases import canonical_ids
from footfall.identity.junk import is_junk
from footfall.identity.sessions import Moment, nearest_identifications, sessions

__all__ = ["Attribution", "Observation", "Reason", "attribute", "namespace"]

Reason = Literal["explicit", "sole_owner", "same_session", "contested", "anonymous", "blocked", "device"]

# uuid5(uuid.NAMESPACE_DNS, "footfall"): fixed for ever, for every person_id depends on it.
_FOOTFALL = UUID("1ec14b04-ec91-5186-be8c-3f7072c445c6")

Key = tuple[str, str]


class Observation(msgspec.Struct, frozen=True, gc=False):
    """What identity needs to know of one message, as it stands in the journal; ids as they were sent, junk included.

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
    return uuid5(_FOOTFALL, plan_id)


def attribute(observations: Iterable[Observation], ns: UUID) -> dict[Key, Attribution]:
    """Attribute every message, by (source, message_id). Takes time in proportion to n log n.

    Should two observations bear one name and differ, which the journal rules out, the smaller one counts.
    """
    seen = _usable(observations)
    canonical = canonical_ids((one.previous_id, one.user_id) for one in seen if one.previous_id and one.user_id)
    devices = {device: _Device(device, moments) for device, moments in _timelines(seen, canonical).items()}
    person = _person_ids(ns)
    return {
        (one.source, one.message_id): _attribute_one(one, canonical=canonical, devices=devices, person=person)
        for one in seen
    }


class _Seen(msgspec.Struct, frozen=True, gc=False):
    """An observation whose unusable ids are None; previous_id only where it makes a link."""

    source: str
    message_id: str
    occurred_at: int
    is_reset: bool
    user_id: str | None
    anonymous_id: str | None
    device_id: str | None
    previous_id: str | None

    @property
    def is_device_stream(self) -> bool:
        return self.user_id is None and self.device_id is not None


class _Device:
    """What one device's timeline says: who was identified on it, and which identification holds for each message."""

    def __init__(self, device: str, moments: list[Moment]) -> None:
        moments.sort()
        self.device = device
        self.owners = {moment.owner for moment in moments if moment.owner is not None}
        self.first = next((moment for moment in moments if moment.owner is not None), None)
        # Only a device with several users needs its sessions.
        # message -> (the identification that holds for it, the message_id that its session begins with)
        self.held: dict[Key, tuple[Moment | None, str]] = {}
        if len(self.owners) > 1:
            for session in sessions(moments):
                for moment, holds in zip(session, nearest_identifications(session), strict=True):
                    self.held[moment.source, moment.message_id] = (holds, session[0].message_id)


class _Found(NamedTuple):
    """A person's name before it is hashed, and the rest of an Attribution."""

    name: str
    reason: Reason
    evidence: Key | None
    user_id: str | None
    counted: bool


def _usable(observations: Iterable[Observation]) -> list[_Seen]:
    known: dict[str, bool] = {}

    def usable(one: str | None) -> str | None:
        if one is None:
            return None
        junk = known.get(one)
        if junk is None:
            junk = known[one] = is_junk(one)
        return None if junk else one

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


def _timelines(seen: Iterable[_Seen], canonical: Mapping[str, str]) -> dict[str, list[Moment]]:
    timelines: dict[str, list[Moment]] = {}
    for one in seen:
        for device in _devices_of(one):
            owner = None if one.user_id is None else canonical.get(one.user_id, one.user_id)
            moment = Moment(one.occurred_at, one.source, one.message_id, owner, one.is_reset)
            timelines.setdefault(device, []).append(moment)
    return timelines


def _devices_of(one: _Seen) -> Iterator[str]:
    if one.anonymous_id is not None and not one.is_device_stream:
        yield one.anonymous_id
    # SDKs also alias an anonymous id, so an alias says who uses the device of that name.
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
        found = _Found(f"m:{one.source}:{one.message_id}", "blocked", None, None, counted=False)
    return Attribution(person(found.name), found.reason, found.evidence, found.user_id, found.counted)


def _on_device(one: _Seen, device: _Device) -> _Found:
    if device.first is None:
        return _Found(f"a:{device.device}", "anonymous", None, None, counted=True)
    if len(device.owners) == 1:
        return _identified(device.first, "sole_owner")
    holds, session = device.held[one.source, one.message_id]
    if holds is not None:
        return _identified(holds, "same_session")
    return _Found(f"s:{device.device}:{session}", "contested", None, None, counted=True)


def _identified(evidence: Moment, reason: Reason) -> _Found:
    name, user_id = f"u:{evidence.owner}", evidence.owner
    return _Found(name, reason, (evidence.source, evidence.message_id), user_id, counted=True)
