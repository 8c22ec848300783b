"""Plain values as JSON text, by orjson, which is fast but not total.

It writes NaN as null without a word, drops the seconds of a UTC offset, and a property of an Enum, a dataclass or a
tzinfo that raises can end the process inside it. So only exact builtin types reach it.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any
from uuid import UUID

import orjson

__all__ = ["MAX_DEPTH", "MAX_VALUES", "OPTIONS", "direct", "is_plain", "json_text", "rfc3339"]

MAX_DEPTH = 60  # the collector takes 64, of which the message around the value needs some
MAX_VALUES = 100_000

_ATOMS = frozenset({str, int, bool, NoneType})
_CONTAINERS = frozenset({dict, list, tuple})
_MAX_EXPONENT = 308  # the largest power of ten in a double


def is_plain(value: object) -> bool:
    """Whether orjson can be trusted with a value: of its types, its levels (MAX_DEPTH) and its size (MAX_VALUES).

    Raises what the value's own code raises.
    """
    if type(value) not in _CONTAINERS:
        return _is_plain_leaf(type(value), value)
    level: list[Any] = [value]
    room = MAX_VALUES
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for container in level:
            room -= len(container)
            if room < 0:
                return False
            for item in container.values() if type(container) is dict else container:
                kind = type(item)
                if kind in _ATOMS or (kind is float and item - item == 0.0):  # NaN - NaN, infinity - infinity: NaN
                    continue
                if kind in _CONTAINERS:
                    inner.append(item)
                elif not _is_plain_leaf(kind, item):
                    return False
        if not inner:
            return True
        level = inner
    return False


def _is_plain_leaf(kind: type, value: Any) -> bool:
    if kind is float:
        return math.isfinite(value)
    if kind is Decimal:
        return value.is_finite() and value.adjusted() < _MAX_EXPONENT  # type: ignore[no-any-return]  # as kind says
    if kind is UUID:
        # A UUID that was never initialised has no `int`; asking here raises, asking inside orjson ends the process.
        return value.int >= 0  # type: ignore[no-any-return]  # kind says that it is a UUID
    return kind in _ATOMS or kind is datetime or kind is date


OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
"""How orjson writes plain values; `direct` writes those that it has no form for."""


_ONLY_JSON = OPTIONS | orjson.OPT_PASSTHROUGH_SUBCLASS


def json_text(value: object) -> bytes:
    """The JSON text of a value that we made ourselves, as `encode` writes it: of text, numbers, dicts and lists.

    Raises TypeError for text with half a character, and for any other type, even inside.
    """
    return orjson.dumps(value, None, _ONLY_JSON)


def direct(value: object) -> object:
    """The types besides JSON's own that `is_plain` lets through."""
    if type(value) is Decimal:
        return orjson.Fragment(str(value))
    if type(value) is datetime:
        return rfc3339(value)
    if type(value) is date:
        return value.isoformat()
    raise TypeError


def rfc3339(value: datetime) -> str:
    """The time as RFC 3339 text; a naive one is taken as UTC."""
    offset = value.utcoffset()
    if offset is None:
        return value.isoformat() + "Z"
    if offset.seconds % 60 or offset.microseconds:
        value = value.astimezone(UTC)  # RFC 3339 has no seconds in an offset
    return value.isoformat()
