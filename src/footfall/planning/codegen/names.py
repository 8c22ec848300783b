"""Turns the names of a plan into Python names: legal, apart from what the generated module uses, always the same."""

from __future__ import annotations

import keyword
import re
import unicodedata

__all__ = ["IMPORTED", "class_name", "field_name"]

IMPORTED = frozenset(
    {
        "Annotated",
        "Any",
        "ClassVar",
        "Decimal",
        "Literal",
        "Mapping",
        "Meta",
        "Sequence",
        "Struct",
        "UNSET",
        "UUID",
        "UnsetType",
        "force_setattr",
    }
)
"""What the generated module imports by these names."""

_BUILT_IN = frozenset({"bool", "bytes", "dict", "float", "int", "list", "object", "str", "tuple"})
_TAKEN = IMPORTED | _BUILT_IN
_SEPARATOR = re.compile(r"_+")


def class_name(name: str) -> str:
    """`order_completed` and `orderCompleted` become `OrderCompleted`."""
    words = [word for word in _SEPARATOR.split(unicodedata.normalize("NFKC", name)) if word]
    return _legal("".join(word[0].upper() + word[1:] for word in words) or "Event")


def field_name(name: str) -> str:
    """The property's own name; `class` becomes `class_`, and leading underscores go, as Python gives them a meaning."""
    return _legal(unicodedata.normalize("NFKC", name).lstrip("_") or "field")


def _legal(name: str) -> str:
    if not name.isidentifier():
        name = f"x{name}"  # `_1st` loses its underscore and is left with a digit in front
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name
