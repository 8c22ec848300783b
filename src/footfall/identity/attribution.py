"""Attribution: the person of each message, and the evidence.

The answer is a pure function of the set of observations: neither their order, nor repeats, nor the pieces in which they
arrived change it. The rules, in the order in which they are tried:

- a message with a usable user_id is that user's (`explicit`);
- one with a usable device_id and no user belongs to the connected product (`device`), which is no person;
- one with a usable anonymous_id goes to the one user ever identified on that device (`sole_owner`); where there were
  several, to the one identified before it in the same session, else after it (`same_session`), else to an anonymous
  person of that session alone (`contested`); where there were none, to the device's anonymous person (`anonymous`);
- anything else is a separate person that is not counted: of somebody who did not agree to more than being counted
  (`unconsented`), of a bot (`bot`), or without any id that is one (`blocked`).

People are never merged because they share a device, only by an alias of one user id to another
(`footfall.identity.aliases`). Ids are compared as `footfall.identity.ids` says, and usable where they are no junk
(`footfall.identity.junk`). The same over columns: `footfall.analytics.persons`.

A person_id is the UUIDv5 of a name in the plan's namespace, which is the UUIDv5 of the plan's id in `ROOT`:

- `u:` and the canonical user id; `a:` and the anonymous_id; `d:` and the device_id;
- `s:` and the compact JSON of [anonymous_id, source, message_id] for a contested session, by its first message;
- `m:` and the compact JSON of [source, message_id] for a message that is a separate person.

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

__all__ = ["ROOT", "Attribution", "Observation", "Reason", "attribute", "effects_of_aliases", "name_of", "namespace"]

Reason = Literal[
    "explicit", "sole_owner", "same_session", "contested", "anonymous", "blocked", "device", "unconsented", "bot"
]

ROOT = UUID("1ec14b04-ec91-5186-be8c-3f7072c445c6")
"""The root namespace of all person ids, `uuid5(NAMESPACE_DNS, "footfall")`. It never changes."""

Key = tuple[str, str]


class Observation(msgspec.Struct, frozen=True, gc=False):
    """What identity needs to know of one message, as the journal has it; ids as they were sent, junk included.

    An alias that was revoked comes without its previous_id. `nobody` says why a message may be without an id: it was
    only counted, or is a bot's.

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
    nobody: Literal["unconsented", "bot"] | None = None


class Attribution(msgspec.Struct, frozen=True, gc=False):
    """The person of a message. `evidence` names the message (source, message_id) that shows it, if there is one.

    `user_id` is the person's canonical user id, None for an anonymous person; `counted` is False for what is no person.
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
    messages = _usable(observations)
    canonical = canonical_ids(pair for pair, effect in _effects(messages).items() if effect == "merged")
    devices = {device: _Device(device, timeline) for device, timeline in _timelines(messages, canonical).items()}
    person = _person_ids(ns)
    return {
        (message.source, message.message_id): _attribute_one(
            message, canonical=canonical, devices=devices, person=person
        )
        for message in messages
    }


def effects_of_aliases(observations: Iterable[Observation]) -> dict[Key, AliasEffect]:
    """What each alias does, by (source, message_id)."""
    messages = _usable(observations)
    effects = _effects(messages)
    return {
        (message.source, message.message_id): effects.get(
            (message.previous_id or "", message.user_id or ""), "unusable"
        )
        for message in messages
        if message.is_alias
    }


def _effects(messages: Iterable[_Message]) -> dict[tuple[str, str], AliasEffect]:
    return alias_effects(
        (
            (message.previous_id, message.user_id)
            for message in messages
            if message.previous_id is not None and message.user_id is not None
        ),
        anonymous={message.anonymous_id for message in messages if message.anonymous_id is not None},
        users={message.user_id for message in messages if message.user_id is not None},
    )


class _Message(msgspec.Struct, frozen=True, gc=False):
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
    nobody: Literal["unconsented", "bot"] | None

    @property
    def is_device_stream(self) -> bool:
        return self.user_id is None and self.device_id is not None


class _Device:
    """One device's timeline: who was identified on it, and the identification that counts for each message."""

    def __init__(self, device: str, timeline: list[TimelineEntry]) -> None:
        timeline.sort()
        self.device = device
        self.owners = {entry.owner for entry in timeline if entry.owner is not None}
        self.first = next((entry for entry in timeline if entry.owner is not None), None)
        # Only a device with several users needs its sessions.
        # message -> (the identification that counts for it, the message that its session begins with)
        self.nearest: dict[Key, tuple[TimelineEntry | None, Key]] = {}
        if len(self.owners) > 1:
            for session in sessions(timeline):
                for entry, identification in zip(session, nearest_identifications(session), strict=True):
                    self.nearest[entry.source, entry.message_id] = (
                        identification,
                        (session[0].source, session[0].message_id),
                    )


