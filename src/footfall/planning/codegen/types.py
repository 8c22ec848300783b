"""What a property is as a Python type: an annotation that msgspec can decode and that mypy and pyright understand.

What the annotation says is checked when JSON is decoded into the class: types, null, keys, enums, lengths, bounds of
integers and numbers, patterns, formats. A Decimal's bounds and scale have no annotation, nor have the rules over
several properties; both are checked by the plan when the event is sent, like everything else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from footfall.plan.checking.explain import make_check
from footfall.plan.model import Property
from footfall.plan.regex_dialect import embedded_pattern, python_pattern
from footfall.planning.format_patterns import FORMAT_PATTERNS

__all__ = ["annotation", "quoted"]

_INT64 = 2**63 - 1
_JSON_BUT_NULL = "bool | int | float | str | list[Any] | dict[str, Any]"

MakeClass = Callable[[Property], str]


def quoted(text: str) -> str:
    """A Python literal of a text, in double quotes where that needs no escape."""
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in literal else literal


def annotation(prop: Property, make_class: MakeClass) -> str:
    """The type of a property's value, with None where the plan allows null; `make_class` names an object's class."""
    kind = _FORMS[prop.type](prop, make_class)
    return f"{kind} | None" if prop.nullable and prop.type != "any" else kind


def _with_meta(kind: str, **limits: Any) -> str:
    arguments = ", ".join(f"{name}={limit}" for name, limit in limits.items() if limit is not None)
    return f"Annotated[{kind}, Meta({arguments})]" if arguments else kind


def _members(prop: Property) -> list[str | int]:
    """The members of a closed enum that every other constraint accepts too."""
    node = make_check(prop, received=False, secret=lambda _: False)
    return [member for member in prop.enum if all(each.accepts(member) for each in node.of(member).constraints)]


def _enum(prop: Property) -> str:
    members = _members(prop) if prop.enum and not prop.open else []
    if any(isinstance(member, int) and abs(member) > _INT64 for member in members):
        return ""  # msgspec has no such literal
    return ", ".join(quoted(member) if isinstance(member, str) else str(member) for member in members)


def _string(prop: Property, _make: MakeClass) -> str:
    members = _enum(prop)
    if members:
        return f"Literal[{members}]"
    pattern = _pattern(prop)
    literal = None if pattern is None else quoted(pattern)
    return _with_meta("str", min_length=prop.min_length, max_length=prop.max_length, pattern=literal)


def _pattern(prop: Property) -> str | None:
    """One expression for the pattern and the format of a string."""
    form = FORMAT_PATTERNS.get(prop.format or "")
    if prop.pattern is None:
        return None if form is None else rf"\A(?:{form})\Z"
    if form is None:
        return python_pattern(prop.pattern)
    return rf"\A(?=(?:{form})\Z)(?=[\s\S]*?{embedded_pattern(prop.pattern)})"


def _integer(prop: Property, _make: MakeClass) -> str:
    members = _enum(prop)
    if members:
        return f"Literal[{members}]"
    least = None if prop.min is None else math.ceil(prop.min)
    most = None if prop.max is None else math.floor(prop.max)
    return _with_meta("int", ge=_in_int64(least), le=_in_int64(most))


def _in_int64(bound: int | None) -> int | None:
    return None if bound is None or abs(bound) > _INT64 else bound


def _number(prop: Property, _make: MakeClass) -> str:
    return _with_meta("float", ge=_finite(prop.min), le=_finite(prop.max))


def _finite(bound: Decimal | None) -> float | None:
    return None if bound is None or not math.isfinite(float(bound)) else float(bound)


def _array(prop: Property, make_class: MakeClass) -> str:
    inner = annotation(prop.items, make_class) if prop.items is not None else "Any"
    return _with_meta(f"Sequence[{inner}]", min_length=prop.min_items, max_length=prop.max_items)


def _map(prop: Property, make_class: MakeClass) -> str:
    inner = annotation(prop.values, make_class) if prop.values is not None else "Any"
    return _with_meta(f"Mapping[str, {inner}]", min_length=prop.min_items, max_length=prop.max_items)


def _union(prop: Property, make_class: MakeClass) -> str:
    members = _enum(prop)
    if members:
        return f"Literal[{members}]"
    alone = (msgspec.structs.replace(prop, type=name, types=()) for name in prop.types)
    return " | ".join(_FORMS[member.type](member, make_class) for member in alone)


_FORMS: Mapping[str, Callable[[Property, MakeClass], str]] = {
    "any": lambda prop, _: "Any" if prop.nullable else _JSON_BUT_NULL,
    "array": _array,
    "boolean": lambda _prop, _: "bool",
    "date": lambda _prop, _: "_dt.date",
    "datetime": lambda _prop, _: "Annotated[_dt.datetime, Meta(tz=True)]",
    "decimal": lambda _prop, _: "Decimal",
    "integer": _integer,
    "map": _map,
    "number": _number,
    "object": lambda prop, make_class: make_class(prop),
    "string": _string,
    "union": _union,
    "uuid": lambda _prop, _: "UUID",
}
