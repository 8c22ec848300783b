"""Makes tables of the items of arrays: a row for each item, with the row of the message, or of the item, that it is in.

Items are read one by one out of the text of their array, and their values as those of messages are: exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.analytics.engine import hand_over
from footfall.analytics.numbers import Numbers
from footfall.analytics.persons.arrays import positions
from footfall.analytics.planned_values import Planned, PlannedItems
from footfall.analytics.properties import ItemTable, PropertyColumn, Values, joined, raw_members, read_texts
from footfall.plan.model import Property

__all__ = ["ReadItems", "array_column", "make_item_tables", "read_items"]

_INT = pyarrow.int64()
_NULL = b"null"
_read_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_ITEM = "item"  # the key of an item in an object of its own, where the item itself is a value


class ReadItems(NamedTuple):
    """The items of an array in some messages: the row that each is in, their values, and those of arrays in them.

    `sizes` has for each message how many items there are, null where there is no array.
    """

    of: Any
    sizes: Values
    values: Sequence[Values]
    arrays: Sequence[ReadItems]


def read_items(wanted: PlannedItems, texts: Any, rows: Any) -> ReadItems:
    """The items of an array in a string array of JSON objects, of which `rows` has the numbers."""
    items: list[bytes] = []
    places: list[int] = []
    sizes: list[int | None] = []
    unread: list[int] = []
    for place, raw in enumerate(raw_members([wanted.keys], texts)[0]):
        size: int | None = None
        if raw and raw != _NULL:
            try:
                parts = _read_array(raw)
            except msgspec.MsgspecError:
                unread.append(place)
            else:
                size = len(parts)
                items += map(bytes, parts)
                places += [place] * size
        sizes.append(size)
    is_value = any(not each.keys for each in wanted.values)
    before = (_ITEM,) if is_value else ()
    contents = [b'{"item":%b}' % item for item in items] if is_value else items
    inner = pyarrow.array(contents, pyarrow.binary()).cast(pyarrow.string())
    values = read_texts([each._replace(keys=(*before, *each.keys)) for each in wanted.values], inner)
    arrays = [
        read_items(each._replace(keys=(*before, *each.keys)), inner, positions(len(items))) for each in wanted.arrays
    ]
    counts = Numbers(pyarrow.chunked_array([pyarrow.array(sizes, _INT)]), {})
    return ReadItems(rows.take(pyarrow.array(places, _INT)), Values(counts, unread), values, arrays)


def array_column(wanted: PlannedItems) -> Planned:
    """The number of items of an array, as a value of what it is in."""
    item = Property(name=wanted.name, type="integer")
    return Planned(wanted.name, item, "integer", "properties", wanted.keys)


def make_item_tables(
    connection: Any, name: str, prefix: str, wanted: Sequence[PlannedItems], pieces: Sequence[Sequence[ReadItems]]
) -> Mapping[str, ItemTable]:
    """Make the tables of these arrays, by their names. `pieces` has for each array its items, piece by piece.

    No two tables of an event have a column of the same name, since all begin with a prefix.
    """
    tables = {}
    for number, (array, read) in enumerate(zip(wanted, pieces, strict=True)):
        own = f"{prefix}i{number}_"
        starts = _starts(read)
        size = sum(len(piece.of) for piece in read)
        arrays: dict[str, Any] = {
            f"{own}row": positions(size).cast(_INT),
            f"{own}of": pyarrow.chunked_array([piece.of.cast(_INT) for piece in read], _INT),
        }
        columns: dict[str, PropertyColumn] = {}
        for place, value in enumerate(array.values):
            of_value, columns[value.name] = joined(value, [piece.values[place] for piece in read], f"{own}p{place}")
            arrays |= of_value
        inner = [
            [_moved(piece.arrays[place], start) for piece, start in zip(read, starts, strict=True)]
            for place in range(len(array.arrays))
        ]
        for place, deeper in enumerate(array.arrays):
            sizes, columns[deeper.name] = joined(
                array_column(deeper), [piece.sizes for piece in inner[place]], f"{own}n{place}"
            )
            arrays |= sizes
        table = f"{name}_{own}rows"
        hand_over(connection, pyarrow.table(arrays), f"CREATE TABLE {table} AS SELECT * FROM handed")
        below = make_item_tables(connection, name, own, array.arrays, inner)
        tables[array.name] = ItemTable(table, columns, below, f"{own}row", f"{own}of")
    return tables


def _starts(pieces: Sequence[ReadItems]) -> list[int]:
    """The number of the first item of each piece."""
    starts, start = [], 0
    for piece in pieces:
        starts.append(start)
        start += len(piece.of)
    return starts


def _moved(piece: ReadItems, start: int) -> ReadItems:
    return piece._replace(of=pc.add(piece.of.cast(_INT), start))
