"""`plant`: people for every journey, strangers and faults between them, and the truth about it all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import uuid5

from footfall.clock import uuid7
from footfall.encoding import encode
from footfall.errors import UsageError
from footfall.identity.attribution import namespace
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Journey, Plan
from footfall.plan.value_names import NoValue, single_conditions, value_of
from footfall.storage.environments import Sender
from footfall.testing.planted.journeys import PlantedJourney, Stop
from footfall.testing.planted.people import KINDS, Person, PlantedMessage, device_walker
from footfall.testing.planted.truth import Fact, JourneyTruth, Number, currency_truth, journey_truth, kpi_truth, meets
from footfall.testing.planted.values import draw_object

__all__ = ["Planted", "plant"]

_DAY = 86_400
_START = datetime(2026, 3, 2, tzinfo=UTC)
_TRIES = 500
_CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


class Planted(NamedTuple):
    """Messages in the order to send them (shuffled, some twice), and what must be found in the end.

    Everything happened from `since` to `until`. `kpis` and `journeys` are what the report must say over that window;
    money has a figure for each currency in `currencies`. A journey that shares an event with an earlier one is not
    walked, and neither it nor its conversion is in them.
    `persons` is, by message_id, the person_id and the reason of every message of production that is stored, also of
    bots and of own people, whom figures leave out; `audiences` says of whom each is. `kept` has the
    environment and the message_id of all that is stored: staging, which has a key of its own, sends some of the same.
    """

    plan: Plan
    messages: tuple[PlantedMessage, ...]
    since: datetime
    until: datetime
    kpis: Mapping[str, Number]
    currencies: Mapping[str, Mapping[str | None, Number]]
    journeys: Mapping[str, JourneyTruth]
    persons: Mapping[str, tuple[str, str]]
    audiences: Mapping[str, str]
    kept: frozenset[tuple[str | None, str]]
    person_count: int
    stored: int
    duplicate: int
    quarantined: int

    @property
    def senders(self) -> tuple[Sender, ...]:
        """Who sends: each needs a key, and a client."""
        return tuple(dict.fromkeys([*map(Sender, self.plan.sources), *(message.sender for message in self.messages)]))

    def occurred(self, message: PlantedMessage) -> datetime:
        """When a message happened."""
        return self.since + timedelta(seconds=message.at)


class _Planting:
    """The state of one planting: the dice, the ids given out so far, and the facts."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.rng = Random(seed)  # noqa: S311 - made data, not secrets
        self._validator = Validator(plan, stage="test")
        self._ids = 0

    def message_id(self) -> str:
        self._ids += 1
        return uuid7(int(_START.timestamp() * 1000) + self._ids, self.rng.getrandbits(74))

    def source_of(self, event: str | None) -> str:
        """A source that may send the event, or for a message that is no event, one that is no device."""
        if event is not None and self.plan.events[event].sources:
            return self.plan.events[event].sources[0]
        return next((name for name, source in self.plan.sources.items() if source.kind != "device"), "default")

    def properties_of(self, stop: Stop, device_id: str | None) -> Mapping[str, Any]:
        """Properties, by wire name, that the plan allows and that meet the stop's conditions.

        Raises UsageError when none is found in many tries.
        """
        event = self.plan.events[stop.event]
        singles = [single for part in stop.where for single in single_conditions(part)]
        forced = {single.property: single.values[0] for single in singles if single.op == "in"}
        if device_id is not None and self.plan.identity.device is not None:
            forced[self.plan.identity.device] = device_id
        for _ in range(_TRIES):
            drawn = dict(draw_object(event.properties, self.rng))
            for name, value in forced.items():
                _force(event, drawn, name, value)
            by_name = _by_plan_name(event, drawn)
            content, _ = encode(drawn)
            if (
                content is not None
                and meets(event, by_name, stop.where)
                and not self._validator.check(event, content).faults
            ):
                return drawn
        raise UsageError(f"{stop.event}: found no properties that the plan allows in {_TRIES} tries")


def _force(event: Event, drawn: dict[str, Any], name: str, value: Any) -> None:
    """Give a value to what a name means in a message; in an array, to the first item."""
    named = value_of(event, name)
    if isinstance(named, NoValue) or named.part != "properties":
        return
    inside: Any = drawn
    at: Any = named.keys[0]
    for key in named.keys[1:]:
        if key is None:
            inside[at] = [*inside.get(at, ())] if isinstance(inside, dict) else inside[at]
            inside, at = inside[at], 0
            inside += [] if inside else [{}]
        else:
            inside[at] = dict(inside[at] if not isinstance(inside, dict) else inside.get(at) or {})
            inside, at = inside[at], key
    inside[at] = value