class _Named(NamedTuple):
    """A person's name before it is hashed, and the rest of an Attribution."""

    name: str
    reason: Reason
    evidence: Key | None
    user_id: str | None
    counted: bool


def _usable(observations: Iterable[Observation]) -> list[_Message]:
    usable_ids: dict[str | None, str | None] = {None: None}

    def usable(id_sent: str | None) -> str | None:
        try:
            return usable_ids[id_sent]
        except KeyError:
            pass
        answer = usable_ids[id_sent] = None if id_sent is None or is_junk(id_sent) else comparable(id_sent)
        return answer

    by_name: dict[Key, Observation] = {}
    for observation in observations:
        before = by_name.setdefault((observation.source, observation.message_id), observation)
        if before is not observation and before != observation:
            by_name[observation.source, observation.message_id] = min(before, observation, key=_order_of_twins)
    return [
        _Message(
            message.source,
            message.message_id,
            message.occurred_at,
            message.type == "reset",
            message.type == "alias",
            usable(message.user_id),
            usable(message.anonymous_id),
            usable(message.device_id),
            usable(message.previous_id) if message.type == "alias" else None,
            message.nobody,
        )
        for message in by_name.values()
    ]


def _order_of_twins(observation: Observation) -> tuple[object, ...]:
    ids = (observation.user_id, observation.anonymous_id, observation.device_id, observation.previous_id)
    texts = (*ids, observation.nobody)
    return (observation.occurred_at, observation.type, *((text is not None, text or "") for text in texts))


def _timelines(messages: Iterable[_Message], canonical: Mapping[str, str]) -> dict[str, list[TimelineEntry]]:
    timelines: dict[str, list[TimelineEntry]] = {}
    for message in messages:
        for device in _devices_of(message):
            owner = None if message.user_id is None else canonical.get(message.user_id, message.user_id)
            entry = TimelineEntry(message.occurred_at, message.source, message.message_id, owner, message.is_reset)
            timelines.setdefault(device, []).append(entry)
    return timelines


def _devices_of(message: _Message) -> Iterator[str]:
    if message.anonymous_id is not None and not message.is_device_stream:
        yield message.anonymous_id
    # SDKs alias the anonymous id of a browser, so an alias also says who uses the device of that name.
    if message.previous_id is not None and message.user_id is not None and message.previous_id != message.anonymous_id:
        yield message.previous_id


def _person_ids(ns: UUID) -> Callable[[str], str]:
    hashed: dict[str, str] = {}

    def person_id(name: str) -> str:
        if name not in hashed:
            hashed[name] = str(uuid5(ns, name))
        return hashed[name]

    return person_id


def _attribute_one(
    message: _Message, *, canonical: Mapping[str, str], devices: Mapping[str, _Device], person: Callable[[str], str]
) -> Attribution:
    if message.user_id is not None:
        user = canonical.get(message.user_id, message.user_id)
        named = _Named(f"u:{user}", "explicit", (message.source, message.message_id), user, counted=True)
    elif message.device_id is not None:
        named = _Named(f"d:{message.device_id}", "device", None, None, counted=False)
    elif message.anonymous_id is not None:
        named = _on_device(message, devices[message.anonymous_id])
    else:
        name = name_of("m", message.source, message.message_id)
        named = _Named(name, message.nobody or "blocked", None, None, counted=False)
    return Attribution(person(named.name), named.reason, named.evidence, named.user_id, named.counted)


def _on_device(message: _Message, device: _Device) -> _Named:
    if device.first is None:
        return _Named(f"a:{device.device}", "anonymous", None, None, counted=True)
    if len(device.owners) == 1:
        return _identified(device.first, "sole_owner")
    identification, session = device.nearest[message.source, message.message_id]
    if identification is not None:
        return _identified(identification, "same_session")
    return _Named(name_of("s", device.device, *session), "contested", None, None, counted=True)


def name_of(kind: str, *parts: str) -> str:
    """The name of a person that several texts make, before it is hashed."""
    return f"{kind}:{msgspec.json.encode(parts).decode()}"


def _identified(evidence: TimelineEntry, reason: Reason) -> _Named:
    name, user_id = f"u:{evidence.owner}", evidence.owner
    return _Named(name, reason, (evidence.source, evidence.message_id), user_id, counted=True)
