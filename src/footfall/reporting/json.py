"""Values as JSON: decimals with their digits, times as RFC 3339, and escapes for what a terminal would obey."""

from __future__ import annotations

from typing import Any

import msgspec

from footfall.printable import tame_json

__all__ = ["to_json", "to_json_line"]

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def to_json(value: Any) -> bytes:
    """A value as indented JSON in UTF-8, without a line end."""
    return tame_json(msgspec.json.format(_ENCODER.encode(value), indent=2))


def to_json_line(value: Any) -> bytes:
    """The same in one line."""
    return tame_json(_ENCODER.encode(value))
