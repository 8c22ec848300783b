"""What a KPI or a journey can name beside events: pages, screens, and the calls that say who somebody is.

`page`, `screen`, `identify` and `group` mean every such call, `page:NAME` and `screen:NAME` those of one name. An event
of the plan with one of these names goes before the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from footfall.plan.model import TRAITS_OF, DerivedEvent, Event, Page, Plan, Property

__all__ = [
    "CALLS",
    "Call",
    "base_event",
    "call_of",
    "is_described_by",
    "keys_of",
    "may_share_messages",
    "named",
    "split_property",
    "subject",
]

CALLS: Final = ("page", "screen", "identify", "group")
_NAMED: Final = ("page", "screen")


class Call(NamedTuple):
    """A type of message, and the name that it must have; None for any."""

    type: str
    name: str | None = None


def call_of(name: str) -> Call | None:
    """The call that a KPI or a journey names; None for the name of an event."""
    if name in CALLS:
        return Call(name)
    type_, colon, rest = name.partition(":")
    return Call(type_, rest) if colon and rest and type_ in _NAMED else None


def keys_of(call: Call) -> tuple[str, ...]:
    """Under which keys of `pages` a call is described, the narrowest first: `page:Home`, `Home`, `page`."""
    if call.name is None:
        return (call.type,)
    by_name = () if call.name in CALLS else (call.name,)  # such a key describes every call of the type
    return (f"{call.type}:{call.name}", *by_name, call.type)


def is_described_by(name: str, key: str) -> bool:
    """Whether `key` in `pages` describes a call of this name."""
    call = call_of(name)
    return call is not None and key in keys_of(call)


def split_property(text: str) -> tuple[str, str]:
    """EVENT and PROPERTY of EVENT.PROPERTY, parted at the last dot; "" for a part that is missing."""
    event, _, name = text.rpartition(".")
    return event, name


def subject(
    name: str,
    events: Mapping[str, Event],
    pages: Mapping[str, Page],
    traits: Mapping[str, tuple[Property, ...]],
    derived: Mapping[str, DerivedEvent],
) -> Event | None:
    """The event of this name, or a derived event or a call as if it were one, with the properties that the plan knows.

    Those of a page or screen are under its name (`page:Home` or `Home`), those of every call of a type under the
    type; `identify` and `group` also have the planned traits. The narrowest definition of a property counts.
    """
    event = events.get(name)
    if event is None and name in derived:
        base = events.get(derived[name].event)
        return None if base is None else msgspec.structs.replace(base, name=name)
    call = call_of(name) if event is None else None
    if call is None:
        return event
    sets = [pages[key].properties for key in keys_of(call) if key in pages]
    sets += [traits.get(TRAITS_OF[call.type], ())] if call.type in TRAITS_OF else []
    merged: dict[str, Property] = {}
    for properties in sets:
        for prop in properties:
            merged.setdefault(prop.name, prop)
    return Event(name=name, wire_name=name, properties=tuple(merged.values()))


def named(plan: Plan, name: str) -> Event | None:
    """What a KPI or a journey of this plan names; None for what it does not define."""
    return subject(name, plan.events, plan.pages, plan.traits, plan.derived_events)


def base_event(plan: Plan, name: str) -> str:
    """The event whose messages an event has: its own name, or what it is derived from."""
    derived = plan.derived_events.get(name)
    return name if derived is None or name in plan.events else derived.event


def may_share_messages(plan: Plan, name: str, other: str) -> bool:
    """Whether one message may be of both: of an event and what is derived from it, or of a type of calls and one name.

    A name shares its messages with itself.
    """
    names = [base_event(plan, each) for each in (name, other)]
    if names[0] == names[1]:
        return True
    calls = [None if each in plan.events else call_of(each) for each in names]
    if calls[0] is None or calls[1] is None or calls[0].type != calls[1].type:
        return False
    return calls[0].name is None or calls[1].name is None
