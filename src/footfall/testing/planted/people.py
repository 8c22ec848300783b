"""Made people: who they are on the wire, and who identity must find them to be.

Each kind of person is a function in a table. It writes messages and says, message by message, which person_id and which
reason are right; that follows from how the person was made, never from running the identity rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol
from uuid import uuid5

from footfall.identity.attribution import namespace
from footfall.plan.model import Journey, Plan
from footfall.storage.environments import Environment, Sender
from footfall.testing.planted.journeys import PlantedJourney, Stop, plant_journey

__all__ = ["KINDS", "Maker", "Person", "PlantedMessage", "device_walker"]

_HOUR = 3600


class PlantedMessage(NamedTuple):
    """One message to send, and what must become of it.

    `at` is in whole seconds after the planting's start. `person_id` and `reason` are None for one that must be
    quarantined. Its `audience` is what its `context` says, its `environment` None for production.
    """

    type: str
    source: str
    message_id: str
    at: int
    event: str | None = None
    properties: Mapping[str, Any] | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    device_id: str | None = None
    previous_id: str | None = None
    person_id: str | None = None
    reason: str | None = None
    context: Mapping[str, Any] = MappingProxyType({})
    audience: Literal["people", "bot", "staff"] = "people"
    environment: Environment | None = None

    @property
    def sender(self) -> Sender:
        """Whose key it is sent with."""
        return Sender(self.source, self.environment)


class Person(NamedTuple):
    """One who walks a journey: the walk, and the messages that make it."""

    walk: PlantedJourney
    messages: tuple[PlantedMessage, ...]


class Maker(Protocol):
    """What a kind of person needs of the planting."""

    plan: Plan
    rng: Random

    def message_id(self) -> str: ...
    def source_of(self, event: str | None) -> str: ...
    def properties_of(self, stop: Stop, device_id: str | None) -> Mapping[str, Any]: ...


class _Ids(NamedTuple):
    user_id: str | None = None
    anonymous_id: str | None = None


def _person(plan: Plan, kind: str, key: str) -> str:
    """A person_id by its formula: `u:` a user, `a:` an anonymous stream, `s:` a contested session, `d:` a device.

    The key of a session, and that of `m:` a message alone, is compact JSON.
    """
    return str(uuid5(namespace(plan.id), f"{kind}:{key}"))


def _tracks(
    maker: Maker, walk: PlantedJourney, start: int, ids: _Ids, person_id: str, reason: str
) -> list[PlantedMessage]:
    return [
        PlantedMessage(
            "track", maker.source_of(stop.event), maker.message_id(), start + stop.at, stop.event,
            maker.properties_of(stop, None), ids.user_id, ids.anonymous_id, None, None, person_id, reason,
        )
        for stop in walk.stops
    ]  # fmt: skip


def _mark(
    maker: Maker, kind: str, at: int, ids: _Ids, person_id: str, reason: str, previous: str | None = None
) -> PlantedMessage:
    return PlantedMessage(
        kind, maker.source_of(None), maker.message_id(), at, None, None, ids.user_id, ids.anonymous_id, None, previous,
        person_id, reason,
    )  # fmt: skip


def _span(walk: PlantedJourney) -> int:
    return max(stop.at for stop in walk.stops)


def _known(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """Signed in from the first message on."""
    walk = plant_journey(journey, maker.rng, brief=False)
    ids = _Ids(f"user-{name}", f"browser-{name}")
    return [Person(walk, tuple(_tracks(maker, walk, 0, ids, _person(maker.plan, "u", f"user-{name}"), "explicit")))]


def _signs_in_late(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """Walks unknown, signs in a day after the end: the whole history is theirs."""
    walk = plant_journey(journey, maker.rng, brief=False)
    person_id = _person(maker.plan, "u", f"user-{name}")
    browser = _Ids(None, f"browser-{name}")
    sign_in = _mark(
        maker, "identify", _span(walk) + 24 * _HOUR, _Ids(f"user-{name}", browser.anonymous_id), person_id, "explicit"
    )
    return [Person(walk, (*_tracks(maker, walk, 0, browser, person_id, "sole_owner"), sign_in))]


def _never_signs_in(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """Stays anonymous, and has a reset in the middle of nothing."""
    walk = plant_journey(journey, maker.rng, brief=False)
    browser = _Ids(None, f"browser-{name}")
    person_id = _person(maker.plan, "a", f"browser-{name}")
    reset = _mark(maker, "reset", _span(walk) + 10, browser, person_id, "anonymous")
    return [Person(walk, (*_tracks(maker, walk, 0, browser, person_id, "anonymous"), reset))]


def _junk_user(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """Sends a junk user id beside a good anonymous one: the junk links nobody."""
    walk = plant_journey(journey, maker.rng, brief=False)
    junk = maker.rng.choice(["null", " undefined ", "NaN", "0", "-1", "'anonymous'", "GUEST", "[object Object]"])
    ids = _Ids(junk, f"browser-{name}")
    return [Person(walk, tuple(_tracks(maker, walk, 0, ids, _person(maker.plan, "a", f"browser-{name}"), "anonymous")))]


def _two_ids(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """Has an old id and a new one, joined by an alias: half of the messages come under each."""
    walk = plant_journey(journey, maker.rng, brief=False)
    old, new = f"old-{name}", f"new-{name}"
    person_id = _person(maker.plan, "u", new)
    tracks = [
        message._replace(user_id=old if number % 2 else new)
        for number, message in enumerate(_tracks(maker, walk, 0, _Ids(new), person_id, "explicit"))
    ]
    alias = _mark(maker, "alias", _span(walk) + 60, _Ids(new), person_id, "explicit", previous=old)
    return [Person(walk, (*tracks, alias))]


def _aliased_browser(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """Never identifies: an SDK aliases the browser's id to the user's, which makes the browser theirs."""
    walk = plant_journey(journey, maker.rng, brief=False)
    user, browser = f"user-{name}", f"browser-{name}"
    person_id = _person(maker.plan, "u", user)
    alias = _mark(maker, "alias", _span(walk) + 60, _Ids(user), person_id, "explicit", previous=browser)
    return [Person(walk, (*_tracks(maker, walk, 0, _Ids(None, browser), person_id, "sole_owner"), alias))]


def _shared_tablet(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """One tablet, two people who sign in, each in another session, and a third session of an unknown person.

    The first signs in before walking and the second after; the tablet's resets and an hour's rest part the sessions.
    """
    tablet = _Ids(None, f"tablet-{name}")
    people, start = [], 0
    for number, before in enumerate((True, False)):
        walk = plant_journey(journey, maker.rng, brief=True)
        user = _Ids(f"user-{name}-{number}", tablet.anonymous_id)
        person_id = _person(maker.plan, "u", user.user_id or "")
        sign_in = _mark(
            maker, "identify", start - 30 if before else start + _span(walk) + 30, user, person_id, "explicit"
        )
        tracks = _tracks(maker, walk, start, tablet, person_id, "same_session")
        reset = _mark(maker, "reset", start + _span(walk) + 60, tablet, person_id, "same_session")
        people.append(Person(walk, (sign_in, *tracks, reset)))
        start += _span(walk) + (120 if before else 2 * _HOUR)
    walk = plant_journey(journey, maker.rng, brief=True)
    tracks = _tracks(maker, walk, start, tablet, "", "contested")
    first = min(tracks, key=lambda message: (message.at, message.source, message.message_id))
    key = json.dumps([tablet.anonymous_id, first.source, first.message_id], separators=(",", ":"))
    person_id = _person(maker.plan, "s", key)
    people.append(Person(walk, tuple(message._replace(person_id=person_id) for message in tracks)))
    return people


def _tablet_with_aliases(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """One tablet, two people, whose SDK aliases the tablet's id to each of them: the two stay two, on any device."""
    tablet = f"tablet-{name}"
    people, start = [], 0
    for number in range(2):
        walk = plant_journey(journey, maker.rng, brief=True)
        user = f"user-{name}-{number}"
        person_id = _person(maker.plan, "u", user)
        tracks = _tracks(maker, walk, start, _Ids(None, tablet), person_id, "same_session")
        alias = _mark(maker, "alias", start + _span(walk) + 30, _Ids(user), person_id, "explicit", previous=tablet)
        reset = _mark(maker, "reset", start + _span(walk) + 60, _Ids(None, tablet), person_id, "same_session")
        at_home = _mark(maker, "page", start + _span(walk) + 90, _Ids(user), person_id, "explicit")
        people.append(Person(walk, (*tracks, alias, reset, at_home)))
        start += _span(walk) + 2 * _HOUR
    return people


