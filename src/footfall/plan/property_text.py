"""Reads the value of a property from its own JSON text, exactly: no digit goes through a double."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec

from footfall.plan.model import Property, PropertyType

__all__ = ["MOST_DIGITS", "READERS", "number_text", "wire_type"]

# Past a thousand digits a number is no figure any more, and exact sums of such would eat the memory.
MOST_DIGITS = 1_000
_NUMBER = re.compile(rb"-?\d+(\.\d+)?([eE][+-]?\d{1,9})?")
_TEXT_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,9})?", re.ASCII)
_INTEGER = re.compile(rb"-?\d+")
# Only an exponent, or sheer length, can take a number over the limit.
_MAY_BE_HUGE = re.compile(rf"[eE]|.{{{MOST_DIGITS}}}")
_text = msgspec.json.Decoder(str).decode


def wire_type(item: Property) -> PropertyType:
    """The type of a property's values as they are sent."""
    # What was hashed, cut or masked before it was sent is a string, whatever it was.
    return "string" if item.transform else item.type


def number_text(value: Decimal) -> str:
    """The text of a number among values of other types: the same for the same number, however it was written."""
    text = f"{value:f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if short in {"", "-", "-0"} else short


def _figure(text: str) -> Decimal:
    value = Decimal(text)
    if _MAY_BE_HUGE.search(text) and max(abs(value.adjusted()), len(value.as_tuple().digits)) > MOST_DIGITS:
        raise ValueError
    return value


def _read_text(raw: bytes) -> object:
    return _text(raw)


def _read_boolean(raw: bytes) -> object:
    return {b"true": True, b"false": False}[raw]


def _read_integer(raw: bytes) -> object:
    if not _INTEGER.fullmatch(raw):
        raise ValueError
    return _figure(raw.decode())


def _read_number(raw: bytes) -> object:
    if not _NUMBER.fullmatch(raw):
        raise ValueError
    return _figure(raw.decode())


def _read_decimal(raw: bytes) -> object:
    if raw[:1] != b'"':
        return _read_number(raw)
    text = _text(raw)
    if not _TEXT_NUMBER.fullmatch(text):
        raise ValueError
    return _figure(text)


def _read_any(raw: bytes) -> object:
    return _text(raw) if raw[:1] == b'"' else raw.decode()


def _read_union(raw: bytes) -> object:
    """Text, so that one column takes values of all types; equal numbers in one spelling."""
    return number_text(_figure(raw.decode())) if _NUMBER.fullmatch(raw) else _read_any(raw)


READERS: Mapping[PropertyType, Callable[[bytes], object]] = {
    "string": _read_text,
    "datetime": _read_text,
    "date": _read_text,
    "uuid": _read_text,
    "boolean": _read_boolean,
    "integer": _read_integer,
    "number": _read_number,
    "decimal": _read_decimal,
    "object": _read_any,
    "array": _read_any,
    "map": _read_any,
    "any": _read_any,
    "union": _read_union,
}
"""By type: what makes a value of a JSON text. It raises ValueError or KeyError for a text of another type."""
