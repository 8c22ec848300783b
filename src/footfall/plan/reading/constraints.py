"""Checks the constraints of one property against each other: misplaced keys, bounds, enums, inner types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from footfall.plan.checking.formats import FORMATS
from footfall.plan.model import NUMERIC, Property
from footfall.plan.patterns import MOST_TRIES, longest_value
from footfall.plan.problems import Location, Path, Problems, did_you_mean
from footfall.plan.reading.yaml_source import YamlNode
from footfall.plan.wording import say_types

__all__ = ["DEEPEST", "SCALARS", "check_constraints"]

DEEPEST = 16
"""How deep objects, arrays and maps may be nested in one property."""

_TEXT = frozenset({"string"})
SCALARS = NUMERIC | {"string", "boolean", "datetime", "date", "uuid", "union"}

# The types on which a key has a meaning; a key that is not named here has one on all.
_APPLIES: Mapping[str, frozenset[str]] = {
    "enum": frozenset({"string", "integer"}),
    "open": frozenset({"string", "integer"}),
    "pattern": _TEXT,
    "format": _TEXT,
    "min_length": _TEXT,
    "max_length": _TEXT,
    "min": NUMERIC,
    "max": NUMERIC,
    "scale": frozenset({"decimal"}),
    "unit": NUMERIC,
    "currency": NUMERIC,
    "min_items": frozenset({"array", "map"}),
    "max_items": frozenset({"array", "map"}),
    "items": frozenset({"array"}),
    "values": frozenset({"map"}),
    "properties": frozenset({"object"}),
    "additional": frozenset({"object"}),
}
_RANGES = (("min", "max"), ("min_length", "max_length"), ("min_items", "max_items"))
_INNER = (("array", "items"), ("map", "values"))
_WHOLE = frozenset({"enum", "open"})
# What is written alike: a union has at most one of each group, so that it shows in the JSON which type a value has.
_ALIKE: Mapping[str, frozenset[str]] = {
    "text": frozenset({"string", "decimal", "datetime", "date", "uuid"}),
    "numbers": frozenset({"integer", "number", "decimal"}),
}
_ENUM_TYPES: Mapping[str, type] = {"string": str, "integer": int}


def check_constraints(prop: Property, own: Iterable[str], node: YamlNode, path: Path, problems: Problems) -> None:
    """Report what is wrong with a resolved property; `own` are the keys that `node` itself adds."""
    for key in own:
        types = _APPLIES.get(key)
        if types is not None and not _applies(key, prop, types):
            problems.add(
                "misplaced_key",
                f"{key!r} has no effect on the type {say_types(prop.type, prop.types)}",
                at=node.key(key),
                path=path,
                remedy=f"it belongs to {' and '.join(sorted(types))}",
            )
    for low, high in _RANGES:
        least, most = getattr(prop, low), getattr(prop, high)
        if least is not None and most is not None and least > most:
            problems.add(
                "empty_range",
                f"{low} {least} is more than {high} {most}",
                at=_at(node, high, low),
                path=path,
                remedy=f"lower {low} or raise {high}",
            )
    if not {"pattern", "max_length"}.isdisjoint(own):
        _check_pattern_length(prop, node, path, problems)
    for type_, key in _INNER:
        if prop.type == type_ and getattr(prop, key) is None and key not in node.value:
            problems.add(
                "missing_key",
                f"the type {type_} needs {key!r}",
                at=node,
                path=path,
                remedy=f"add {key}: {{type: …}}; {{type: any}} takes everything",
            )
    # Told where the limit is passed; what is around it is deeper still.
    if _depth(prop) == DEEPEST + 1:
        message = f"objects, arrays and maps are nested {DEEPEST + 1} deep"
        problems.add("too_large", message, at=node, path=path, remedy=f"nest at most {DEEPEST} deep")
    if prop.open and not prop.enum:
        problems.add(
            "misplaced_key", "'open' has no effect without an enum", at=_at(node, "open"), path=path,
            remedy="add an enum, or take it out",
        )  # fmt: skip
    if prop.format is not None and prop.format not in FORMATS:
        problems.add(
            "unknown_value",
            f"{prop.format!r} is not a known format",
            at=_at(node, "format"),
            path=path,
            remedy=did_you_mean(prop.format, FORMATS),
        )
    if prop.transform in {"truncate", "mask"} and prop.type != "string":
        problems.add(
            "misplaced_key", f"{prop.transform!r} works on the type string, not {say_types(prop.type, prop.types)}",
            at=_at(node, "transform"), path=path, remedy="use hash or drop",
        )  # fmt: skip
    enum = node.get("enum")
    wanted = tuple(_ENUM_TYPES[name] for name in prop.types or (prop.type,) if name in _ENUM_TYPES)
    if enum is not None and isinstance(enum.value, list) and wanted:
        _check_enum(enum, wanted, (*path, "enum"), problems)
    for form, group in _ALIKE.items() if "type" in own else ():
        shared = [name for name in prop.types if name in group]
        if len(shared) > 1:
            problems.add(
                "unknown_value", f"{' and '.join(shared)} are both written as {form}, so a value could be either",
                at=node.value["type"], path=path, remedy="keep one that takes all of them, string or number perhaps",
            )  # fmt: skip


def _check_pattern_length(prop: Property, node: YamlNode, path: Path, problems: Problems) -> None:
    if prop.pattern is None or prop.max_length is None:
        return
    longest = longest_value(prop.pattern)
    if prop.max_length > longest:
        problems.add(
            "slow_pattern",
            f"{prop.pattern!r} can take more than {MOST_TRIES:,} tries on {prop.max_length:,} characters",
            at=_at(node, "max_length", "pattern"),
            path=path,
            remedy=f"max_length: {longest} or less, or let each character be taken by one repetition alone",
        )


def _applies(key: str, prop: Property, types: frozenset[str]) -> bool:
    """Whether a key has a meaning on a property: on a union if on any member, but an enum must judge every value."""
    if prop.type != "union":
        return prop.type in types
    return types.issuperset(prop.types) if key in _WHOLE else not types.isdisjoint(prop.types)


def _depth(prop: Property) -> int:
    parts = [each for each in (prop.items, prop.values, *prop.properties) if each is not None]
    return max(map(_depth, parts), default=0) + 1 if prop.type in {"array", "map", "object"} else 0


def _at(node: YamlNode, *keys: str) -> Location:
    return next((node.key(key) for key in keys if key in node.marks), node)


def _check_enum(enum: YamlNode, wanted: tuple[type, ...], path: Path, problems: Problems) -> None:
    if not enum.value:
        problems.add("bad_enum", "the enum has no value", at=enum, path=path, remedy="list at least one value")
    members: dict[Any, YamlNode] = {}
    for item in enum.value:
        if type(item.value) not in wanted:
            remedy = "put it in quotes" if str in wanted else "write a whole number"
            problems.add(
                "bad_enum", f"{item.plain()!r} is not of the property's type", at=item, path=path, remedy=remedy
            )
        elif item.value in members:
            problems.add(
                "bad_enum",
                f"{item.value!r} is listed twice, first at {members[item.value]}",
                at=item,
                path=path,
                remedy="keep one of them",
            )
        else:
            members[item.value] = item
