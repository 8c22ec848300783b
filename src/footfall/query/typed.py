"""The properties of an event as columns of SQL types, made of what parts have of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date
from typing import Any, NamedTuple

import msgspec

from footfall.plan.model import PropertyType
from footfall.plan.property_text import READERS
from footfall.query.views import ViewColumn
from footfall.storage.part import TypedColumn
from footfall.timestamps import epoch_us, read_datetime

__all__ = ["SCALARS", "ReadColumn", "assembled", "json_texts"]

SCALARS = frozenset({"integer", "number", "decimal", "boolean", "string", "datetime", "date", "uuid"})
"""The types whose values a part may have as columns."""

_JSON = {"object", "array", "map"}
_WHOLE_DIGITS, _MOST_DECIMALS = 20, 18  # before and behind the point of a decimal's column
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UUID = "^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
_NULL = b"null"
_read_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class ReadColumn(NamedTuple):
    """The values of a property in Arrow, null where it is absent; `unread` counts those that its type cannot hold."""

    values: Any
    unread: int


def assembled(column: ViewColumn, pieces: Sequence[TypedColumn]) -> ReadColumn:
    """One column of its SQL type from the pieces of it. `texts` of a piece are those that its type could not hold."""
    import pyarrow  # loaded with the engine

    read = _READERS.get(column.property_type or "any", _plain)
    columns = [read(piece) for piece in pieces]
    type_ = _arrow_type(column, [entry.values.type for entry in columns])
    values = pyarrow.chunked_array([chunk for entry in columns for chunk in _chunks(entry.values.cast(type_))], type_)
    return ReadColumn(values, sum(entry.unread for entry in columns))


def _chunks(values: Any) -> list[Any]:
    import pyarrow  # loaded with the engine

    return list(values.iterchunks()) if isinstance(values, pyarrow.ChunkedArray) else [values]


def _arrow_type(column: ViewColumn, types: Sequence[Any]) -> Any:
    """The type of a column in Arrow: the plan's; of decimals, the one that holds those of all pieces."""
    import pyarrow  # loaded with the engine

    if column.property_type == "decimal":
        scales = [type_.scale for type_ in types if pyarrow.types.is_decimal(type_)]
        scale = max(min(column.scale, _MOST_DECIMALS), *scales, 0)
        return pyarrow.decimal128(_WHOLE_DIGITS + scale, scale)
    return {
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "datetime": pyarrow.timestamp("us", "UTC"),
        "date": pyarrow.date32(),
    }.get(column.property_type or "any", pyarrow.string())


def _plain(piece: TypedColumn) -> ReadColumn:
    return ReadColumn(piece.values, _count(piece.texts))


def _count(texts: Any) -> int:
    return 0 if texts is None else len(texts) - texts.null_count


def _uuids(piece: TypedColumn) -> ReadColumn:
    import pyarrow  # loaded with the engine
    import pyarrow.compute as pc

    values = piece.values.cast(pyarrow.string())
    lower = pc.if_else(pc.match_substring_regex(values, _UUID), pc.utf8_lower(values), values)
    return ReadColumn(lower, _count(piece.texts))


def _numbers(piece: TypedColumn) -> ReadColumn:
    """Doubles, each the nearest to its digits."""
    import pyarrow  # loaded with the engine
    import pyarrow.compute as pc

    nearest = piece.values.cast(pyarrow.string()).cast(pyarrow.float64())
    if piece.texts is None:
        return ReadColumn(nearest, 0)
    others = [_double(value) for value in piece.texts.to_pylist()]
    unread = _count(piece.texts) - sum(value is not None for value in others)
    chunks = pyarrow.chunked_array([pyarrow.array(others, pyarrow.float64())])
    return ReadColumn(pc.coalesce(pyarrow.chunked_array(_chunks(nearest)), chunks), unread)


def _double(text: str | None) -> float | None:
    value = float(text) if text is not None and _NUMBER.fullmatch(text) else None
    return None if value in (float("inf"), float("-inf")) else value


def _parsed(piece: TypedColumn, read: Callable[[str], object], type_: Any) -> ReadColumn:
    """A piece of texts read into a type, each different text once."""
    import pyarrow  # loaded with the engine

    chunks = []
    for chunk in _chunks(piece.values.cast(pyarrow.string())):
        encoded = chunk.dictionary_encode()
        different = pyarrow.array([read(text) for text in encoded.dictionary.to_pylist()], type_)
        chunks.append(different.take(encoded.indices))
    values = pyarrow.chunked_array(chunks, type_)
    return ReadColumn(values, _count(piece.texts) + values.null_count - piece.values.null_count)


def _times(piece: TypedColumn) -> ReadColumn:
    import pyarrow  # loaded with the engine

    return _parsed(piece, _microseconds, pyarrow.timestamp("us", "UTC"))


def _days(piece: TypedColumn) -> ReadColumn:
    import pyarrow  # loaded with the engine

    return _parsed(piece, _day, pyarrow.date32())


def _microseconds(text: str) -> int | None:
    time = read_datetime(text)
    try:
        return None if time is None else epoch_us(time.astimezone(UTC))
    except OverflowError:  # an offset moves it out of the calendar
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def json_texts(properties: Any, column: ViewColumn) -> TypedColumn:
    """What a property that is no scalar has in an Arrow array with the properties of each message, as JSON text.

    Objects, arrays and maps are JSON; of `any` and unions the text of texts, JSON of all else.
    """
    import pyarrow  # loaded with the engine

    type_: PropertyType = column.property_type or "any"
    values: list[str | None] = []
    unread: list[str | None] = []
    for text in properties.to_pylist():
        raw = _member(text, column.path)
        value, rest = None, None
        if raw not in (b"", _NULL):
            try:
                value = _text(raw, type_)
            except ValueError:  # msgspec's own errors are ValueErrors
                rest = raw.decode()
        values.append(value)
        unread.append(rest)
    return TypedColumn(pyarrow.array(values, pyarrow.string()), pyarrow.array(unread, pyarrow.string()))


def _text(raw: bytes, type_: PropertyType) -> str:
    return raw.decode() if type_ in _JSON else str(READERS[type_](raw))


def _member(text: str | None, path: Sequence[str]) -> bytes:
    """The JSON of the value at a path; empty where there is none."""
    raw: bytes = (text or "").encode()
    for key in path:
        try:
            raw = bytes(_read_object(raw).get(key, b""))
        except msgspec.MsgspecError:
            return b""
    return raw


_READERS: Mapping[PropertyType, Callable[[TypedColumn], ReadColumn]] = {
    "number": _numbers,
    "datetime": _times,
    "date": _days,
    "uuid": _uuids,
}