def _by_plan_name(event: Event, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {spec.name: properties[spec.wire_name] for spec in event.properties if spec.wire_name in properties}


def _walkable(plan: Plan) -> list[Journey]:
    """Journeys in the plan's order, less those that share an event with one before, or whose events are not live."""
    taken: set[str] = set()
    chosen = []
    for journey in plan.journeys.values():
        events = {step.event for step in journey.steps} | {guard.event for guard in journey.never}
        live = all(event in plan.events and plan.events[event].status == "active" for event in events)
        if taken.isdisjoint(events) and live:
            chosen.append(journey)
            taken |= events
    return chosen


def _people(planting: _Planting, journeys: Sequence[Journey], at_least: int) -> dict[str, list[Person]]:
    people_of: dict[str, list[Person]] = {}
    for journey in journeys:
        people_of[journey.name] = []
        while len(people_of[journey.name]) < at_least:
            number = len(people_of[journey.name])
            kind = device_walker if journey.by == "device" else KINDS[number % len(KINDS)]
            group = kind(planting, journey, f"{journey.name}-{number}")
            shift = 2 * _DAY + planting.rng.randrange(20 * _DAY)
            people_of[journey.name] += [
                person._replace(messages=tuple(m._replace(at=m.at + shift) for m in person.messages))
                for person in group
            ]
    return people_of


def _strangers(planting: _Planting, event: str, count: int) -> list[PlantedMessage]:
    """Stored, but nobody: every message with a junk anonymous id is a separate person that no count includes."""
    messages = []
    for number in range(count):
        source, message_id = planting.source_of(event), planting.message_id()
        key = json.dumps([source, message_id], separators=(",", ":"))
        person_id = str(uuid5(namespace(planting.plan.id), f"m:{key}"))
        properties = planting.properties_of(Stop(event, 0), None)
        junk = ["undefined", "NULL", '"0"', " nan "][number % 4]
        messages.append(
            PlantedMessage(
                "track", source, message_id, _DAY + number, event, properties,
                anonymous_id=junk, person_id=person_id, reason="blocked",
            )
        )  # fmt: skip
    return messages


def _left_out(planting: _Planting, event: str, count: int) -> list[PlantedMessage]:
    """Stored, and in no figure: crawlers by their user agent, and own people by the mark of their browser."""
    messages = []
    for number in range(count):
        is_bot = number % 2 == 0
        who = f"crawler-{number}" if is_bot else f"staff-{number}"
        person_id = str(uuid5(namespace(planting.plan.id), f"{'a' if is_bot else 'u'}:{who}"))
        messages.append(
            PlantedMessage(
                "track", planting.source_of(event), planting.message_id(), _DAY + number, event,
                planting.properties_of(Stop(event, 0), None),
                user_id=None if is_bot else who, anonymous_id=who if is_bot else None,
                person_id=person_id, reason="anonymous" if is_bot else "explicit",
                context={"userAgent": _CRAWLER} if is_bot else {"staff": True},
                audience="bot" if is_bot else "staff",
            )
        )  # fmt: skip
    return messages


def _staged(stored: Sequence[PlantedMessage], every: int) -> list[PlantedMessage]:
    """The same messages from staging, some of them, with the same ids: a copy of production's database is there."""
    events = [message for message in stored if message.type == "track"][::every]
    return [message._replace(environment="staging") for message in events]


def _faulty(planting: _Planting, event: str, count: int) -> list[PlantedMessage]:
    """What the collector must quarantine: an unplanned event, nobody at all, and an event without its properties."""
    source = planting.source_of(event)
    good = planting.properties_of(Stop(event, 0), None)
    needs_properties = any(spec.required for spec in planting.plan.events[event].properties)
    shapes: list[dict[str, Any]] = [
        {"event": "event_nobody_planned", "properties": {}, "user_id": "user-faulty"},
        {"event": event, "properties": good},
        {
            "event": event,
            "properties": {} if needs_properties else good,
            "user_id": "user-faulty" if needs_properties else None,
        },
    ]
    return [
        PlantedMessage("track", source, planting.message_id(), _DAY + number, **shapes[number % len(shapes)])
        for number in range(count)
    ]


def plant(plan: Plan, *, people: int = 42, seed: int = 1, duplicates: float = 0.1) -> Planted:
    """Make at least `people` people for each journey of `plan` that can be walked, everything decided by `seed`.

    `duplicates` is the share of messages that is sent twice. Raises UsageError when the plan has no journey of persons
    to walk, or needs property values that cannot be made (a pattern without an example).
    """
    planting = _Planting(plan, seed)
    journeys = _walkable(plan)
    if not any(journey.by == "user" for journey in journeys):
        raise UsageError(f"{plan.id}: planted people need a journey `by: user` whose events are active")
    people_of = _people(planting, journeys, people)
    event = next(journey for journey in journeys if journey.by == "user").steps[0].event
    stored = [message for group in people_of.values() for person in group for message in person.messages]
    stored += _strangers(planting, event, people // 5)
    left_out = _left_out(planting, event, people // 5)
    staged = _staged(stored, every=7)
    bad = _faulty(planting, event, people // 5)
    messages = stored + left_out + staged + bad
    again = planting.rng.sample(messages, int(len(messages) * duplicates))
    sending = messages + again
    planting.rng.shuffle(sending)

    facts = [
        Fact(m.event, m.person_id, m.reason != "blocked", _by_plan_name(plan.events[m.event], m.properties or {}))
        for m in stored
        if m.type == "track" and m.event is not None and m.person_id is not None
    ]
    walks: dict[str, list[PlantedJourney]] = {
        name: [person.walk for person in group] for name, group in people_of.items()
    }
    return Planted(
        plan=plan,
        messages=tuple(sending),
        since=_START,
        until=_START + timedelta(seconds=max(m.at for m in messages) + 1),
        kpis=kpi_truth(plan, facts, walks),
        currencies=currency_truth(plan, facts),
        journeys={journey.name: journey_truth(journey, walks[journey.name]) for journey in journeys},
        persons={m.message_id: (m.person_id, m.reason) for m in stored + left_out if m.person_id and m.reason},
        audiences={m.message_id: m.audience for m in stored + left_out},
        kept=frozenset((m.environment, m.message_id) for m in stored + left_out + staged),
        person_count=len({m.person_id for m in stored if m.reason not in ("blocked", "device")}),
        stored=len(stored) + len(left_out) + len(staged),
        duplicate=len(again),
        quarantined=len(bad),
    )