def _written_in_other_ways(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """Sends one id now with an accent in one code point and now in two, or with what cannot be seen around it."""
    walk = plant_journey(journey, maker.rng, brief=False)
    user = f"us\u00e9r-{name}"
    ways = (user, f" {user}\n", f"\ufeff{user}\u200b", user.replace("\u00e9", "e\u0301"))
    tracks = _tracks(maker, walk, 0, _Ids(user), _person(maker.plan, "u", user), "explicit")
    return [Person(walk, tuple(track._replace(user_id=ways[number % 4]) for number, track in enumerate(tracks)))]


def device_walker(maker: Maker, journey: Journey, name: str) -> list[Person]:
    """A connected product that walks a journey `by: device`."""
    walk = plant_journey(journey, maker.rng, brief=False)
    device_id = str(uuid5(namespace(maker.plan.id), f"planted:{name}"))
    person_id = _person(maker.plan, "d", device_id)
    messages = [
        PlantedMessage(
            "track", maker.source_of(stop.event), maker.message_id(), stop.at, stop.event,
            maker.properties_of(stop, device_id), None, None, device_id, None, person_id, "device",
        )
        for stop in walk.stops
    ]  # fmt: skip
    return [Person(walk, tuple(messages))]


KINDS: tuple[Callable[[Maker, Journey, str], list[Person]], ...] = (
    _known,
    _signs_in_late,
    _never_signs_in,
    _junk_user,
    _two_ids,
    _aliased_browser,
    _shared_tablet,
    _tablet_with_aliases,
    _written_in_other_ways,
)
