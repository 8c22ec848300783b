"""FilePart: a sealed file, of which only the columns and the groups of rows that are asked for are read."""

from __future__ import annotations

import itertools
import threading
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from footfall.disk import Disk
from footfall.errors import DamagedFileError
from footfall.plan.property_text import READERS
from footfall.storage.parquet.layout import Footer, messages_of, stored_names
from footfall.storage.parquet.manifest import open_file
from footfall.storage.parquet.order import stretches_of
from footfall.storage.parquet.promoted import read_leaves, text_name
from footfall.storage.parquet.reading import open_parquet, reason_of
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn, member_of
from footfall.storage.warehouse import SealedFile

__all__ = ["FilePart"]

_T = TypeVar("_T")

# Columns with few texts: who takes single rows of a group reads the list of them, and not a text for each row.
_REPEATING = ("source", "type", "event", "client_id")


class FilePart(Part):
    """A Part in the file `file` below `folder`. It is opened for each reading, and its footer checked at the first.

    Each page that is read is checked, too, so that a byte that was changed is an error and no other figure.
    """

    def __init__(self, folder: Path, disk: Disk, file: SealedFile, stretches: Sequence[Stretch] = ()) -> None:
        self._folder = folder
        self._disk = disk
        self._file = file
        self._lock = threading.Lock()
        self._earlier: tuple[Any, Footer] | None = None
        self._stretches = stretches

    @property
    def name(self) -> str:
        return self._file.sha256

    @property
    def messages(self) -> int:
        return self._file.messages

    def stretches(self) -> Sequence[Stretch]:
        with self._lock:
            if not self._stretches:
                self._stretches = self._opened(_stretches)
            return self._stretches

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
        last = self.messages if stop is None else stop
        if self._has_none_of(columns):
            return _no_marks(last - start)

        def read(parquet: Any, footer: Footer) -> Any:
            names = stored_names(columns, is_marked=footer.is_marked)
            return messages_of(_rows(parquet, names, start, last), columns)

        return self._opened(read)

    def take(self, columns: Sequence[str], rows: Any) -> Any:
        if self._has_none_of(columns):
            return _no_marks(len(rows))

        def read(parquet: Any, footer: Footer) -> Any:
            names = stored_names(columns, is_marked=footer.is_marked)
            return messages_of(_taken(parquet, names, rows), columns)

        return self._opened(read, _REPEATING)

    def typed(self, stretch: Stretch, leaves: Sequence[Leaf]) -> Sequence[TypedColumn]:
        def read(parquet: Any, footer: Footer) -> Sequence[TypedColumn]:
            typed = footer.typed.get(stretch.event or "", ()) if stretch.type == "track" else ()
            names = {(leaf.path, READERS[leaf.type]): leaf.name for leaf in typed}
            columns = {leaf: names.get((leaf.path, READERS[leaf.type])) for leaf in leaves}
            wanted = [each for name in columns.values() if name is not None for each in (name, text_name(name))]
            there = set(parquet.schema_arrow.names)
            stored = [name for name in wanted if name in there]
            rows = _rows(parquet, stored, stretch.start, stretch.stop) if stored else None
            values = {leaf: _column(rows, name, stretch) for leaf, name in columns.items() if name is not None}
            others = [leaf for leaf in columns if leaf not in values]
            if others:
                member = member_of(stretch)
                texts = messages_of(_rows(parquet, stored_names([member]), stretch.start, stretch.stop), [member])
                values |= zip(others, read_leaves(others, texts.column(0).combine_chunks()), strict=True)
            return [values[leaf] for leaf in leaves]

        return self._opened(read)

    def _has_none_of(self, columns: Sequence[str]) -> bool:
        """Whether the list of files says already that these columns, the marks alone, are empty."""
        return {*columns} == {"marks"} and self._file.is_marked is False

    def _opened(self, read: Callable[[Any, Footer], _T], dictionaries: Sequence[str] = ()) -> _T:
        try:
            with open_file(self._folder, self._disk, self._file) as stream:
                parquet, footer = open_parquet(stream, self._file, self._earlier, dictionaries)
                self._earlier = parquet.metadata, footer
                return read(parquet, footer)
        except (OSError, ValueError, KeyError) as error:  # pyarrow's own errors are ValueErrors and OSErrors
            path = self._folder / self._file.name
            raise DamagedFileError(str(path), self._file.sha256, reason_of(error)) from error


def _no_marks(rows: int) -> Any:
    import pyarrow

    return pyarrow.table({"marks": pyarrow.nulls(rows, pyarrow.string())})


def _stretches(parquet: Any, footer: Footer) -> Sequence[Stretch]:
    if footer.stretches:
        return footer.stretches
    return stretches_of(parquet.read(columns=["event", "type", "occurred_at"], use_threads=False))


def _rows(parquet: Any, names: Sequence[str], start: int, stop: int) -> Any:
    """These columns of the rows from one number to another, out of the groups that have some of them."""
    groups: list[int] = []
    before, first = 0, 0
    for number in range(parquet.num_row_groups):
        after = before + parquet.metadata.row_group(number).num_rows
        if before < stop and after > start:
            first = before if not groups else first
            groups.append(number)
        before = after
    table = parquet.read_row_groups(groups, columns=names, use_threads=False)
    return table.slice(start - first, stop - start)


def _taken(parquet: Any, names: Sequence[str], rows: Any) -> Any:
    """These columns of some rows, out of the groups that have any of them."""
    import pyarrow
    import pyarrow.compute as pc

    numbers = range(parquet.num_row_groups)
    ends = list(itertools.accumulate(parquet.metadata.row_group(number).num_rows for number in numbers))
    places: dict[int, list[int]] = {}
    for place, row in enumerate(rows.to_pylist()):
        places.setdefault(bisect_right(ends, row), []).append(place)
    tables = []
    for number, here in places.items():
        start = ends[number - 1] if number else 0
        group = parquet.read_row_group(number, columns=names, use_threads=False)
        table = group.take(pc.subtract(rows.take(pyarrow.array(here)), start))
        for name in set(table.column_names).intersection(_REPEATING):
            texts = table.column(name).cast(pyarrow.string())
            table = table.set_column(table.column_names.index(name), name, texts)
        tables.append(table)
    if not tables:
        return parquet.read_row_groups([], columns=names)
    if len(tables) == 1:
        return tables[0]
    order = pyarrow.array(list(itertools.chain.from_iterable(places.values())))
    return pyarrow.concat_tables(tables).take(pc.sort_indices(order))


def _column(rows: Any, name: str, stretch: Stretch) -> TypedColumn:
    import pyarrow

    there = [] if rows is None else rows.column_names
    if name not in there:
        return TypedColumn(pyarrow.chunked_array([pyarrow.nulls(stretch.stop - stretch.start)]), None)
    text = text_name(name)
    return TypedColumn(rows.column(name), rows.column(text) if text in there else None)
