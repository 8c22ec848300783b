"""Rules for dictionaries and text: merging, changes in place, joining two ways through the code, concatenation."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import msgspec

from footfall.planning.scan.values import (
    MOST_OPTIONS,
    Choice,
    Const,
    DictEntry,
    Dictionary,
    EnumMember,
    Items,
    Param,
    Unknown,
    Value,
    join_values,
    params_in,
    reason_of,
)

__all__ = [
    "LIST_MUTATORS", "MUTATORS", "SAFE", "changed", "concat", "is_scalar", "join_names", "merged", "opened",
    "options_of", "plain", "replaced", "truth", "with_item", "with_key",
]  # fmt: skip

MUTATORS = frozenset({"clear", "pop", "popitem", "setdefault", "update", "__setitem__", "__delitem__"})
LIST_MUTATORS = frozenset({"append", "extend", "insert", "remove", "reverse", "sort"})
# What does not change a dictionary that it is given.
SAFE = frozenset(
    {
        "print", "len", "str", "repr", "sorted", "list", "tuple", "dict", "bool", "isinstance", "dumps", "pformat",
        "pprint", "debug", "info", "warning", "error", "exception", "critical", "log", "copy", "deepcopy", "type", "id",
    }
)  # fmt: skip
_MOST_TEXT = 10_000
_DEEPEST = 6
_MOST_BITS = 4_000


def options_of(value: Value) -> tuple[Value, ...]:
    """The values that a value may be."""
    return value.options if isinstance(value, Choice) else (value,)


def plain(value: Value) -> Value:
    """The value itself, also of an enum's member."""
    return value.value if isinstance(value, EnumMember) else value


def truth(value: Value) -> bool | None:
    """Whether a value is true, or None when that is not known."""
    value = plain(value)
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Items):
        return bool(value.items)
    if isinstance(value, Dictionary):
        if any(entry.certain for entry in value.entries.values()):
            return True
        return None if value.entries or value.rest is not None else False
    return None if isinstance(value, Unknown | Param | Choice) else True


def opened(value: Dictionary, rest: Unknown | Param) -> Dictionary:
    """The dictionary with possibly more keys, or other values, than the known ones."""
    return msgspec.structs.replace(value, rest=rest)


def with_key(value: Dictionary, key: Value, content: Value) -> Dictionary:
    """The dictionary after `value[key] = content`."""
    key = plain(key)
    if isinstance(key, Const) and isinstance(key.value, str):
        return msgspec.structs.replace(value, entries={**value.entries, key.value: DictEntry(content)})
    options = options_of(key)
    if all(isinstance(option, Const) and isinstance(option.value, str) for option in options):
        names = [option.value for option in options if isinstance(option, Const)]
        more = {name: _uncertain_entry(value.entries.get(name), content) for name in names}
        return msgspec.structs.replace(value, entries={**value.entries, **more})
    return opened(value, Unknown(f"has a key that {reason_of(key)}", params_in(key)))


def with_item(value: Value, key: Value, content: Value) -> Value | None:
    """A value after `value[key] = content`; None where the scan does not follow that."""
    if isinstance(value, Dictionary):
        return with_key(value, key, content)
    if isinstance(value, Items):
        return Unknown("is changed by item", type="array")
    names = [option.value for option in options_of(plain(key)) if isinstance(option, Const)]
    if isinstance(value, Param | Unknown) and names and all(isinstance(name, str) for name in names):
        return with_key(
            Dictionary({}, value), key, content
        )  # what was not known had text for a key, so it is a dictionary
    return None


def replaced(value: Value, old: Value, new: Value, depth: int = 0) -> Value:
    """The value with `new` for `old`, which is it or lies inside it; the same object where nothing is replaced."""
    if value is old:
        return new
    if depth >= _DEEPEST:
        return value
    if isinstance(value, Dictionary):
        entries = {key: replaced(entry.value, old, new, depth + 1) for key, entry in value.entries.items()}
        changed_keys = [key for key, entry in value.entries.items() if entries[key] is not entry.value]
        if changed_keys:
            more = {key: DictEntry(entries[key], value.entries[key].certain) for key in changed_keys}
            return msgspec.structs.replace(value, entries={**value.entries, **more})
    elif isinstance(value, Items):
        items = tuple(replaced(item, old, new, depth + 1) for item in value.items)
        if any(item is not before for item, before in zip(items, value.items, strict=True)):
            return Items(items)
    elif isinstance(value, Choice):
        options = tuple(replaced(option, old, new, depth + 1) for option in value.options)
        if any(option is not before for option, before in zip(options, value.options, strict=True)):
            return msgspec.structs.replace(value, options=options)
    return value


