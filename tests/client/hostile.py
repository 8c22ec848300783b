"""Values that answer badly: whatever a class of the application's can do when it is compared, asked or walked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np

__all__ = ["hostile_values"]

_ASKED = (
    "__eq__", "__ne__", "__lt__", "__bool__", "__hash__", "__len__", "__iter__", "__contains__", "__str__", "__repr__",
    "__index__", "__int__", "__float__", "__getitem__", "keys", "items", "isoformat", "utcoffset", "is_integer",
)  # fmt: skip
_BASES: tuple[tuple[type, tuple[Any, ...]], ...] = (
    (object, ()),
    (str, ("ann",)),
    (str, ("",)),
    (int, (7,)),
    (float, (7.0,)),
    (Decimal, ("7",)),
    (UUID, ("12345678-1234-5678-1234-567812345678",)),
    (datetime, (2026, 1, 1, 0, 0, 0, 0, UTC)),
    (date, (2026, 1, 1)),
    (dict, ({"a": 1},)),
    (list, ([1],)),
)


class _RefusalError(Exception):
    pass


def _refuse(*_: object) -> Any:
    raise _RefusalError


class _Itself:
    """As pandas' NA: a comparison answers with the value itself, which is neither true nor false."""

    def __eq__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = None  # type: ignore[assignment]


class _Liar:
    """As a lazy object or a mock: it says that it is text, and has none."""

    __class__ = str  # type: ignore[assignment]


class _Closed:
    """Nothing can be asked of it, not even what it is."""

    def __getattribute__(self, name: str) -> Any:
        raise _RefusalError


def hostile_values() -> list[Any]:
    """One of each, made anew."""
    values: list[Any] = [
        _Itself(),
        _Liar(),
        _Closed(),
        np.array([1, 2]),
        np.array(["a"]),
        np.array(3.5),
        np.bool_(True),
    ]
    for base, arguments in _BASES:
        values.append(type("Hostile", (base,), dict.fromkeys(_ASKED, _refuse))(*arguments))
    return values
