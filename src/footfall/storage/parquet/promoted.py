"""Typed columns of the properties that a plan gives to the events of a file: `order_completed.total`.

- an integer is int64
- a number or decimal is decimal(20 + s, s), read digit by digit; s is what its values need, 18 at most
- a boolean is boolean
- a string, datetime, date or uuid, and what a transform changed, is text as it was sent

A value of another type, or of too many digits, is JSON text in a column beside it, `order_completed.total (text)`. That
is there only where it is needed. A property that is absent, and one that is null, are null in both. `properties` has
all as it was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
import pyarrow
import pyarrow.compute as pc
import pyarrow.json

from footfall.plan.model import Event, Property, PropertyType
from footfall.plan.property_text import READERS, wire_type
from footfall.storage.parquet.uuids import ranks
from footfall.storage.part import Leaf, TypedColumn

__all__ = ["SCALARS", "PlannedLeaf", "Promoted", "leaves", "promote", "read_leaves", "text_name"]

MOST_DECIMALS = 18
# Digits before the point, whatever the scale is: so readers can join files of different scales. Of decimal(38, 2) and
# decimal(38, 3) DuckDB makes decimal(38, 2), which rounds.
_MOST_WHOLE = 38 - MOST_DECIMALS
_FORMS: Mapping[PropertyType, Any] = {
    "integer": pyarrow.int64(),
    "number": pyarrow.decimal128(38, MOST_DECIMALS),
    "decimal": pyarrow.decimal128(38, MOST_DECIMALS),
    "boolean": pyarrow.bool_(),
    "string": pyarrow.string(),
    "datetime": pyarrow.string(),
    "date": pyarrow.string(),
    "uuid": pyarrow.string(),
}
SCALARS = frozenset(_FORMS)
"""The types of which there are columns."""

_NUMBERS = ("number", "decimal")
_INT64 = range(-(2**63), 2**63)
_SLICE = 8_192  # rows that are read at a time: they stay in the processor's cache
_FEW = 16  # rows that are read one by one, once Arrow's reader refused them
_EXPONENT = r'[0-9][eE][+-]?[0-9]+\s*[,\]}]|"[+-]?[0-9.]+[eE][+-]?[0-9]+"'  # and no UUID
_PLAIN_KEY = re.compile(r"[ !#-\[\]-~]+")
_NULL = b"null"
_read_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class PlannedLeaf(NamedTuple):
    """A scalar property of an event, or of an object in it. `path` has the keys to it on the wire."""

    name: str
    path: tuple[str, ...]
    type: PropertyType
    scale: int


class Promoted(NamedTuple):
    """The column of a leaf for the rows of its event. `text` is the column beside it, None where it is not needed."""

    name: str
    values: Any
    text: Any


def text_name(name: str) -> str:
    """The name of the column beside the one of this name."""
    return f"{name} (text)"


def leaves(event: Event) -> list[PlannedLeaf]:
    """The scalar properties of an event, each with the name of its column."""
    return list(_leaves(event.properties, (event.name,), ()))


def _leaves(properties: Sequence[Property], names: tuple[str, ...], path: tuple[str, ...]) -> Iterator[PlannedLeaf]:
    for item in properties:
        type_, key = wire_type(item), item.wire_name or item.name
        if type_ in _FORMS:
            yield PlannedLeaf(".".join((*names, item.name)), (*path, key), type_, min(item.scale or 0, MOST_DECIMALS))
        elif type_ == "object":
            yield from _leaves(item.properties, (*names, item.name), (*path, key))


def promote(wanted: Sequence[PlannedLeaf], properties: Any) -> list[Promoted]:
    """The columns of these leaves that have a value. `properties` is a string array of JSON objects, or null."""
    texts = properties.cast(pyarrow.binary())
    reader = _Reader(wanted)
    parts = [part for start in range(0, len(texts), _SLICE) for part in reader.read(texts.slice(start, _SLICE))]
    columns = []
    for number, leaf in enumerate(wanted):
        values = pyarrow.chunked_array([part[number][0] for part in parts], _FORMS[leaf.type])
        text = pyarrow.chunked_array([part[number][1] for part in parts], pyarrow.string())
        if leaf.type in _NUMBERS:
            values = _narrowed(values, leaf.scale)
        if len(texts) > min(values.null_count, text.null_count):
            columns.append(Promoted(leaf.name, values, text if text.null_count < len(text) else None))
    return columns


def read_leaves(asked: Sequence[Leaf], texts: Any) -> list[TypedColumn]:
    """The values of these leaves in a string array of JSON objects, or null."""
    wanted = [PlannedLeaf(str(number), leaf.path, leaf.type, 0) for number, leaf in enumerate(asked)]
    columns = {column.name: TypedColumn(column.values, column.text) for column in promote(wanted, texts)}
    nothing = TypedColumn(pyarrow.chunked_array([pyarrow.nulls(len(texts))]), None)
    return [columns.get(leaf.name, nothing) for leaf in wanted]


class _Reader:
    """Reads leaves by Arrow's JSON reader, and one by one where that refuses a value, or might read it otherwise."""

    def __init__(self, wanted: Sequence[PlannedLeaf]) -> None:
        self._wanted = wanted
        self._options = pyarrow.json.ParseOptions(explicit_schema=_schema(wanted), unexpected_field_behavior="ignore")
        # Arrow takes text for a number where it takes decimals, and decimals that overflow their column: so it reads
        # none with as many digits, with an exponent, or that may be of a key in escapes.
        patterns = [rf"[0-9]{{{_MOST_WHOLE - 1}}}", _EXPONENT, r"\\u00[2-7]"]
        keys = [re.escape(leaf.path[-1]).replace("/", r"\\?/") for leaf in wanted if leaf.type == "number"]
        patterns += [rf'"{key}"\s*:\s*"' for key in keys]
        has_numbers = any(leaf.type in _NUMBERS for leaf in wanted)
        self._odd = "|".join(patterns) if has_numbers else None
        self._is_plain = all(_PLAIN_KEY.fullmatch(key) for leaf in wanted for key in leaf.path)

    def read(self, texts: Any) -> Iterator[list[tuple[Any, Any]]]:
        """For each stretch of rows, for each leaf its values and its texts."""
        columns = self._read_fast(texts) if self._is_plain and len(texts) > _FEW else None
        if columns is not None:
            yield columns
        elif len(texts) <= _FEW or not self._is_plain:
            yield self._read_slowly(texts)
        else:
            half = len(texts) // 2
            yield from self.read(texts.slice(0, half))
            yield from self.read(texts.slice(half))

    def _read_fast(self, texts: Any) -> list[tuple[Any, Any]] | None:
        there = texts.drop_null() if texts.null_count else texts
        text = pyarrow.nulls(len(texts), pyarrow.string())
        if not len(there):
            return [(pyarrow.nulls(len(texts), _FORMS[leaf.type]), text) for leaf in self._wanted]
        if self._odd is not None and pc.any(pc.match_substring_regex(there, self._odd)).as_py():
            return None
        content = pc.binary_join(pyarrow.ListArray.from_arrays([0, len(there)], there), b"\n")[0].as_buffer()
        options = pyarrow.json.ReadOptions(use_threads=False, block_size=content.size + 1)
        try:
            table = pyarrow.json.read_json(pyarrow.BufferReader(content), options, self._options)
        except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
            return None
        if len(table) != len(there):
            return None  # a text with several values
        rows = ranks(texts.is_valid()) if texts.null_count else None
        return [(_column(table, leaf, rows), text) for leaf in self._wanted]

    def _read_slowly(self, texts: Any) -> list[tuple[Any, Any]]:
        rows = [_members(text, self._wanted) for text in texts.to_pylist()]
        columns = []
        for number, leaf in enumerate(self._wanted):
            pairs = [_value(row[number], leaf.type) for row in rows]
            values = pyarrow.array([value for value, _ in pairs], _FORMS[leaf.type])
            columns.append((values, pyarrow.array([text for _, text in pairs], pyarrow.string())))
        return columns


