"""Where the plan's transforms apply in a body: a tree of parts. Two plans' trees are put together here.

An `Edit` says what to do with a value; values with nothing to change have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from footfall.plan.calls import Call, call_of, keys_of
from footfall.plan.checking.equal import kind_of_text
from footfall.plan.model import Page, Property, Transform

__all__ = ["Edit", "PageParts", "part_of", "parts_in", "remaining", "stricter", "touches"]

_STRICTNESS: tuple[Transform, ...] = ("truncate", "mask", "hash", "drop")
"""From what says most of a value to what says nothing: three characters, two, whether two values are equal."""


class Edit(msgspec.Struct, frozen=True):
    """What to do with a value: `change` it, or look inside it, by key or in every item or value.

    `equal_as` is the type or format by which two texts are one value (see `checking.equal`), None where none is.
    `is_ours` marks an object that is a message's and not the plan's: where it is no object nothing is changed.
    """

    change: Transform | None = None
    keys: Mapping[str, Edit] = {}
    in_array: Edit | None = None
    in_map: Edit | None = None
    is_ours: bool = False
    equal_as: str | None = None

    def inside(self, key: str) -> Edit | None:
        """What to do with the value of a key."""
        return self.keys.get(key) or self.in_map


_NOTHING = Edit(is_ours=True)


def part_of(properties: Iterable[Property]) -> Edit | None:
    """The part of a body with these properties; None where nothing in it is changed."""
    return _part_of(Property(type="object", properties=tuple(properties)))


def _part_of(prop: Property) -> Edit | None:
    if prop.transform is not None:
        return Edit(prop.transform, equal_as=kind_of_text(prop))
    return _looking(
        {child.wire_name or child.name: _part_of(child) for child in prop.properties},
        _part_of(prop.items) if prop.items is not None else None,
        _part_of(prop.values) if prop.values is not None else None,
    )


def _looking(
    keys: Mapping[str, Edit | None], in_array: Edit | None, in_map: Edit | None, is_ours: bool = False
) -> Edit | None:
    kept = {key: part for key, part in keys.items() if part is not None}
    return Edit(None, kept, in_array, in_map, is_ours) if kept or in_array or in_map else None


class PageParts:
    """What a plan changes in calls that are no events: in one page by its name, or in every call of a type."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._parts = {name: part for name, page in pages.items() if (part := part_of(page.properties)) is not None}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def named(self, name: str) -> bool:
        """Whether something is changed in a page of this name (`page:Home`) alone."""
        call = call_of(name)
        return call is not None and any(key in self._parts for key in keys_of(call)[:-1])

    def of(self, type_: str, name: str | None = None) -> Edit | None:
        """What to change in the properties, or traits, of a call of this type, and of this name (`page:Home`)."""
        call = (None if name is None else call_of(name)) or Call(type_)
        part: Edit | None = None
        for key in keys_of(call):
            part = stricter(part, self._parts.get(key))
        return part

    def of_any(self) -> Edit | None:
        """What to change in a call of which nothing is known."""
        every: Edit | None = None
        for part in self._parts.values():
            every = stricter(every, part)
        return every


def stricter(first: Edit | None, second: Edit | None) -> Edit | None:
    """A part that changes all that either changes; where both change a value, the one that says less of it wins."""
    if first is None or second is None:
        return first or second
    changes = [part.change for part in (first, second) if part.change is not None]
    if changes:
        return Edit(max(changes, key=_STRICTNESS.index), equal_as=first.equal_as or second.equal_as)
    return _looking(
        {key: stricter(first.inside(key), second.inside(key)) for key in {**first.keys, **second.keys}},
        stricter(first.in_array, second.in_array),
        stricter(first.in_map, second.in_map),
        first.is_ours and second.is_ours,
    )


def remaining(wanted: Edit | None, done: Edit | None) -> Edit | None:
    """What remains to do after `done`. A value that was changed is only changed again to be dropped."""
    if wanted is None or done is None:
        return wanted
    if done.change is not None:
        return wanted if wanted.change == "drop" != done.change else None
    if wanted.change is not None:
        return wanted
    in_map = remaining(wanted.in_map, done.in_map)
    # Under a map a key needs its own part to be left alone.
    spared = _NOTHING if in_map is not None else None
    return _looking(
        {
            key: remaining(wanted.inside(key), done.inside(key)) or spared
            for key in {**wanted.keys, **(done.keys if wanted.in_map is not None else {})}
        },
        remaining(wanted.in_array, done.in_array),
        in_map,
        wanted.is_ours,
    )


def touches(part: Edit, value: Any) -> bool:
    """Whether anything in a decoded value is to be changed."""
    if part.change is not None:
        return True
    if type(value) is dict:
        if part.in_map is not None:
            return any(
                (inside := part.inside(key)) is not None and touches(inside, item) for key, item in value.items()
            )
        # A loop and no generator: this is asked of every message.
        for key, inside in part.keys.items():
            if key in value and touches(inside, value[key]):
                return True
        if part.keys:
            return False
    if type(value) is list and part.in_array is not None:
        inside = part.in_array
        return any(touches(inside, item) for item in value)
    return value is not None and not part.is_ours


def parts_in(part: Edit | None) -> Iterator[tuple[str, Edit]]:
    """Every key that leads to a changed value, at any depth, with its part."""
    if part is None:
        return
    for key, inside in part.keys.items():
        yield key, inside
        yield from parts_in(inside)
    yield from parts_in(part.in_array)
    yield from parts_in(part.in_map)
