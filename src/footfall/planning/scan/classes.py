"""Classes: what the bases, names and annotations of a scanned class say."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from footfall.planning.scan.values import Class, External, Function, Value

__all__ = [
    "EVENT_OF_CLASS", "ancestry", "annotation_of", "carries_event", "class_value", "classes_of", "is_enum",
    "is_protocol", "is_same_class", "is_settings", "is_text_enum", "methods_of",
]  # fmt: skip

EVENT_OF_CLASS = "__footfall_event__"
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag"})


def ancestry(cls: Value) -> Iterator[Value]:
    """A class and its bases, in the order in which names are looked up; each comes once."""
    visited: list[Value] = []
    stack = [cls]
    while stack:
        item = stack.pop(0)
        if any(item is other for other in visited):
            continue
        visited.append(item)
        yield item
        if isinstance(item, Class):
            stack[:0] = item.bases


def classes_of(cls: Class) -> list[Class]:
    """A class and those of its bases that were scanned."""
    return [item for item in ancestry(cls) if isinstance(item, Class)]


def class_value(cls: Class, name: str) -> Value | None:
    """What a class, or the first of its bases that has the name, binds it to."""
    return next((item.names[name] for item in classes_of(cls) if name in item.names), None)


def methods_of(cls: Class) -> list[Function]:
    """The methods that an object of a class has, its own and those that it inherits."""
    methods: dict[str, Function] = {}
    for item in classes_of(cls):
        for name, value in item.names.items():
            if isinstance(value, Function):
                methods.setdefault(name, value)
    return list(methods.values())


def annotation_of(cls: Class, name: str) -> ast.expr | None:
    """The annotation of a name in the body of a class or of its bases."""
    return next((item.fields[name] for item in classes_of(cls) if name in item.fields), None)


def is_same_class(value: Value, cls: Class) -> bool:
    """Whether a value is the class, perhaps as another round of the scan has read it."""
    if value is cls:
        return True
    return isinstance(value, Class) and value.qualname == cls.qualname and value.scope.module is cls.scope.module


def _libraries(cls: Class) -> Iterator[str]:
    return (item.name for item in ancestry(cls) if isinstance(item, External))


def is_enum(cls: Class) -> bool:
    """Whether a class is an enum."""
    return not _ENUMS.isdisjoint(_libraries(cls))


def is_text_enum(cls: Class) -> bool:
    """Whether the members of an enum are text."""
    return "enum.StrEnum" in _libraries(cls)


def is_protocol(cls: Class) -> bool:
    """Whether a class only says what an object must have, so that an object need not be of a subclass."""
    return any(isinstance(base, External) and base.name.endswith(".Protocol") for base in cls.bases)


def is_settings(cls: Class) -> bool:
    """Whether the fields of a class are read from the environment, so that their defaults say little."""
    return any(name.endswith("BaseSettings") for name in _libraries(cls))


def carries_event(cls: Class) -> bool:
    """Whether a class was generated from an event of a plan, or is the base of those."""
    return class_value(cls, EVENT_OF_CLASS) is not None or EVENT_OF_CLASS in cls.fields