def _schema(wanted: Sequence[PlannedLeaf]) -> Any:
    tree: dict[str, Any] = {}
    for leaf in wanted:
        branch = tree
        for key in leaf.path[:-1]:
            branch = branch.setdefault(key, {})
        branch[leaf.path[-1]] = _FORMS[leaf.type]
    return pyarrow.schema(_fields(tree))


def _fields(tree: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (key, pyarrow.struct(_fields(branch)) if isinstance(branch, dict) else branch) for key, branch in tree.items()
    ]


def _column(table: Any, leaf: PlannedLeaf, rows: Any) -> Any:
    values = table.column(leaf.path[0]).combine_chunks()
    for key in leaf.path[1:]:
        values = pc.struct_field(values, key)
    return values if rows is None else values.take(rows)


def _members(text: bytes | None, wanted: Sequence[PlannedLeaf]) -> list[bytes]:
    """The JSON text of each leaf; empty where it is absent."""
    try:
        members = _read_object(text) if text is not None else {}
    except msgspec.MsgspecError:  # a half of a surrogate pair, which no reader of ours takes
        members = {}
    return [_member(members, leaf.path) for leaf in wanted]


def _member(members: Mapping[str, msgspec.Raw], path: tuple[str, ...]) -> bytes:
    raw = members.get(path[0], msgspec.Raw())
    for key in path[1:]:
        try:
            raw = _read_object(raw).get(key, msgspec.Raw())
        except msgspec.MsgspecError:
            return b""
    return bytes(raw)


def _value(raw: bytes, type_: PropertyType) -> tuple[object, str | None]:
    """The value of a JSON text, or the text where it is no such value."""
    if raw in (b"", _NULL):
        return None, None
    try:
        value: Any = READERS[type_](raw)
    except (ValueError, KeyError):  # msgspec's own errors are ValueErrors
        return None, raw.decode()
    if type_ == "integer":
        return (int(value), None) if int(value) in _INT64 else (None, raw.decode())
    if isinstance(value, Decimal) and not _fits(value):
        return None, raw.decode()
    return value, None


def _fits(value: Decimal) -> bool:
    return value.adjusted() < _MOST_WHOLE and (int(value.as_tuple().exponent) >= -MOST_DECIMALS or not value)


def _narrowed(values: Any, scale: int) -> Any:
    """A column of decimals with as few decimals as its values need, but `scale` at least."""
    for decimals in range(scale, MOST_DECIMALS):
        try:
            return values.cast(pyarrow.decimal128(_MOST_WHOLE + decimals, decimals))
        except pyarrow.ArrowInvalid:
            continue  # a value needs more
    return values
