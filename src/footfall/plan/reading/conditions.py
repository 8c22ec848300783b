"""Reads conditions (`where`): what the values of a message must be, checked against the types that they have."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple, Protocol, TypeGuard, cast

from footfall.plan.model import NUMERIC, Event, Property, Where
from footfall.plan.problems import MISSING, Location, Path, Problems, did_you_mean
from footfall.plan.reading.constraints import SCALARS
from footfall.plan.reading.members import SEGMENT_KEY, SegmentNames, is_about_segments, read_members
from footfall.plan.reading.yaml_source import YamlNode, kind_of
from footfall.plan.value_names import ValueName, joined_name, split_items
from footfall.plan.wording import say_types

__all__ = ["ORDERINGS", "EventValues", "is_scalar", "read_any_where", "read_where"]

ORDERINGS: Final = ("gt", "gte", "lt", "lte")
"""The comparisons of a condition that need an order."""


class EventValues(SegmentNames, Protocol):
    """Knows what can be named in messages of an event, and the segments of persons, and gathers what is wrong."""

    def value(self, event: Event, name: str, at: Location, path: Path) -> ValueName | None:
        """What a name means in a message of an event; None, with a problem, when it means nothing."""


def is_scalar(value: ValueName, at: Location, path: Path, problems: Problems) -> bool:
    """Whether a name means single values; a problem if not."""
    if value.property.type in SCALARS:
        return True
    message = f"{value.name!r} is of type {value.property.type}, not a single value"
    example = next(_single_values(value.name, value.property), "")
    remedy = f"write {example}, or another single value in it" if example else "use a property that is a single value"
    problems.add("not_scalar", message, at=at, path=path, remedy=remedy)
    return False


def _single_values(name: str, item: Property) -> Iterator[str]:
    if item.type in SCALARS:
        yield name
    for inner in item.properties:
        yield from _single_values(f"{name}.{inner.name}", inner)
    if item.type == "array" and item.items is not None:
        yield from _single_values(f"{name}[]", item.items)
    if item.type == "map" and item.values is not None:
        yield from _single_values(f"{name}.KEY", item.values)


def read_where(node: YamlNode | None, event: Event, values: EventValues, path: Path) -> tuple[Where, ...]:
    """The conditions of a `where` mapping on values of messages of `event`, and on the person; all must be true."""
    return tuple(_WhereReader(event, values).read("", node, path)) if _is_mapping(node, values, path) else ()


def read_any_where(node: YamlNode | None, values: EventValues, path: Path) -> tuple[Where, ...]:
    """The conditions of a `where` on any message, which has no properties: on its person alone."""
    if not _is_mapping(node, values, path):
        return ()
    conditions: list[Where] = []
    for name, condition in node.value.items():
        if is_about_segments(name, None):
            conditions += read_members(condition, values, (*path, name))
        else:
            message = f"* is every message, which has no property {name!r}"
            remedy = f"name an event, or ask by {SEGMENT_KEY}: NAME"
            values.problems.add("bad_condition", message, at=node.key(name), path=(*path, name), remedy=remedy)
    return tuple(conditions)


def _is_mapping(node: YamlNode | None, values: EventValues, path: Path) -> TypeGuard[YamlNode]:
    """Whether there are conditions; a problem for what is no mapping."""
    if node is None or isinstance(node.value, dict):
        return node is not None
    message = f"takes a mapping from properties to values, not {kind_of(node.value)}"
    values.problems.add("wrong_type", message, at=node, path=path, remedy="write {PROPERTY: VALUE}")
    return False


class _WhereReader(NamedTuple):
    """Reads the conditions on messages of one event, and on the items of their arrays."""

    event: Event
    values: EventValues

    def read(self, item: str, node: YamlNode, path: Path) -> list[Where]:
        """All conditions of a mapping. `item` is the name of the items that they are about, "" for messages."""
        return [
            where
            for name, condition in node.value.items()
            for where in self._named(item, name, node.key(name), condition, (*path, name))
        ]

    def _named(self, item: str, name: str, at: Location, node: YamlNode, path: Path) -> list[Where]:
        if not item and is_about_segments(name, self.event):
            return read_members(node, self.values, path)
        value = self.values.value(self.event, joined_name(item, name), at, path)
        if value is None:
            return []
        array, rest = split_items(name)
        if not array:
            is_single = is_scalar(value, node, path, self.values.problems)
            return _Conditions(value, name, path, self.values.problems).read(node) if is_single else []
        items = joined_name(item, array)
        conditions = self._named(items, rest, at, node, path) if rest else self._of_item(items, value, node, path)
        return [Where(property=array, op="any", where=tuple(conditions))] if conditions else []

    def _of_item(self, item: str, value: ValueName, node: YamlNode, path: Path) -> list[Where]:
        """Conditions on the items themselves: several on each, where items have properties."""
        if value.property.type == "object" and isinstance(node.value, dict) and node.value:
            return self.read(item, node, path)
        is_single = is_scalar(value, node, path, self.values.problems)
        return _Conditions(value, "", path, self.values.problems).read(node) if is_single else []


# Which YAML values a property of a type can be compared with; null means a value that is absent or null.
_COMPARABLE: dict[str, tuple[type, ...]] = {
    "integer": (int,), "number": (int, Decimal), "decimal": (int, Decimal), "boolean": (bool,),
    "string": (str,), "datetime": (str,), "date": (str,), "uuid": (str,),
}  # fmt: skip


class _Conditions:
    """Reads the conditions on one value; `name` is what they call it."""

    def __init__(self, value: ValueName, name: str, path: Path, problems: Problems) -> None:
        self._property = value.property
        self._shown = value.name
        self._name = name
        self._path = path
        self._problems = problems

    def read(self, node: YamlNode) -> list[Where]:
        if not isinstance(node.value, dict):
            return self._among("in", node)
        operators = ("not", *ORDERINGS)
        conditions: list[Where] = []
        if not node.value:
            self._bad("the condition is empty", node, f"use {', '.join(operators)}, or a value")
        for key, condition in node.value.items():
            if key == "not":
                conditions += self._among("not_in", condition)
            elif key in ORDERINGS:
                conditions += self._ordering(key, condition)
            else:
                remedy = did_you_mean(key, operators)
                message = f"unknown key {key!r}"
                self._problems.add("unknown_key", message, at=node.key(key), path=self._path, remedy=remedy)
        return conditions

    def _bad(self, message: str, node: YamlNode, remedy: str) -> None:
        self._problems.add("bad_condition", message, at=node, path=self._path, remedy=remedy)

    def _among(self, op: str, node: YamlNode) -> list[Where]:
        items = node.value if isinstance(node.value, list) else [node]
        if not items:
            self._bad("no value is given", node, "list at least one value")
        values = [self._value(item) for item in items]
        if not values or MISSING in values:
            return []
        return [Where(property=self._name, op=cast("Any", op), values=tuple(values))]

    def _ordering(self, op: str, node: YamlNode) -> list[Where]:
        prop = self._property
        if prop.type not in NUMERIC:
            type_words = say_types(prop.type, prop.types)
            message = f"{op} compares numbers, and {self._shown!r} is of type {type_words}"
            self._bad(message, node, "list values instead")
            return []
        if type(node.value) is not int and not isinstance(node.value, Decimal):
            self._bad(f"{op} takes a number, not {kind_of(node.value)}", node, f"write {op}: 10")
            return []
        value = self._exact(node)
        return [] if value is MISSING else [Where(property=self._name, op=cast("Any", op), values=(value,))]

    def _value(self, node: YamlNode) -> Any:
        prop, value = self._property, node.value
        type_words = say_types(prop.type, prop.types)
        if value is None:
            return None
        if not any(type(value) in _COMPARABLE[name] for name in prop.types or (prop.type,)):
            article = "true or false" if prop.type == "boolean" else f"a value of type {type_words}"
            self._bad(f"{self._shown!r} takes {article}, not {kind_of(value)}", node, "compare with values it can have")
            return MISSING
        if prop.enum and not prop.open and value not in prop.enum:
            self._bad(f"{self._shown!r} can never be {value!r}", node, did_you_mean(str(value), map(str, prop.enum)))
            return MISSING
        return self._exact(node)

    def _exact(self, node: YamlNode) -> Any:
        if not isinstance(node.value, Decimal):
            return node.value
        number = float(node.value)
        if Decimal(repr(number)) != node.value:
            self._bad(f"{node.value} has more digits than can be compared", node, "use at most 15 digits")
            return MISSING
        return number
