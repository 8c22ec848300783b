"""What a fault says: short texts for what was expected and what was got, without the values that must not be seen."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

__all__ = ["TEXT_LIMIT", "join_key", "one_of", "say_got", "say_type", "say_types", "shorten"]

TEXT_LIMIT = 80
"""The most code points that the `expected` or `got` of a fault has."""

_KEY_LIMIT = 60
_TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a finite number",
    "decimal": "a decimal number",
    "boolean": "true or false",
    "datetime": "an RFC 3339 date and time with an offset",
    "date": "a date as YYYY-MM-DD",
    "uuid": "a UUID as 8-4-4-4-12 hex digits",
    "object": "an object",
    "array": "an array",
    "map": "an object",
    "any": "any value but null",
    "absent": "nothing: it is dropped before it is sent",
}


def shorten(text: str, limit: int = TEXT_LIMIT) -> str:
    """`text` in at most `limit` code points, the end cut off and marked."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def say_type(name: str, members: Iterable[str] = ()) -> str:
    """What a value of the property type `name` is called; that of a union is called by its `members`."""
    return " or ".join(map(say_type, members)) if name == "union" else _TYPES[name]


def say_types(name: str, members: Iterable[str] = ()) -> str:
    """A property type as the plan writes it: a union by the names of its members."""
    return f"[{', '.join(members)}]" if name == "union" else name


def one_of(values: Iterable[object]) -> str:
    """The members of an enum."""
    return shorten("one of " + ", ".join(map(str, values)))


def join_key(path: str, key: str) -> str:
    """The path of `key` inside the object at `path`; a key that came with the data is cut and made printable."""
    shown = shorten(key, _KEY_LIMIT)
    if not shown.isprintable():
        shown = "".join(character if character.isprintable() else "?" for character in shown)
    return f"{path}.{shown}" if path else shown


def say_got(value: object, hidden: bool) -> str:
    """A JSON value as people read it: scalars are shown unless `hidden`, containers are only counted."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, bool):
        return "a boolean" if hidden else str(value).lower()
    if isinstance(value, int | Decimal):
        return "a number" if hidden else _say_number(value)
    text = str(value)
    if hidden or len(text) > TEXT_LIMIT:
        return f"a string of {len(text)}"
    return shorten(msgspec.json.encode(text).decode())


def _say_number(value: int | Decimal) -> str:
    # An integer of thousands of digits cannot be turned into text on every Python.
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    return shorten(str(value))
