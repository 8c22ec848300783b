"""Reads chosen properties of an event out of parts, exactly, into a table of typed columns.

DuckDB's own JSON functions go through a double (`0.1000` comes back `0.1`, the 20th digit is gone), so every value is
read from its own digits: those of scalars by the part, which has columns of them or makes them now; all else here. A
value that is not what the plan says counts as absent, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.analytics.numbers import Numbers, joined_numbers
from footfall.analytics.planned_values import Planned
from footfall.plan.checking.equal import canonical_text
from footfall.plan.model import PropertyType
from footfall.plan.property_text import READERS
from footfall.plan.value_names import arrays_of, joined_name, split_items
from footfall.storage.parquet.promoted import SCALARS, read_leaves
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn, member_of

__all__ = [
    "ROW", "Form", "ItemTable", "PropertyColumn", "PropertyTable", "Values", "joined", "raw_members", "read_texts",
    "read_values", "typed_values",
]  # fmt: skip

Form = Literal["text", "boolean", "decimal", "digits"]

_NUMBERS = frozenset({"integer", "number", "decimal"})
_NULL = b"null"
_USUAL = re.compile(r'[^"\\\x00-\x1f]+')
_TEXT = pyarrow.string()
_read_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

ROW = "row_id"
"""The column with the number of a message, by which the items of its arrays are joined to it."""


class PropertyColumn(msgspec.Struct, frozen=True):
    """The column of a property in its table.

    `form` is how values are kept: `decimal` is a DECIMAL(38, scale); `digits` is the shortest exact decimal text, for
    values of more than 38 digits. `type` is the plan's; `unread` counts values that were there and not of that type;
    `unread_sql` is the condition on a row with such a value. `same` makes one text of all that mean one value, where
    the type has such.
    """

    sql: str
    form: Form
    scale: int
    type: PropertyType
    unread: int
    unread_sql: str = "FALSE"
    same: Callable[[str], str] | None = None


class ItemTable(msgspec.Struct, frozen=True):
    """The items of an array: a row for each, with its number (`row`) and that of the message or item it is in (`of`).

    There is a column for each value asked for, by its name from the item on, and a table for each array in the items.
    No other table of the event has columns of the same names, so that they can be joined.
    """

    name: str
    columns: Mapping[str, PropertyColumn]
    items: Mapping[str, ItemTable]
    row: str
    of: str


class PropertyTable(msgspec.Struct, frozen=True):
    """One event's messages, with a column for each single value asked for, and a table for each array.

    Before those: occurred_at, and those of person, seq and received_at that are in `stored`; with person come counted
    and is_device. It has the messages that occurred at `since` or later, None for all. `is_stored` says whether there
    is any message, also an earlier one. Where there are `items`, each message has a number, `row`. The column of an
    array has the number of its items. `names` are those that were asked for.
    """

    name: str
    columns: Mapping[str, PropertyColumn]
    since: int | None = None
    is_stored: bool = True
    stored: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    items: Mapping[str, ItemTable] = {}
    row: str = ROW

    def has(self, names: Collection[str], since: int | None, stored: Collection[str] = ()) -> bool:
        """Whether it has these values and columns of the messages from `since` on."""
        return (
            self.names >= set(names)
            and self.stored >= set(stored)
            and (self.since is None or (since is not None and self.since <= since))
        )

    def column(self, name: str) -> PropertyColumn:
        """The column of a value, in whichever table it is."""
        table, rest = self.table_of(name)
        return table.columns[rest]

    def table_of(self, name: str) -> tuple[PropertyTable | ItemTable, str]:
        """The table that has a value, and the name of its column there."""
        table: PropertyTable | ItemTable = self
        array, rest = split_items(name)
        while array:
            table, name = table.items[array], rest
            array, rest = split_items(name)
        return table, name

    def items_of(self, array: str) -> ItemTable:
        """The items of an array, by its whole name."""
        table, _ = self.table_of(array)
        assert isinstance(table, ItemTable)
        return table

    def columns_for(self, name: str) -> Iterator[tuple[str, PropertyColumn]]:
        """All columns that a value is read by: the sizes of its arrays, and its own; each with the array it is in."""
        table: PropertyTable | ItemTable = self
        around = ""
        array, rest = split_items(name)
        while array:
            yield around, table.columns[array]
            table, around, name = table.items[array], joined_name(around, array), rest
            array, rest = split_items(name)
        if name in table.columns:
            yield around, table.columns[name]

    def joined(self, arrays: Iterable[str], outer: Collection[str] = ()) -> str:
        """The messages with the items of some arrays, as SQL behind FROM: a row for each item, of each of them.

        A message or item without an item of an array is in no row, or in one where the array is `outer`.
        """
        joins = [self.name]
        for array in sorted(set(arrays), key=lambda name: len(arrays_of(name))):
            kind = "LEFT JOIN" if array in outer else "JOIN"
            around = ["", *arrays_of(array)][-2]
            items = self.items_of(array)
            joins.append(f"{kind} {items.name} ON {items.of} = {self.table_of(around)[0].row}")
        return " ".join(joins)


class Values(NamedTuple):
    """What some rows have of a property: a chunked array, or of numbers `Numbers`; and the rows with what is none."""

    values: Any
    unread: Sequence[int]

    def where(self, mask: Any) -> Values:
        """Those of the rows of a mask."""
        rows = {row: number for number, row in enumerate(pc.indices_nonzero(mask).to_pylist())}
        unread = [rows[row] for row in self.unread if row in rows]
        if not isinstance(self.values, Numbers):
            return Values(self.values.filter(mask), unread)
        others = {rows[row]: value for row, value in self.values.others.items() if row in rows}
        return Values(Numbers(self.values.values.filter(mask), others), unread)


def read_values(part: Part, stretch: Stretch, wanted: Sequence[Planned]) -> list[Values]:
    """What the rows of a stretch have of these values of properties. Raises DamagedFileError."""
    scalars = [value for value in wanted if value.type in SCALARS]
    columns = part.typed(stretch, [Leaf(value.keys, value.type) for value in scalars]) if scalars else []
    values = {value.name: typed_values(value, column) for value, column in zip(scalars, columns, strict=True)}
    others = [value for value in wanted if value.type not in SCALARS]
    if others:
        texts = part.read([member_of(stretch)], stretch.start, stretch.stop).column(0)
        values |= _read_others(others, texts)
    return [values[value.name] for value in wanted]


def read_texts(wanted: Sequence[Planned], texts: Any) -> list[Values]:
    """The same of a string array of JSON objects, or null."""
    scalars = [value for value in wanted if value.type in SCALARS]
    columns = read_leaves([Leaf(value.keys, value.type) for value in scalars], texts) if scalars else []
    values = {value.name: typed_values(value, column) for value, column in zip(scalars, columns, strict=True)}
    others = [value for value in wanted if value.type not in SCALARS]
    values |= _read_others(others, texts)
    return [values[value.name] for value in wanted]


def _read_others(wanted: Sequence[Planned], texts: Any) -> dict[str, Values]:
    raws = raw_members([value.keys for value in wanted], texts) if wanted else []
    return {value.name: _read(value, raw) for value, raw in zip(wanted, raws, strict=True)}


def joined(prop: Planned, values: Sequence[Values], sql: str) -> tuple[dict[str, Any], PropertyColumn]:
    """The columns of the values of several stretches, one after the other, by name, and what they are.

    The first is `sql`. Where there are values that are not of the type, a second says in which rows.
    """
    pieces, unread = [each.values for each in values], sum(len(each.unread) for each in values)
    form: Form = "boolean" if prop.type == "boolean" else "text"
    scale = 0
    if prop.type in _NUMBERS:
        column, fits, scale = joined_numbers(pieces, prop.item.scale or 0)
        form = "decimal" if fits else "digits"
    else:
        type_ = pyarrow.bool_() if form == "boolean" else _TEXT
        column = pyarrow.chunked_array([chunk.cast(type_) for piece in pieces for chunk in piece.chunks], type_)
    columns, unread_sql = {sql: column}, f"{sql}_unread" if unread else "FALSE"
    if unread:
        columns[unread_sql] = pyarrow.chunked_array([_flags(each) for each in values], pyarrow.bool_())
    return columns, PropertyColumn(sql, form, scale, prop.type, unread, unread_sql, canonical_text(prop.item))


def _flags(values: Values) -> Any:
    """In which rows there is a value that is not of the type."""
    column = values.values.values if isinstance(values.values, Numbers) else values.values
    rows = set(values.unread)
    return pyarrow.array([row in rows for row in range(len(column))], pyarrow.bool_())


def typed_values(prop: Planned, column: TypedColumn) -> Values:
    """The values of a typed column; what has a text beside it is read here."""
    others: dict[int, Any] = {}
    unread = []
    if column.texts is not None:
        is_text = column.texts.is_valid()
        texts = column.texts.filter(is_text).to_pylist()
        for row, text in zip(pc.indices_nonzero(is_text).to_pylist(), texts, strict=True):
            try:
                others[row] = READERS[prop.type](text.encode())
            except (ValueError, KeyError):  # msgspec's own errors are ValueErrors
                unread.append(row)
    if prop.type in _NUMBERS:
        return Values(Numbers(column.values, others), unread)
    return Values(_canonical(prop, column.values), unread)


def _canonical(prop: Planned, values: Any) -> Any:
    """Texts, each as the one that all texts of the same value have."""
    same = canonical_text(prop.item)
    if same is None or values.null_count == len(values):
        return values
    encoded = values.combine_chunks().dictionary_encode()
    texts = pyarrow.array([same(text) for text in encoded.dictionary.to_pylist()], _TEXT)
    return pyarrow.chunked_array([texts.take(encoded.indices)])


def raw_members(paths: Sequence[tuple[str, ...]], texts: Any) -> list[list[bytes]]:
    """The JSON text of what each of these keys lead to, path by path; empty where it is absent."""
    columns: list[list[bytes]] = [[] for _ in paths]
    read = _decoder(list(dict.fromkeys(path[0] for path in paths if path)))
    for text in texts.to_pylist():
        try:
            members: Mapping[str, Any] = {} if text is None else read(text)
        except msgspec.MsgspecError:
            members = {}
        for column, path in zip(columns, paths, strict=True):
            column.append(_member(members, path) if path else (text or "").encode())
    return columns


def _member(members: Mapping[str, Any], path: tuple[str, ...]) -> bytes:
    raw = bytes(members.get(path[0], b""))
    for key in path[1:]:
        try:
            raw = bytes(_read_object(raw).get(key, b""))
        except msgspec.MsgspecError:
            return b""
    return raw


def _decoder(keys: Sequence[str]) -> Callable[[str], Mapping[str, Any]]:
    """Reads the JSON text of these members of an object.

    A Struct of raw fields skips all else, but takes no names with a quote, a backslash or a control character.
    """
    if any(not _USUAL.fullmatch(key) for key in keys):
        return _read_object
    fields: list[tuple[str, Any, Any]] = [(f"p{n}", msgspec.Raw, msgspec.Raw()) for n in range(len(keys))]
    members: Any = msgspec.defstruct("Properties", fields, rename={f"p{n}": key for n, key in enumerate(keys)})
    decode = msgspec.json.Decoder(members).decode
    return lambda text: dict(zip(keys, msgspec.structs.astuple(decode(text)), strict=True))


def _read(prop: Planned, raws: Sequence[bytes]) -> Values:
    values: list[Any] = []
    unread: list[int] = []
    reader, same = READERS[prop.type], canonical_text(prop.item)
    for row, raw in enumerate(raws):
        value: Any = None
        if raw and raw != _NULL:
            try:
                value = reader(raw)
                value = same(value) if same is not None else value
            except (ValueError, KeyError):  # msgspec's own errors are ValueErrors
                value = None
                unread.append(row)
        values.append(value)
    return Values(pyarrow.chunked_array([pyarrow.array(values, _TEXT)]), unread)