def _uncertain_entry(before: DictEntry | None, content: Value) -> DictEntry:
    return (
        DictEntry(content, False) if before is None else DictEntry(join_values((before.value, content)), before.certain)
    )


def merged(value: Dictionary, more: Value) -> Dictionary:
    """The dictionary after `value.update(more)` or `{**value, **more}`."""
    if isinstance(more, Dictionary):
        entries = dict(value.entries)
        for name, entry in more.entries.items():
            there = entries.get(name)
            entries[name] = entry if entry.certain else _uncertain_entry(there, entry.value)
        return msgspec.structs.replace(value, entries=entries, rest=more.rest or value.rest)
    if isinstance(more, Choice) and all(isinstance(option, Dictionary) for option in more.options):
        each = [option for option in more.options if isinstance(option, Dictionary)]
        return merged(value, _join_dictionaries(each))
    if isinstance(more, Param):
        return opened(value, more)
    return opened(value, Unknown(f"takes in a dictionary that {reason_of(more)}", params_in(more)))


def _join_dictionaries(each: list[Dictionary]) -> Dictionary:
    """One dictionary for several: a key that not all have is uncertain."""
    entries: dict[str, DictEntry] = {}
    for name in dict.fromkeys(name for option in each for name in option.entries):
        present = [option.entries[name] for option in each if name in option.entries]
        certain = len(present) == len(each) and all(entry.certain for entry in present)
        entries[name] = DictEntry(join_values(entry.value for entry in present), certain)
    rest = next((option.rest for option in each if option.rest is not None), None)
    return Dictionary(entries, rest, each[0].origin)


def changed(value: Dictionary, method: str, positional: tuple[Value, ...], named: Dictionary) -> Dictionary:
    """The dictionary after one of its methods that change it was called."""
    if method == "update":
        return merged(merged(value, positional[0]) if positional else value, named)
    if method == "setdefault" and positional:
        key = plain(positional[0])
        if isinstance(key, Const) and key.value in value.entries and value.entries[key.value].certain:
            return value
        return with_key(value, key, positional[1] if len(positional) > 1 else Const(None))
    if method == "__setitem__" and len(positional) == 2:
        return with_key(value, positional[0], positional[1])
    key = plain(positional[0]) if positional else Unknown("")
    if method in {"pop", "__delitem__"} and isinstance(key, Const):
        return msgspec.structs.replace(
            value, entries={name: entry for name, entry in value.entries.items() if name != key.value}
        )
    fewer = {name: DictEntry(entry.value, False) for name, entry in value.entries.items()}
    return msgspec.structs.replace(value, entries=fewer, rest=Unknown("loses a key that is not known"))


def join_names(names: dict[str, Value], others: dict[str, Value]) -> dict[str, Value]:
    """The values of names after two ways through the code meet.

    Two states of one dictionary become one with uncertain keys; two dictionaries stay two.
    """
    joins: dict[tuple[int, int], Value] = {}
    joined = dict(names)
    for name, value in others.items():
        mine = names.get(name)
        if mine is None or mine is value:
            joined[name] = value
            continue
        pair = (id(mine), id(value))  # two names of one dictionary stay names of one
        if pair not in joins:
            related = isinstance(mine, Dictionary) and isinstance(value, Dictionary) and mine.origin == value.origin
            joins[pair] = _join_dictionaries([mine, value]) if related else join_values((mine, value))  # type: ignore[list-item] # related says so
        joined[name] = joins[pair]
    return joined


def concat(parts: Iterable[Value]) -> Value:
    """The text that parts make one after another; from the first unknown part on only the beginning is known."""
    parts = tuple(parts)
    choices = [options_of(plain(part)) for part in parts]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_OPTIONS:
        choices = [c if len(c) == 1 else (Unknown("has many possible parts", params_in(*c)),) for c in choices]
    return join_values((_concat(way) for way in product(*choices)), *parts)


def _concat(parts: tuple[Value, ...]) -> Value:
    text = ""
    for part in map(plain, parts):
        if isinstance(part, Const) and is_scalar(part.value) and len(text) < _MOST_TEXT:
            text += str(part.value)
            continue
        prefix = text + (part.prefix if isinstance(part, Unknown) else "")
        begins = f"begins with {prefix!r} and " if prefix else ""
        why = f"holds a part that {reason_of(part)}"
        return Unknown(begins + why, params_in(*parts), prefix, "string")
    return Const(text)


def is_scalar(value: Any) -> bool:
    """Whether a constant can be combined with others safely."""
    if isinstance(value, int):
        return value.bit_length() <= _MOST_BITS
    return isinstance(value, str | float) or value is None
