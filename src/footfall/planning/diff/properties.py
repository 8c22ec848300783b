"""Compares two lists of properties, and two properties key by key: a table of comparisons, one for each key.

A property keeps its identity by its name. A property with a new name is a renamed one only when it declares the old
key on the wire as its `wire_name`; anything else is one removed and one added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from footfall.plan.model import Event, Property
from footfall.planning.diff.changes import RawChange
from footfall.planning.diff.likeness import likely_heirs
from footfall.planning.diff.wording import say, say_duration, say_list, say_property, say_type

__all__ = ["PROPERTY_KEYS", "compare_additional", "compare_properties", "pair_properties"]

# Each value of the first is one of the second, in the JSON text that is checked.
_WIDER: Mapping[str, frozenset[str]] = {
    "integer": frozenset({"number", "decimal"}),
    "date": frozenset({"string"}),
    "datetime": frozenset({"string"}),
    "uuid": frozenset({"string"}),
}
# What every value of a type keeps to without saying so, so that saying it in a wider type refuses nothing.
_IMPLIED: Mapping[str, Mapping[str, Any]] = {
    "integer": {"scale": 0},
    "date": {"format": "date", "min_length": 10, "max_length": 10},
    "datetime": {"format": "date-time", "min_length": 20},
    "uuid": {"format": "uuid", "min_length": 36, "max_length": 36},
}
_WIDER_FORMATS: Mapping[str, frozenset[str]] = {
    "ipv4": frozenset({"ip"}),
    "ipv6": frozenset({"ip"}),
    "url": frozenset({"uri"}),
}


def pair_properties(
    base: Sequence[Property], new: Sequence[Property]
) -> Iterator[tuple[Property | None, Property | None]]:
    """The properties of two lists side by side: those of the base in its order, then those that are new."""
    names = {prop.name: prop for prop in new}
    old_names = {prop.name for prop in base}
    keys = {prop.wire_name: prop for prop in new if prop.name not in old_names}
    taken = set()
    for old in base:
        match = names.get(old.name) or keys.get(old.wire_name)
        if match is not None:
            taken.add(match.name)
        yield old, match
    yield from ((None, prop) for prop in new if prop.name not in taken)


def compare_properties(base: Sequence[Property], new: Sequence[Property], levels: Sequence[str]) -> Iterator[RawChange]:
    """Every difference between two lists of properties; paths start at the property's name.

    `levels` are the words for sensitivity, from low to high.
    """
    if base == new:
        return
    pairs = list(pair_properties(base, new))
    heirs = likely_heirs(pairs, _shape)
    for old, now in pairs:
        if now is None and old is not None:
            heir = heirs.get(old.name)
            yield RawChange(
                "property_removed",
                "removes {where}",
                path=(old.name,),
                before=say_property(old),
                in_base=True,
                remedy=f"if {heir.name} is its new name, add `wire_name: {old.wire_name}` to it" if heir else "",
            )
        elif now is not None and old is None:
            kind = "required_property_added" if now.required else "property_added"
            yield RawChange(kind, "adds {where}", path=(now.name,), after=say_property(now))
        elif old is not None and now is not None and old != now:
            for raw in _one(old, now, levels):
                yield msgspec.structs.replace(raw, path=(now.name, *raw.path))


def _shape(prop: Property) -> Property | None:
    """All that a property is but its name and what readers see; None for one so plain that a likeness says nothing."""
    shape = msgspec.structs.replace(prop, name="", wire_name="", description="", examples=(), no_lint=(), x={})
    return None if shape == Property(name="", wire_name="", type=prop.type) else shape


def _one(old: Property, new: Property, levels: Sequence[str]) -> Iterator[RawChange]:
    """The differences of one property, without its name in their paths."""
    if old.name != new.name:
        yield RawChange("property_renamed", f"renames {old.name} to {{where}}", before=old.name, after=new.name)
    before, after = say_type(old), say_type(new)
    if before != after:
        wider = all(_fits(type_, _types(new)) for type_ in _types(old))
        kind = "type_widened" if wider else "type_changed"
        yield RawChange(kind, f"changes its type from {before} to {after}", before=before, after=after)
        if not wider:
            return  # constraints of another type have nothing in common with the old ones
    for compare in _COMPARISONS:
        yield from compare(old, new)
    yield from _sensitivity(old, new, levels)
    for key, part in (("items", "[]"), ("values", "{}")):
        old_value, new_value = getattr(old, key), getattr(new, key)
        if old_value is not None and new_value is not None and old_value != new_value:
            for raw in _one(old_value, new_value, levels):
                yield msgspec.structs.replace(raw, path=(part, *raw.path))
    if new.type == "object":
        yield from compare_properties(old.properties, new.properties, levels)


def _types(prop: Property) -> tuple[str, ...]:
    return prop.types if prop.type == "union" else (prop.type,)


def _fits(type_: str, types: tuple[str, ...]) -> bool:
    """Whether every value of one type is a value of one of several."""
    return type_ in types or "any" in types or not _WIDER.get(type_, frozenset()).isdisjoint(types)


def _flags(key: str, on: str, off: str, words: tuple[str, str]) -> Callable[[Property, Property], Iterator[RawChange]]:
    def compare(old: Property, new: Property) -> Iterator[RawChange]:
        old_value, new_value = getattr(old, key), getattr(new, key)
        if old_value != new_value:
            kind, what = (on, words[0]) if new_value else (off, words[1])
            yield RawChange(kind, what, before=say(old_value), after=say(new_value))

    return compare


def _enum(old: Property, new: Property) -> Iterator[RawChange]:
    before, after = say(old.enum), say(new.enum)
    if not old.enum or not new.enum:
        if new.enum and not new.open:
            yield RawChange("enum_added", f"allows only {say_list(new.enum)}", before=before, after=after)
        elif new.enum:
            yield RawChange("enum_opened", f"names its usual values: {say_list(new.enum)}", after=after)
        elif old.enum:
            yield RawChange("enum_removed", "allows any value", before=before, after=after)
        return
    gone = tuple(value for value in old.enum if value not in new.enum)
    come = tuple(value for value in new.enum if value not in old.enum)
    if gone:
        kind = "open_enum_values_removed" if new.open else "enum_values_removed"
        yield RawChange(kind, f"removes the value{_s(gone)} {say_list(gone)}", before=before, after=after, values=gone)
    if come:
        yield RawChange("enum_values_added", f"adds the value{_s(come)} {say_list(come)}", before=before, after=after)
    if not gone and not come and old.enum != new.enum:
        yield RawChange("property_described", "puts its values in another order", before=before, after=after)
    if old.open and not new.open:
        yield RawChange("enum_closed", "closes its enum", before="open", after="closed")
    elif new.open and not old.open:
        yield RawChange("enum_opened", "opens its enum", before="closed", after="open")


def _s(values: Sequence[object]) -> str:
    return "" if len(values) == 1 else "s"


def _bound(key: str, sign: int) -> Callable[[Property, Property], Iterator[RawChange]]:
    """A comparison of a bound: `sign` is 1 for a lower, -1 for an upper one."""
    words = key.replace("_", " ")

    def compare(old: Property, new: Property) -> Iterator[RawChange]:
        old_value: Decimal | int | None = getattr(old, key)
        new_value: Decimal | int | None = getattr(new, key)
        if old_value == new_value:
            return
        bound = _implied(old, new, key) if old_value is None else old_value
        narrower = new_value is not None and (bound is None or (new_value - bound) * sign > 0)
        if old_value is not None or narrower:
            kind = "constraint_narrowed" if narrower else "constraint_widened"
            yield _set(kind, words, say(old_value), say(new_value))

    return compare


def _implied(old: Property, new: Property, key: str) -> Any:
    return _IMPLIED.get(old.type, {}).get(key) if old.type != new.type else None


def _set(kind: str, words: str, before: str | None, after: str | None) -> RawChange:
    if after is None:
        what = f"takes its {words} away (it was {before})"
    else:
        what = f"sets its {words} to {after}" if before is None else f"changes its {words} from {before} to {after}"
    return RawChange(kind, what, before=before, after=after)


def compare_additional(old: Property | Event, new: Property | Event) -> Iterator[RawChange]:
    """The difference in what an object says of keys that it does not name."""
    if old.additional == new.additional:
        return
    before, after = (_ADDITIONAL[each.additional] for each in (old, new))
    harder = _OPENNESS.index(new.additional) < _OPENNESS.index(old.additional)
    kind = "additional_refused" if harder else "additional_allowed"
    what = f"{after} keys that the plan does not name (it was: {before})"
    yield RawChange(kind, what, before=say(old.additional), after=say(new.additional))


_OPENNESS = (False, None, True)
_ADDITIONAL: Mapping[bool | None, str] = {False: "refuses", None: "has `enforcement` decide on", True: "allows"}


def _text(key: str, wider: Mapping[str, frozenset[str]]) -> Callable[[Property, Property], Iterator[RawChange]]:
    """A comparison of a check of texts: only a wider one, by the table, lets all old values pass."""

    def compare(old: Property, new: Property) -> Iterator[RawChange]:
        old_value, new_value = getattr(old, key), getattr(new, key)
        if old_value != new_value and (old_value is not None or new_value != _implied(old, new, key)):
            fits = new_value is None or (old_value is not None and new_value in wider.get(old_value, ()))
            kind = "constraint_widened" if fits else "constraint_narrowed"
            yield _set(kind, key, say(old_value), say(new_value))

    return compare


def _word(key: str, first: str, other: str) -> Callable[[Property, Property], Iterator[RawChange]]:
    """A comparison of a word: of kind `first` where there was none before."""

    def compare(old: Property, new: Property) -> Iterator[RawChange]:
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield _set(first if before is None else other, key, before, after)

    return compare


def _wire_name(old: Property, new: Property) -> Iterator[RawChange]:
    if old.wire_name != new.wire_name:
        what = f"changes its key on the wire from {old.wire_name} to {new.wire_name}"
        yield RawChange("property_wire_name_changed", what, before=old.wire_name, after=new.wire_name)


def _retention(old: Property, new: Property) -> Iterator[RawChange]:
    old_value, new_value = old.retention, new.retention
    if old_value != new_value:
        shorter = new_value is not None and (old_value is None or new_value < old_value)
        kind = "retention_shortened" if shorter else "retention_lengthened"
        before, after = say_duration(old_value), say_duration(new_value)
        yield RawChange(kind, f"is kept for {after} (it was {before})", before=before, after=after)


def _sensitivity(old: Property, new: Property, levels: Sequence[str]) -> Iterator[RawChange]:
    old_level, new_level = old.sensitivity, new.sensitivity
    if old_level == new_level:
        return
    rank = {level: number for number, level in enumerate(levels)}
    lower = rank.get(new_level or "", -1) < rank.get(old_level or "", -1)
    kind = "sensitivity_lowered" if lower else "sensitivity_raised"
    yield _set(kind, "sensitivity", old_level, new_level)


_DESCRIBING = ("description", "examples", "no_lint", "x")


def _described(old: Property, new: Property) -> Iterator[RawChange]:
    changed = [key for key in _DESCRIBING if getattr(old, key) != getattr(new, key)]
    if changed:
        before, after = (say(getattr(prop, changed[0])) if len(changed) == 1 else None for prop in (old, new))
        yield RawChange("property_described", f"changes its {' and '.join(changed)}", before=before, after=after)


_NONE: Mapping[str, frozenset[str]] = {}
_COMPARED: tuple[tuple[tuple[str, ...], Callable[[Property, Property], Iterator[RawChange]]], ...] = (
    (("wire_name",), _wire_name),
    (
        ("required",),
        _flags("required", "property_now_required", "property_now_optional", ("is required now", "is optional now")),
    ),
    (
        ("nullable",),
        _flags("nullable", "null_allowed", "null_refused", ("may be null now", "may not be null any more")),
    ),
    (("enum", "open"), _enum),
    (("pattern",), _text("pattern", _NONE)),
    (("format",), _text("format", _WIDER_FORMATS)),
    (("min",), _bound("min", 1)),
    (("max",), _bound("max", -1)),
    (("min_length",), _bound("min_length", 1)),
    (("max_length",), _bound("max_length", -1)),
    (("min_items",), _bound("min_items", 1)),
    (("max_items",), _bound("max_items", -1)),
    (("scale",), _bound("scale", -1)),
    (("additional",), compare_additional),
    (("unit",), _word("unit", "unit_named", "unit_changed")),
    (("currency",), _word("currency", "currency_named", "currency_changed")),
    (("transform",), _word("transform", "transform_changed", "transform_changed")),
    (("retention",), _retention),
    (_DESCRIBING, _described),
)
_COMPARISONS = tuple(compare for _, compare in _COMPARED)

_STRUCTURE = ("name", "type", "types", "sensitivity", "items", "values", "properties")
PROPERTY_KEYS = frozenset((*_STRUCTURE, *(key for keys, _ in _COMPARED for key in keys)))
"""The fields of Property that are compared; a test compares them with the model."""
