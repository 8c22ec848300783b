"""Planned values: what a question reads of the messages of an event, as a tree: a branch for each array in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from footfall.errors import UsageError
from footfall.plan.channels import ChannelRule, channel_rule
from footfall.plan.model import Event, Plan, Property, PropertyType
from footfall.plan.property_text import wire_type
from footfall.plan.value_names import MessagePart, NoValue, ValueName, split_items, user_traits, value_of

__all__ = ["Planned", "PlannedItems", "PlannedValues", "planned"]

_WHOLE = ("object", "array", "map")  # are no value of their own


class Planned(NamedTuple):
    """A value by its name, and where it is: `keys` lead to it on the wire, from a part of the message or an item on.

    The name of a value of an item begins at the item, and is "" for the item itself. `type` is that on the wire.
    """

    name: str
    item: Property
    type: PropertyType
    part: MessagePart
    keys: tuple[str, ...]


class PlannedItems(NamedTuple):
    """An array by its name (`lines[]`), which `keys` lead to, and what to read of its items."""

    name: str
    keys: tuple[str, ...]
    values: Sequence[Planned]
    arrays: Sequence[PlannedItems]


class PlannedValues(NamedTuple):
    """What to read of each message, by the `names` that were asked for: values, items of arrays, and traits.

    `channels` are those of the plan.
    """

    names: frozenset[str]
    values: Sequence[Planned]
    arrays: Sequence[PlannedItems]
    traits: Sequence[Planned]
    channels: ChannelRule


class _Asked(NamedTuple):
    """What is left of a name and of its keys, from a message or an item on."""

    name: str
    keys: tuple[str | None, ...]
    value: ValueName


def planned(plan: Plan, event: Event, names: Iterable[str]) -> PlannedValues:
    """What these names mean in messages of an event. Raises UsageError for one that means nothing."""
    wanted = frozenset(names)
    asked = []
    for name in sorted(wanted):
        value = value_of(event, name, user_traits(plan))
        if isinstance(value, NoValue):
            raise UsageError(f"{value.message}; {value.remedy}; `footfall plan check` names who asks for it")
        asked.append(_Asked(name, value.keys, value))
    values = _values(asked)
    traits = [each for each in values if each.part == "traits"]
    own = [each for each in values if each.part != "traits"]
    return PlannedValues(wanted, own, _arrays(asked), traits, channel_rule(plan))


def _values(asked: Sequence[_Asked]) -> list[Planned]:
    return [
        Planned(each.name, each.value.property, wire_type(each.value.property), each.value.part, keys)
        for each in asked
        if len(keys := _keys(each)) == len(each.keys) and (each.name or each.value.property.type not in _WHOLE)
    ]


def _arrays(asked: Sequence[_Asked]) -> list[PlannedItems]:
    """The arrays among what is asked for, each with what is asked for of its items."""
    inner: dict[tuple[str, tuple[str, ...]], list[_Asked]] = {}
    for each in asked:
        array, rest = split_items(each.name)
        if array:
            keys = _keys(each)
            inner.setdefault((array, keys), []).append(_Asked(rest, each.keys[len(keys) + 1 :], each.value))
    return [PlannedItems(name, keys, _values(parts), _arrays(parts)) for (name, keys), parts in inner.items()]


def _keys(asked: _Asked) -> tuple[str, ...]:
    """The keys up to the first array."""
    keys = []
    for key in asked.keys:
        if key is None:
            break
        keys.append(key)
    return tuple(keys)
