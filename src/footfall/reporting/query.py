"""The answer to a query, and the views that there are, as tables for a terminal of any width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from footfall.printable import printable
from footfall.query import SqlView
from footfall.query.result import cell_text
from footfall.query.sql_text import quoted

__all__ = ["answer_table", "views_table"]

_NARROWEST = 10  # characters of a column that can still be read
_NAME = 40  # and of the name of a column beside its value


def answer_table(names: Sequence[str], rows: Sequence[tuple[Any, ...]], width: int) -> Iterator[Table]:
    """One table of all rows; where they have too many columns for the width, one for each row, a line a column."""
    if len(names) * _NARROWEST <= width or len(names) == 1:
        yield _wide(names, rows)
        return
    for number, row in enumerate(rows, 1):
        yield _record(number, names, row)
    if not rows:
        yield _record(0, names, ("",) * len(names))


def _wide(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for position, name in enumerate(names):
        is_number = any(_is_number(row[position]) for row in rows)
        table.add_column(_cell(name), overflow="fold", justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*map(_value, row))
    return table


def _record(number: int, names: Sequence[str], row: Sequence[Any]) -> Table:
    table = Table(box=None, show_header=bool(number), header_style="bold", pad_edge=False)
    table.add_column(f"row {number}", overflow="fold", max_width=_NAME)
    table.add_column("", overflow="fold")
    for name, value in zip(names, row, strict=True):
        table.add_row(_cell(name), _value(value))
    return table


def views_table(views: Iterable[SqlView]) -> Table:
    """Every view with its columns, their types, and what they are."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("view", "column", "type", "what it is"):
        table.add_column(name, overflow="fold")
    for view in views:
        table.add_row(_cell(quoted(view.name)), "", "", _cell(view.about), style="bold")
        for column in view.columns.values():
            table.add_row("", _cell(quoted(column.name)), column.type, _cell(column.about))
    return table


def _value(value: object) -> str:
    return "[dim]NULL[/]" if value is None else _cell(cell_text(value))


def _cell(text: str) -> str:
    return escape(printable(text))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
