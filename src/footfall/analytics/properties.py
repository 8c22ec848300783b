"""Reads chosen properties of an event out of parts, exactly, into a table of typed columns.

DuckDB's own JSON functions go through a double (`0.1000` comes back `0.1`, the 20th digit is gone), so every value is
read from its own digits: those of scalars by the part, which has columns of them or makes them now; all else here. A
value that is not what the plan says counts as absent, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import repeat
from typing import Any, Literal, NamedTuple

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.analytics.numbers import Numbers, joined_numbers
from footfall.errors import UsageError
from footfall.plan.checking.equal import canonical_text
from footfall.plan.model import Event, Property, PropertyType
from footfall.plan.property_text import READERS, wire_type
from footfall.storage.parquet.promoted import SCALARS
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn, member_of

__all__ = ["Form", "Planned", "PropertyColumn", "PropertyTable", "Values", "joined", "planned", "read_values"]

Form = Literal["text", "boolean", "decimal", "digits"]

_NUMBERS = frozenset({"integer", "number", "decimal"})
_NULL = b"null"
_USUAL = re.compile(r'[^"\\\x00-\x1f]+')
_TEXT = pyarrow.string()


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


class PropertyTable(msgspec.Struct, frozen=True):
    """One event's messages, with a column for each property asked for.

    Before those: occurred_at, and those of person, seq and received_at that are in `stored`; with person come counted
    and is_device. It has the messages that occurred at `since` or later, None for all. `is_stored` says whether there
    is any message, also an earlier one.
    """

    name: str
    columns: Mapping[str, PropertyColumn]
    since: int | None = None
    is_stored: bool = True
    stored: frozenset[str] = frozenset()

    def has(self, properties: Collection[str], since: int | None, stored: Collection[str] = ()) -> bool:
        """Whether it has these properties and columns of the messages from `since` on."""
        return (
            self.columns.keys() >= set(properties)
            and self.stored >= set(stored)
            and (self.since is None or (since is not None and self.since <= since))
        )


class Planned(NamedTuple):
    """A property as the plan has it, with the type of its values on the wire."""

    item: Property
    type: PropertyType

    @property
    def key(self) -> str:
        """Its name on the wire."""
        return self.item.wire_name or self.item.name


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


def planned(event: Event, names: Sequence[str]) -> list[Planned]:
    """These properties of an event. Raises UsageError for one that it does not have."""
    items = {item.name: item for item in event.properties}
    for name in names:
        if name not in items:
            raise UsageError(
                f"event {event.name!r} has no property {name!r}; `footfall plan check` names who asks for it"
            )
    return [Planned(items[name], wire_type(items[name])) for name in names]


def read_values(part: Part, stretch: Stretch, wanted: Sequence[Planned]) -> list[Values]:
    """What the rows of a stretch have of these properties. Raises DamagedFileError."""
    scalars = [prop for prop in wanted if prop.type in SCALARS]
    columns = part.typed(stretch, [Leaf((prop.key,), prop.type) for prop in scalars]) if scalars else []
    values = {prop.key: _typed(prop, column) for prop, column in zip(scalars, columns, strict=True)}
    others = [prop for prop in wanted if prop.type not in SCALARS]
    if others:
        texts = part.read([member_of(stretch)], stretch.start, stretch.stop).column(0)
        raws = _raws([prop.key for prop in others], texts)
        values |= {prop.key: _read(prop, raw) for prop, raw in zip(others, raws, strict=True)}
    return [values[prop.key] for prop in wanted]


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


def _typed(prop: Planned, column: TypedColumn) -> Values:
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


def _raws(keys: Sequence[str], texts: Any) -> list[list[bytes]]:
    """The JSON text of each of these members, key by key; empty where it is absent."""
    read, nothing = _decoder(keys), (b"",) * len(keys)
    columns: list[list[bytes]] = [[] for _ in keys]
    for text in texts.to_pylist():
        try:
            values = nothing if text is None else read(text)
        except msgspec.MsgspecError:
            values = nothing
        for column, raw in zip(columns, values, strict=True):
            column.append(bytes(raw))
    return columns


def _decoder(keys: Sequence[str]) -> Callable[[str], Sequence[bytes]]:
    """Reads the JSON text of these members of an object.

    A Struct of raw fields skips all else, but takes no names with a quote, a backslash or a control character.
    """
    if any(not _USUAL.fullmatch(key) for key in keys):
        whole = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
        return lambda text: [*map(dict(whole(text)).get, keys, repeat(b""))]
    fields: list[tuple[str, Any, Any]] = [(f"p{n}", msgspec.Raw, msgspec.Raw()) for n in range(len(keys))]
    members: Any = msgspec.defstruct("Properties", fields, rename={f"p{n}": key for n, key in enumerate(keys)})
    decode = msgspec.json.Decoder(members).decode
    return lambda text: msgspec.structs.astuple(decode(text))


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
