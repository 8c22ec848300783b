"""Whether a message meets the conditions (`where`) of a step or a guard, as the report's SQL decides it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from footfall.encoding import encode
from footfall.plan.calls import named
from footfall.plan.checking.equal import canonical_text
from footfall.plan.checking.rules import compile_rule
from footfall.plan.model import NUMERIC, Event, EventFilter, Guard, Plan, Property, Step, Where
from footfall.plan.property_text import READERS, number_text, wire_type
from footfall.plan.segments import MEMBER_OPS
from footfall.plan.value_names import NoValue, ValueName, joined_name, user_traits, value_of

__all__ = ["MessageValues", "derived_value", "meets"]

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


class MessageValues(NamedTuple):
    """What conditions are on: what a message says, its context, and the latest traits of its person, all as sent."""

    properties: Mapping[str, Any]
    context: Mapping[str, Any] = {}
    traits: Mapping[str, Any] = {}


class _Item(NamedTuple):
    """An item of an array: the name of the array, how many keys lead to it, and its value."""

    array: str
    depth: int
    value: Any


def meets(plan: Plan, wanted: Step | Guard | EventFilter, message: MessageValues) -> bool:
    """Whether a message of the step's, guard's or filter's event meets all conditions."""
    event = named(plan, wanted.event)
    return event is not None and all(
        _Conditions(event, user_traits(plan), message).holds(where, None) for where in wanted.where
    )


class _Conditions(NamedTuple):
    event: Event
    traits: Sequence[Property]
    message: MessageValues

    def holds(self, where: Where, item: _Item | None) -> bool:
        """One condition on the message, or on an item of one of its arrays.

        Numbers compare as numbers, all else as text; what is absent meets no comparison but `not`.
        """
        if where.op in MEMBER_OPS:
            return where.op == "not_member"  # of one test nobody knows who is in which segment
        name = where.property if item is None else joined_name(item.array, where.property)
        value = value_of(self.event, name, self.traits)
        if isinstance(value, NoValue):
            return where.op == "not_in" or (where.op == "in" and None in where.values)
        whole = self._whole(value) if item is None else item.value
        sent = _at(whole, value.keys[0 if item is None else item.depth :])
        if where.op == "any":
            items = sent if isinstance(sent, list | tuple) else ()
            return any(self._all(where, _Item(name, len(value.keys), each)) for each in items)
        read = _read(value.property, sent)
        if where.op in _COMPARE:
            bound = _wanted(value.property, where.values[0])
            return None not in (read, bound) and not isinstance(read, bool) and _COMPARE[where.op](read, bound)
        if read is None:
            return (None in where.values) == (where.op == "in")
        among = [_wanted(value.property, each) for each in where.values if each is not None]
        return (read in among) == (where.op == "in")

    def _whole(self, value: ValueName) -> Any:
        """What the keys of a value begin in. Of one test nobody knows the source, so the channel is the event's."""
        if value.part == "derived":
            return self._derived(value.name)
        return self.event.channel if value.part == "channel" else getattr(self.message, value.part)

    def _derived(self, name: str) -> Any:
        expression = next(prop.expression for prop in self.event.derived if prop.name == name)
        return derived_value(self.event, expression, self.message.properties)

    def _all(self, where: Where, item: _Item) -> bool:
        return all(self.holds(inner, item) for inner in where.where)


def derived_value(event: Event, expression: str, properties: Mapping[str, Any]) -> Any:
    """What an expression over the properties of an event gives, of these as sent; None where it cannot be decided."""
    read = {prop.name: _read(prop, properties.get(prop.wire_name or prop.name)) for prop in event.properties}
    return compile_rule(expression).value(read)


def _at(value: Any, keys: Sequence[str | None]) -> Any:
    """What keys lead to; of an array the array itself."""
    for key in keys:
        if key is None:
            return value
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _read(prop: Property, value: Any) -> Any:
    """A value as reports read it: None for what is absent, or is not of the type."""
    text, _ = encode({"value": value})
    if value is None or text is None:
        return None
    try:
        read: Any = READERS[wire_type(prop)](text[len(b'{"value":') : -1])
    except (ValueError, KeyError):  # msgspec's own errors are ValueErrors
        return None
    same = canonical_text(prop)
    return same(read) if same is not None and isinstance(read, str) else read


def _wanted(prop: Property, value: Any) -> Decimal | str | bool | None:
    """A value of a condition, of the kind that values of the property are read as; None where there is none."""
    type_ = wire_type(prop)
    number = None if isinstance(value, bool) else _number(value)
    if type_ == "boolean":
        return value if isinstance(value, bool) else None
    if type_ in NUMERIC:
        return number
    if isinstance(value, bool):
        return str(value).lower()
    if number is not None and not isinstance(value, str):
        return number_text(number)
    same = canonical_text(prop)
    return str(value) if same is None else same(str(value))


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
