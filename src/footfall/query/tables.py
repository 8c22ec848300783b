"""The Arrow tables behind the views of a dataset. Each column is read when a query first uses it, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow

from footfall.analytics import Dataset
from footfall.printable import counted
from footfall.query.columns import MessageColumns, joined
from footfall.query.derived import DERIVED, derived_table
from footfall.query.sql_text import quoted
from footfall.query.typed import assembled
from footfall.query.views import SqlView, ViewColumn

__all__ = ["ViewTables"]


class ViewTables:
    """Makes Arrow tables of views, with the columns that are asked for."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._forget()

    def tables(self, named: Mapping[str, tuple[SqlView, Sequence[str]]], rows: int | None = None) -> Mapping[str, Any]:
        """For each view an Arrow table of all its rows, with these of its columns, one at least.

        With `rows`, so many of the first ones are enough. A damaged file that is met makes everything anew, without it.
        """
        return self._dataset.whole(lambda: self._tables(named, rows))

    def notes(self, named: Mapping[str, tuple[SqlView, Sequence[str]]]) -> list[str]:
        """A line for each of these columns that could not show all of its values."""
        counts = ((view, column, self._unread.get((view, column), 0)) for view in named for column in named[view][1])
        return [
            f"{counted(count, 'value')} of {quoted(view)}.{quoted(column)} cannot be shown in its type: "
            "NULL there, as sent in properties"
            for view, column, count in counts
            if count
        ]

    def _forget(self) -> None:
        self._parts = self._dataset.parts
        self._messages = MessageColumns(self._dataset)
        self._columns: dict[tuple[str, str], Any] = {}
        self._unread: dict[tuple[str, str], int] = {}

    def _tables(self, named: Mapping[str, tuple[SqlView, Sequence[str]]], rows: int | None) -> Mapping[str, Any]:
        if self._parts is not self._dataset.parts:
            self._forget()
        return {name: self._table(view, names, rows) for name, (view, names) in named.items()}

    def _table(self, view: SqlView, names: Iterable[str], rows: int | None) -> Any:
        wanted = [view.columns[name] for name in names] or [next(iter(view.columns.values()))]
        missing = [column for column in wanted if (view.name, column.name) not in self._columns]
        if rows is None or not missing or view.name in DERIVED:
            self._columns |= self._read(view, missing)
            columns = self._columns
        else:
            columns = self._read(view, wanted, rows)
        return pyarrow.table({column.name: columns[view.name, column.name] for column in wanted})

    def _read(self, view: SqlView, wanted: Sequence[ViewColumn], rows: int | None = None) -> dict[tuple[str, str], Any]:
        if not wanted:
            return {}
        if view.name in DERIVED and not view.event:
            table = derived_table(self._dataset, self._messages, view.name)
            return {(view.name, name): table.column(name) for name in view.columns}
        columns = {}
        properties = [column for column in wanted if not column.message]
        pieces = self._messages.read(view.event, {column.message for column in wanted} - {""}, properties, rows)
        for column in wanted:
            if column.message:
                columns[view.name, column.name] = joined(column.message, pieces)
        for number, column in enumerate(properties):
            entry = assembled(column, [piece.properties[number] for piece in pieces])
            columns[view.name, column.name] = entry.values
            self._unread[view.name, column.name] = entry.unread
        return columns
