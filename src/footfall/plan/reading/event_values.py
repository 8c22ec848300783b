"""Reads what values of messages are asked for outside of a plan: `order_completed.lines[].sku {currency: EUR}`."""

from __future__ import annotations

import re
from typing import NamedTuple

from footfall.errors import UsageError
from footfall.plan.calls import CALLS, named
from footfall.plan.model import EventFilter, Plan
from footfall.plan.problems import did_you_mean
from footfall.plan.reading.event_filters import read_event_filter
from footfall.plan.value_names import NoValue, parted, user_traits, value_of

__all__ = ["EventValue", "read_event_value"]

_BRACE = re.compile(r"\s+\{")
_COMPOUND = ("object", "array", "map")


class EventValue(NamedTuple):
    """Which messages, and the name of a single value in each of them or in each item of an array."""

    filter: EventFilter
    name: str

    @property
    def text(self) -> str:
        """EVENT.VALUE."""
        return f"{self.filter.event}.{self.name}"


def read_event_value(text: str, plan: Plan, place: str) -> EventValue:
    """Read `EVENT.VALUE`, or `EVENT.VALUE {PROPERTY: VALUE, …}` with the conditions of a plan's `where`.

    `place` names it in an error. Raises UsageError for what the plan does not have, and for a value that is not single.
    """
    brace = _BRACE.search(text := text.strip())
    name, conditions = (text[: brace.start()], text[brace.start() :]) if brace else (text, "")
    ways = parted(name)
    if not ways:
        raise UsageError(f"{place}: {name!r} names no value; write EVENT.PROPERTY, such as order_completed.currency")
    event_name, value_name = next((way for way in ways if named(plan, way[0]) is not None), ways[0])
    event = named(plan, event_name)
    if event is None:
        near = did_you_mean(event_name, [*plan.events, *CALLS], "see the plan")
        raise UsageError(f"{place}: there is no event {event_name!r}; {near}")
    value = value_of(event, value_name, user_traits(plan))
    if isinstance(value, NoValue):
        items = [
            f"{event_name}.{prop.name}[].{value_name}"
            for prop in event.properties
            if prop.items is not None and any(each.name == value_name for each in prop.items.properties)
        ]
        remedy = f"did you mean {items[0]!r}?" if items else value.remedy
        raise UsageError(f"{place}: {value.message}; {remedy}")
    if value.property.type in _COMPOUND:
        raise UsageError(f"{place}: {name} is of type {value.property.type}; name a single value in it")
    return EventValue(read_event_filter(event_name + conditions, plan, place), value_name)
