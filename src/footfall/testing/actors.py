"""The events of one actor in a test, in order, by the same identity rules as in the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from footfall.errors import UsageError
from footfall.identity.attribution import Observation, attribute, namespace
from footfall.identity.given import id_text, whole_number
from footfall.identity.ids import comparable
from footfall.journeys.conditions import derived_value
from footfall.plan.calls import call_of
from footfall.plan.model import TRAITS_OF, Event, Plan
from footfall.testing.journey_progress import SentEvent
from footfall.timestamps import epoch_us

__all__ = ["events_of"]

_SOURCE = "test"


def events_of(
    plan: Plan,
    by: Literal["user", "device"],
    messages: Sequence[Mapping[str, Any]],
    who: Mapping[str, str],
    *,
    resolve: Callable[[str], Event | None],
) -> list[SentEvent]:
    """The planned events and the calls of one actor, in order of time and, within a microsecond, of sending.

    `who` has any of user_id, anonymous_id and device_id, as ids are compared; with none of them, it is the only actor
    that there is. Raises UsageError when there are several.
    """
    observed = [_observation(plan, by, message, resolve) for message in messages]
    persons = {
        message_id: attribution.person_id
        for (_, message_id), attribution in attribute(observed, namespace(plan.id)).items()
        if (attribution.counted if by == "user" else attribution.reason == "device")
    }
    chosen = {persons[each.message_id] for each in observed if each.message_id in persons and _is_of(each, who)}
    if not who and len(chosen) > 1:
        raise UsageError(f"{len(chosen)} {by}s sent messages: say which one, as in user_id=…")
    ordered = sorted(zip(observed, messages, strict=True), key=lambda pair: pair[0].occurred_at)
    own = [pair for pair in ordered if persons.get(pair[0].message_id) in chosen]
    traits = _latest_traits(own)
    return [
        msgspec.structs.replace(event, context=message.get("context") or {}, traits=traits)
        for observation, message in own
        for event in _events(plan, message, observation.occurred_at, resolve)
    ]


def _latest_traits(messages: Sequence[tuple[Observation, Mapping[str, Any]]]) -> dict[str, Any]:
    """The traits after all identify messages, by the order that `footfall person show` has."""
    traits: dict[str, Any] = {}
    for _, message in sorted(messages, key=lambda pair: (pair[0].occurred_at, pair[0].message_id)):
        if message["type"] == "identify":
            traits |= message.get("traits") or {}
    return traits


def _events(plan: Plan, message: Mapping[str, Any], at: int, resolve: Callable[[str], Event | None]) -> list[SentEvent]:
    """What a message is to a journey: an event of the plan and those derived of it, or a call that a step may name."""
    kind, name = message["type"], message.get("name")
    if kind == "track":
        event = resolve(message["event"])
        if event is None:
            return []
        properties = message.get("properties") or {}
        derived = (each for each in plan.derived_events.values() if each.event == event.name)
        names = [each.name for each in derived if derived_value(event, each.when, properties) is True]
        return [SentEvent(name, at, properties) for name in (event.name, *names)]
    called = [kind, f"{kind}:{name}" if isinstance(name, str) else ""]
    meant = [call for call in called if call_of(call) is not None and call not in plan.events]
    values = message.get("traits" if kind in TRAITS_OF else "properties") or {}
    return [SentEvent(meant[-1], at, values, meant[0])] if meant else []


def _is_of(observation: Observation, who: Mapping[str, str]) -> bool:
    ids = ((getattr(observation, key), value) for key, value in who.items())
    return all(sent is not None and comparable(sent) == value for sent, value in ids)


def _observation(
    plan: Plan, by: str, message: Mapping[str, Any], resolve: Callable[[str], Event | None]
) -> Observation:
    return Observation(
        source=_SOURCE,
        message_id=message["messageId"],
        type=message["type"],
        occurred_at=epoch_us(datetime.fromisoformat(message["timestamp"])),
        user_id=_text(message.get("userId")),
        anonymous_id=_text(message.get("anonymousId")),
        device_id=_device(plan, by, message, resolve),
        previous_id=_text(message.get("previousId")),
    )


def _device(plan: Plan, by: str, message: Mapping[str, Any], resolve: Callable[[str], Event | None]) -> str | None:
    """The device that a message names in its context, or, for a journey of devices, in the plan's property."""
    device = (message.get("context") or {}).get("device")
    if isinstance(device, dict) and device.get("id") is not None:
        return _text(device["id"])
    event = resolve(message["event"]) if message["type"] == "track" else None
    if by != "device" or event is None or plan.identity.device is None:
        return None
    keys = (prop.wire_name or prop.name for prop in event.properties if prop.name == plan.identity.device)
    return _text((message.get("properties") or {}).get(next(keys, plan.identity.device)))


def _text(value: object) -> str | None:
    return id_text(value) or whole_number(value)
