"""What a plan can name in a message: properties at any depth, items of arrays, traits of its person, its context.

| name | the value |
|---|---|
| `total` | a property of the event |
| `address.city` | a property of an object in it, or the value of a key of a map |
| `lines[].sku` | a property of each item of an array; `tags[]` is each item itself |
| `context.campaign.source` | a part of the message's context: see `footfall.plan.context_fields` |
| `traits.plan` | a trait of the person whose message it is, its latest value |
| `channel` | the channel of contact: see `footfall.plan.channels` |
| `margin` | a derived property of the event |

All code that reads a name goes by `value_named`: it says what type the value has and where it is. A property of the
event that is called `context`, `traits` or `channel` goes before the message's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from footfall.plan.calls import call_of
from footfall.plan.channels import CHANNELS
from footfall.plan.context_fields import CONTEXT
from footfall.plan.model import DerivedProperty, Event, Plan, Property, Where
from footfall.plan.problems import did_you_mean

__all__ = [
    "ACTOR", "MessagePart", "NoValue", "ValueName", "array_of", "arrays_of", "joined_name", "names_in", "parted",
    "single_conditions", "split_items", "top_property", "user_traits", "value_named", "value_of",
]  # fmt: skip

MessagePart = Literal["properties", "context", "traits", "channel", "derived"]
"""Where a value is: in what the message says (the traits of an identify), in its context, with its person, or in the
plan, which says of what channel of contact a message is, and what is derived from it."""

ACTOR = "actor"
"""In `unique: EVENT.actor`: the person, or the device where there is no person."""

_EACH = "[]"
_CHANNEL = Property(name="channel", type="string", enum=CHANNELS)


class ValueName(NamedTuple):
    """A value by its name: `part` and `keys` say where it is, `property` which type it has.

    `keys` are those on the wire, and None for each item of an array.
    """

    name: str
    part: MessagePart
    keys: tuple[str | None, ...]
    property: Property


class NoValue(NamedTuple):
    """Why a name has no value: the code and message of a problem, and what to write instead."""

    code: str
    message: str
    remedy: str


class _Branch(NamedTuple):
    """What was read of a name, and where it leads."""

    name: str
    part: MessagePart
    keys: tuple[str | None, ...]


def value_named(
    event: str,
    name: str,
    properties: Mapping[str, Property | None],
    traits: Sequence[Property] = (),
    derived: Sequence[DerivedProperty] = (),
) -> ValueName | NoValue | None:
    """The value of a name in a message of `event`, which has these properties; None where nobody can know.

    `traits` are the plan's for persons, `derived` what the plan derives of the event. A property that could not be
    read is None, and has any value.
    """
    read = _read(event, name, properties, _Branch("", "properties", ()))
    if not isinstance(read, NoValue) or _top(name) in properties:
        return read
    for each in derived:
        if each.name == name:
            return ValueName(name, "derived", (), Property(name=name, type=each.type, currency=each.currency))
    if name == _CHANNEL.name:
        return ValueName(name, "channel", (), _CHANNEL)
    if _top(name) == "context":
        return _inside(event, name, CONTEXT, _Branch("context", "context", ()))
    if _top(name) == "traits":
        person = Property(name="traits", type="object", properties=tuple(traits))
        value = _inside(event, name, person, _Branch("traits", "traits", ()))
        if isinstance(value, ValueName) and array_of(name):
            return NoValue("not_scalar", f"{name!r} is in an array of a trait", "name a trait that is a single value")
        return value
    return read


def user_traits(plan: Plan) -> Sequence[Property]:
    """The traits of persons that a plan has."""
    return plan.traits.get("user", ())


def value_of(event: Event, name: str, traits: Sequence[Property] = ()) -> ValueName | NoValue:
    """The same for an event of a plan without a problem."""
    value = value_named(event.name, name, {item.name: item for item in event.properties}, traits, event.derived)
    assert value is not None
    return value


def split_items(name: str) -> tuple[str, str]:
    """A name parted at its first array: `lines[].sku` is `lines[]` and `sku`; of one value the first is ""."""
    head, each, rest = name.partition(_EACH)
    return (head + each, rest.removeprefix(".")) if each else ("", name)


def array_of(name: str) -> str:
    """The name of the innermost array that a value is in, such as `lines[]`; "" for one value of each message."""
    return name[: name.rfind(_EACH) + len(_EACH)] if _EACH in name else ""


def single_conditions(where: Where, item: str = "") -> Iterator[Where]:
    """The conditions on single values in a condition, each with the whole name of its value."""
    name = joined_name(item, where.property)
    if where.op != "any":
        yield msgspec.structs.replace(where, property=name)
    for inner in where.where:
        yield from single_conditions(inner, name)


def names_in(where: Where) -> Iterator[str]:
    """The names of the values that a condition is on; none for one that is about the person."""
    return (single.property for single in single_conditions(where) if single.op not in ("member", "not_member"))


def joined_name(item: str, name: str) -> str:
    """The whole name of a value that is called `name` from an item on; of no item it is the name itself."""
    return f"{item}{name}" if not item or not name or name.startswith(_EACH) else f"{item}.{name}"


def arrays_of(name: str) -> list[str]:
    """The names of all arrays that a value is in, the outermost first: `orders[]`, `orders[].lines[]`."""
    places = [place + len(_EACH) for place in range(len(name)) if name.startswith(_EACH, place)]
    return [name[:place] for place in places]


def top_property(name: str) -> str:
    """The property of the event that a name begins with: `lines` of `lines[].sku`."""
    return _top(name)


def parted(text: str) -> list[tuple[str, str]]:
    """Each way to read EVENT.VALUE: an event has no dot in its name, `page:NAME` may have some; the longest first."""
    dots = [place for place, sign in enumerate(text) if sign == "." and 0 < place < len(text) - 1]
    if call_of(text) is None:
        dots = dots[:1]
    return [(text[:place], text[place + 1 :]) for place in reversed(dots)]


def _top(name: str) -> str:
    return name.partition(".")[0].partition(_EACH)[0]


def _read(
    event: str, rest: str, properties: Mapping[str, Property | None], branch: _Branch
) -> ValueName | NoValue | None:
    """The value of the `rest` of a name among some properties, the longest of which that fits counts."""
    fault: NoValue | None = None
    for name in sorted(properties, key=len, reverse=True):
        if rest != name and not rest.startswith((f"{name}.", f"{name}{_EACH}")):
            continue
        item = properties[name]
        if item is None:
            return None
        path = f"{branch.name}.{name}" if branch.name else name
        keys = (*branch.keys, item.wire_name or item.name)
        value = _walk(event, rest[len(name) :], item, branch._replace(name=path, keys=keys))
        if not isinstance(value, NoValue):
            return value
        fault = fault or value
    if fault is not None:
        return fault
    before = f"{branch.name}." if branch.name else ""
    names = [f"{before}{name}" for name in properties]
    remedy = did_you_mean(f"{before}{rest}", names) or "define the property, or take the name out"
    return NoValue("unknown_reference", f"there is no property of {event} {before + rest!r}", remedy)


def _inside(event: str, name: str, whole: Property, branch: _Branch) -> ValueName | NoValue | None:
    """A name that begins with a part of the message beside its properties."""
    inner = {item.name: item for item in whole.properties}
    rest = name[len(branch.name) :]
    if not rest.startswith(".") or len(rest) == 1:
        example = next((_example(branch.name, item) for item in whole.properties), "")
        remedy = f"write {example}" if example else f"define {branch.name}: {{user: …}} in the plan"
        return NoValue("not_scalar", f"{name!r} is all of the {branch.name}, not a single value", remedy)
    value = _read(event, rest[1:], inner, branch)
    if isinstance(value, NoValue) and value.code == "unknown_reference":
        kind = "trait of persons" if branch.part == "traits" else "documented part of a context"
        choices = [each for item in whole.properties for each in _leaves(branch.name, item)]
        remedy = did_you_mean(name, choices, f"see the table of what can be named of {branch.name}")
        return NoValue("unknown_reference", f"there is no {kind} {name!r}", remedy)
    return value


def _leaves(before: str, item: Property) -> Iterator[str]:
    if item.type != "object":
        yield f"{before}.{item.name}"
    for inner in item.properties:
        yield from _leaves(f"{before}.{item.name}", inner)


def _example(before: str, item: Property) -> str:
    return next(_leaves(before, item), f"{before}.{item.name}")


def _walk(event: str, rest: str, item: Property, branch: _Branch) -> ValueName | NoValue | None:
    """The value of the `rest` of a name below one property."""
    if not rest:
        return ValueName(branch.name, branch.part, branch.keys, item)
    if rest.startswith(_EACH):
        return _items(event, rest[len(_EACH) :], item, branch)
    rest = rest[1:]
    if not rest or item.transform is not None:
        reason = "ends with a dot" if not rest else f"is below {branch.name}, which is sent as text"
        return NoValue("not_scalar", f"{branch.name}.{rest} {reason}", f"write {branch.name}")
    if item.type == "object":
        if not item.properties:
            remedy = f"describe {rest.partition('.')[0]} under the properties of {branch.name}"
            return NoValue("unknown_reference", f"the plan knows nothing of what is in {branch.name}", remedy)
        return _read(event, rest, {inner.name: inner for inner in item.properties}, branch)
    if item.type == "map":
        return _value_of_map(event, rest, item.values or Property(type="any"), branch)
    if item.type == "array":
        message = f"{branch.name} is an array, so {branch.name}.{rest} has a value in each item"
        return NoValue("not_scalar", message, f"write {branch.name}{_EACH}.{rest}")
    message = f"{branch.name} is of type {item.type}, so there is no {branch.name}.{rest}"
    return NoValue("unknown_reference", message, f"write {branch.name}")


def _value_of_map(event: str, rest: str, values: Property, branch: _Branch) -> ValueName | NoValue | None:
    """A map of single values has keys with any sign; the keys of others end before the next dot."""
    is_deep = values.type in ("object", "map", "array")
    ends = [place for place in ((rest.find("."), rest.find(_EACH)) if is_deep else ()) if place >= 0]
    end = min(ends, default=len(rest))
    key, below = rest[:end], rest[end:]
    if not key:
        return NoValue("unknown_reference", f"{branch.name}.{rest} names no key", f"write {branch.name}.KEY")
    return _walk(event, below, values, branch._replace(name=f"{branch.name}.{key}", keys=(*branch.keys, key)))


def _items(event: str, rest: str, item: Property, branch: _Branch) -> ValueName | NoValue | None:
    if item.type != "array" or item.transform is not None:
        message = f"{branch.name} is of type {item.type}, not an array, so there is no {branch.name}{_EACH}"
        return NoValue("not_scalar", message, f"write {branch.name}{rest}")
    items = branch._replace(name=branch.name + _EACH, keys=(*branch.keys, None))
    return _walk(event, rest, item.items or Property(type="any"), items)
