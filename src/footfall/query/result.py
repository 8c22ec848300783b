"""The answer to a query: Arrow, pandas, Polars or plain rows, and a table to look at."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from footfall.errors import UsageError
from footfall.printable import counted, printable

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = ["QueryResult", "cell_text", "python_rows"]

_SHOWN = 20  # rows of a table in a notebook or a shell
_LONGEST = 200  # characters of one cell there


class QueryResult:
    """All rows of an answer, in memory. `notes` says what is not in them: damaged files, values of another type."""

    def __init__(self, table: Any, notes: Sequence[str] = ()) -> None:
        self._whole = table
        self.notes = tuple(notes)

    @property
    def _table(self) -> Any:
        return self._whole

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._table.column_names)

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`. Decimals are exact; times have the plan's timezone."""
        return self._table

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas DataFrame. Raises UsageError where pandas is not installed."""
        _need("pandas")
        frame: pandas.DataFrame = self._table.to_pandas()
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A Polars DataFrame. Raises UsageError where Polars is not installed."""
        _need("polars")
        import polars

        frame = polars.from_arrow(self._table)
        assert isinstance(frame, polars.DataFrame)
        return frame

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """Every row, as values of Python: None for NULL, Decimal, and datetime with its timezone."""
        return [row for batch in self._table.to_batches() for row in python_rows(batch)]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __repr__(self) -> str:
        cells = [[printable(name) for name in self.columns], *self._cells()]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
        return "\n".join([*lines, self._rest(), *map(printable, self.notes)])

    def _repr_html_(self) -> str:
        """The same for a notebook; nothing in the data is HTML."""
        head = "".join(f"<th>{html.escape(printable(name))}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self._cells())
        notes = "".join(f"<p>{html.escape(printable(line))}</p>" for line in (self._rest(), *self.notes))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _cells(self) -> list[list[str]]:
        batches = self._table.slice(0, _SHOWN).to_batches()
        return [[_shown(value) for value in row] for batch in batches for row in python_rows(batch)]

    def _rest(self) -> str:
        shown = "" if len(self) <= _SHOWN else f", of which {_SHOWN} are shown"
        return f"({counted(len(self), 'row')}{shown})"


def python_rows(batch: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of an Arrow batch as values of Python; a time that Python has not, such as infinity, as its text."""
    return zip(*map(_values, batch.columns), strict=True) if batch.num_columns else iter(())


def _values(column: Any) -> list[Any]:
    import pyarrow  # loaded with the engine

    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):
        values = column.cast(pyarrow.string()).to_pylist()
    return values


def cell_text(value: object) -> str:
    """A value as text in a cell, in one line."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return printable(str(value))


def _shown(value: object) -> str:
    text = cell_text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _need(library: str) -> None:
    from importlib.util import find_spec

    if find_spec(library) is None:
        raise UsageError(f"a {library} frame needs {library}: pip install {library}; to_arrow() and rows work without")
