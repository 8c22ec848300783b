"""Columns of numbers in Arrow: what its functions do not have in one step."""

from __future__ import annotations

import functools
import sys
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

__all__ = [
    "BIG", "FALSE", "INT", "constant", "ends_of_runs", "equals", "few_true", "flags", "integer", "is_as_before",
    "joined", "least", "none", "paired", "patched", "positions", "runs", "shifted",
]  # fmt: skip

INT = pyarrow.int32()
BIG = pyarrow.int64()
FALSE = pyarrow.Array.from_buffers(pyarrow.bool_(), 1, [None, pyarrow.py_buffer(b"\0")])[0]
"""False as a scalar."""

_CODES = {pyarrow.uint8(): "B", INT: "i", BIG: "q"}


def integer(value: int, type_: Any = INT) -> Any:
    """A number as a scalar of the type uint8, int32 or int64.

    Where pandas is installed, `pyarrow.scalar` and `pyarrow.array` load it first, and so does a function of Arrow that
    is given a number of Python. That takes 0.2 s, as long as many an answer. So what every question needs is made here.
    """
    return pyarrow.Array.from_buffers(type_, 1, [None, pyarrow.py_buffer(array(_CODES[type_], [value]))])[0]


def equals(column: Any, number: int) -> Any:
    """Where an int32 column is a number. With a number of Python's, Arrow copies the column to int64 first."""
    return pc.equal(column, integer(number))


def none(type_: Any = INT) -> Any:
    """An array without a value."""
    return pyarrow.nulls(0, type_)


def positions(size: int) -> Any:
    """The numbers from 0 up to `size`."""
    return pyarrow.arange(0, size).cast(INT)


def few_true(mask: Any) -> list[int]:
    """Where a long boolean array without nulls is true, which it is in few places: 40 times as fast there."""
    if mask.offset or sys.byteorder != "little":
        return pc.indices_nonzero(mask).to_pylist()  # type: ignore[no-any-return]
    words = pyarrow.Array.from_buffers(pyarrow.uint64(), len(mask) // 64, [None, mask.buffers()[1]])
    places = []
    for number in pc.indices_nonzero(words).to_pylist():
        word = words[number].as_py()
        while word:
            places.append(number * 64 + (word & -word).bit_length() - 1)
            word &= word - 1
    start = len(words) * 64
    return places + [start + place for place in pc.indices_nonzero(mask.slice(start)).to_pylist()]


def constant(value: object, size: int, type_: Any = INT) -> Any:
    """The same value `size` times."""
    return pyarrow.repeat(pyarrow.scalar(value, type_), size)


def flags(size: int, indices: Any) -> Any:
    """An array of `size` booleans that are true at `indices`, which may repeat."""
    if not len(indices):
        return constant(value=False, size=size, type_=pyarrow.bool_())
    trues = constant(value=True, size=len(indices), type_=pyarrow.bool_())
    return pc.fill_null(pc.scatter(trues, joined([indices]), max_index=size - 1), False)


def patched(column: Any, indices: Any, values: Any) -> Any:
    """The column with other values at `indices`, none of which repeats."""
    if not len(indices):
        return column
    return pc.coalesce(pc.scatter(joined([values]), joined([indices]), max_index=len(column) - 1), column)


def shifted(column: Any, first: object) -> Any:
    """The column one row later: `first`, then all but its last value."""
    rest = column.slice(0, len(column) - 1) if len(column) else none(column.type)
    return pyarrow.concat_arrays([pyarrow.array([first], column.type), rest]).slice(0, len(column))


def joined(columns: Sequence[Any], type_: Any = INT) -> Any:
    """One array of the values of several, each of which may be chunked; of `type_` where there is no column."""
    arrays = [array for column in columns for array in getattr(column, "chunks", [column])]
    if len(arrays) == 1:
        return arrays[0]
    # A column without rows may have no chunk that says its type.
    return pyarrow.concat_arrays(arrays) if arrays else none(columns[0].type if columns else type_)


def paired(first: Any, second: Any) -> Any:
    """Pairs of numbers that are not negative, as one number each, from which both can be taken again."""
    return pc.add(pc.multiply(first.cast(BIG), 1 << 32), second.cast(BIG))


def least(table: Any, keys: Sequence[str], value: str) -> Any:
    """The rows with the least `value` of those that share the values of two int32 columns; all that tie."""
    key = paired(*(table.column(name) for name in keys))
    pairs = pyarrow.table({"key": key, "value": table.column(value)})
    groups = pairs.group_by("key", use_threads=False).aggregate([("value", "min")])
    of_group = pc.index_in(key, value_set=groups.column("key").combine_chunks())
    return table.filter(pc.equal(table.column(value), groups.column("value_min").combine_chunks().take(of_group)))


def is_as_before(columns: Sequence[Any]) -> Any:
    """Which rows have the same numbers as the row before; one null is as another."""
    filled = (pc.fill_null(column, integer(-1, column.type)) if column.null_count else column for column in columns)
    same = [pc.fill_null(pc.equal(column, shifted(column, None)), FALSE) for column in filled]
    return functools.reduce(pc.and_, same)


def ends_of_runs(numbers: Any) -> tuple[Any, Any]:
    """Where each run of equal numbers begins, and where it ends: int64 arrays."""
    first = pc.indices_nonzero(pc.invert(is_as_before([numbers]))).cast(BIG)
    after = pyarrow.concat_arrays([first, pyarrow.array([len(numbers)], BIG)]).slice(1)
    return first, pc.subtract(after, integer(1, BIG))


def runs(numbers: Any, gap: int = 1_000) -> Iterator[Any]:
    """Rising numbers of rows, in pieces in which each is at most `gap` after the one before."""
    gaps = pc.greater(pc.subtract(numbers.slice(1), numbers.slice(0, max(len(numbers) - 1, 0))), gap)
    start = 0
    for end in (*(gap + 1 for gap in pc.indices_nonzero(gaps).to_pylist()), len(numbers)):
        if end > start:
            yield numbers.slice(start, end - start)
        start = end
