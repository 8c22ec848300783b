"""TablePart: stored messages in memory, such as the tail of a journal, to be read as a sealed file is."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.storage.client_numbers import numbers_of
from footfall.storage.columns import COLUMNS
from footfall.storage.journal import Entry
from footfall.storage.parquet.layout import MESSAGE_TYPES
from footfall.storage.parquet.marks import marks_of
from footfall.storage.parquet.order import in_order, stretches_of
from footfall.storage.parquet.promoted import read_leaves
from footfall.storage.parquet.rest import member_texts
from footfall.storage.part import MEMBERS, Leaf, Part, Stretch, TypedColumn, member_of

__all__ = ["TablePart", "table_of"]

_TEXT, _BINARY = pyarrow.string(), pyarrow.binary()
_NUMBERS = ("client_id", "client_seq")


def table_of(entries: Sequence[Entry]) -> Any:
    """A table of MESSAGE_TYPES of these entries, in their order."""
    columns = zip(*(entry.row for entry in entries), strict=True) if entries else ((),) * (len(COLUMNS) + 1)
    names = ("kind", *(column.name for column in COLUMNS))
    values = dict(zip(names, columns, strict=True)) | {"seq": [entry.seq for entry in entries]}
    return pyarrow.table({name: pyarrow.array(values[name], type_) for name, type_ in MESSAGE_TYPES.items()})


class TablePart(Part):
    """A Part of tables of MESSAGE_TYPES, which it puts in order."""

    def __init__(self, tables: Iterable[Any], name: str = "") -> None:
        table = pyarrow.concat_tables([table_of(()), *tables])
        self._table = in_order(table).combine_chunks()
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def messages(self) -> int:
        return len(self._table)

    @functools.cached_property
    def _stretches(self) -> Sequence[Stretch]:
        return stretches_of(self._table)

    def stretches(self) -> Sequence[Stretch]:
        return self._stretches

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
        rows = self._table.slice(start, None if stop is None else stop - start)
        return pyarrow.table({name: _column(rows, name) for name in columns})

    def take(self, columns: Sequence[str], rows: Any) -> Any:
        table = self._table.take(rows)
        return pyarrow.table({name: _column(table, name) for name in columns})

    def typed(self, stretch: Stretch, leaves: Sequence[Leaf]) -> Sequence[TypedColumn]:
        rows = self._table.slice(stretch.start, stretch.stop - stretch.start)
        return read_leaves(leaves, _column(rows, member_of(stretch)))


def _column(rows: Any, name: str) -> Any:
    if name in _NUMBERS:
        numbers = [numbers_of(body)[_NUMBERS.index(name)] for body in rows.column("body").to_pylist()]
        return pyarrow.array(numbers, _TEXT if name == "client_id" else pyarrow.int64())
    if name not in MEMBERS:
        return rows.column(name)
    if name == "marks":
        return marks_of(*(rows.column(each).combine_chunks() for each in ("body", "envelope"))).cast(_TEXT)
    member = {"all_traits": "traits", "shared_context": "context"}.get(name, name)
    texts = pyarrow.array(member_texts(rows.column("body").to_pylist(), member), _BINARY)
    if name == "all_traits":
        texts = pc.coalesce(rows.column("traits").combine_chunks(), texts)
    return texts.cast(_TEXT)
