"""Takes members out of many bodies at a time that are spelled alike: constants and values in the same order.

A value whose text is known is as long as that; any other ends where the constant after it begins. Whether what was
taken is the member is the caller's to check: `are_objects` says whether texts are whole JSON objects.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow
import pyarrow.compute as pc

__all__ = ["are_objects", "sliced"]

_BINARY, _INT, _LONG, _BOOL = pyarrow.binary(), pyarrow.int32(), pyarrow.int64(), pyarrow.bool_()
_read_raw = msgspec.json.Decoder(msgspec.Raw)


def sliced(constants: Sequence[bytes], names: Sequence[str], lengths: Mapping[str, Any], bodies: Any) -> dict[str, Any]:
    """The values of those names that have no length; null where a body is not spelled so.

    A body begins with the first constant, then comes the value of the first name, and so on; the last constant ends it.
    `lengths` has the length of each value that is known, row by row. Between two values that are not known there must
    be a constant. `bodies` is a binary array without nulls.
    """
    wanted = [place for place, name in enumerate(names) if name not in lengths]
    if not wanted:
        return {}
    last = wanted[-1]
    size = pc.binary_length(bodies)
    end = pc.subtract(size, pyarrow.scalar(sum(map(len, constants[last + 1 :])), _INT))
    for name in names[last + 1 :]:
        end = pc.subtract(end, lengths[name])
    values: dict[str, Any] = {}
    start = pyarrow.scalar(0, _INT)
    for place, name in enumerate(names[: last + 1]):
        start = pc.add(start, pyarrow.scalar(len(constants[place]), _INT))
        if name in lengths:
            start = pc.add(start, lengths[name])
            continue
        stop = end
        if place < last:
            length = pc.find_substring(_slices(bodies, start, size), pattern=constants[place + 1])
            stop = pc.add(start, pc.if_else(pc.less(length, 0), pyarrow.scalar(None, _INT), length))
        values[name] = _slices(bodies, start, stop)
        start = stop
    return values


def _slices(bodies: Any, start: Any, stop: Any) -> Any:
    """The bytes of each body from one position to another; null where it has no such bytes."""
    number = len(bodies)
    begins = pyarrow.Array.from_buffers(_INT, bodies.offset + number, [None, bodies.buffers()[1]]).slice(bodies.offset)
    is_there = pc.and_(pc.greater_equal(stop, start), pc.less_equal(stop, pc.binary_length(bodies))).fill_null(False)
    first, last = (pc.if_else(is_there, pc.add(begins, position), begins) for position in (start, stop))
    # An array of what is wanted and what is not, by turns: each begins where the one before it ends.
    low, high = (first, last) if sys.byteorder == "little" else (last, first)
    pairs = pc.add(low.cast(_LONG), pc.shift_left(high.cast(_LONG), 32))
    buffers = [None, pairs.buffers()[1], bodies.buffers()[2]]
    by_turns = pyarrow.Array.from_buffers(_BINARY, 2 * number - 1, buffers)
    turns = pyarrow.Array.from_buffers(_BOOL, 2 * number - 1, [None, pyarrow.py_buffer(b"\x55" * (number // 4 + 1))])
    texts = by_turns.filter(turns)
    return texts if pc.all(is_there).as_py() else pc.if_else(is_there, texts, pyarrow.scalar(None, _BINARY))


def are_objects(texts: Any) -> Any:
    """Of each text of a binary array whether it is a JSON object and nothing else, in UTF-8; false for null."""
    there = texts.drop_null()
    lines = pc.binary_join(pyarrow.ListArray.from_arrays([0, len(there)], there), b"\n")[0].as_py()
    # Each text begins with an object, so there are as many as texts only where none has another one after it.
    if pc.all(pc.starts_with(there, "{")).as_py() and _count(lines) == len(there):
        return texts.is_valid()
    return pyarrow.array([text is not None and text[:1] == b"{" and _count(text) == 1 for text in texts.to_pylist()])


def _count(text: bytes) -> int:
    """How many JSON values the text has; 0 where it has anything else."""
    try:
        if not text.isascii():
            text.decode()
        return len(_read_raw.decode_lines(text))
    except ValueError:  # also msgspec's and Unicode's own errors
        return 0
