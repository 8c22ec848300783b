"""Which of many ids a run lacks. Both are sorted, so each piece of the run is compared with the ids in its range."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pyarrow
import pyarrow.compute as pc

from footfall.storage.ids.keys import KEY_BYTES, sort_key, utf8
from footfall.storage.ids.run_file import Form, Run, RunPiece, RunSection
from footfall.storage.parquet.uuids import split_ids

__all__ = ["missing_ids"]

_PIECE = 1 << 20  # entries of a run that are in memory at once
_KEY, _TEXT = pyarrow.binary(KEY_BYTES), pyarrow.binary()


def missing_ids(run: Run, source: str, ids: Any, *, piece: int = _PIECE) -> list[str]:
    """Those of a string array of ids that the run does not have of this source. Raises DamagedRunError."""
    texts, uuids = split_ids(ids)
    uuids = uuids.storage.drop_null()
    uuids = uuids.take(pc.sort_indices(uuids))
    keys = uuids.cast(_TEXT).to_pylist()
    missing = [str(UUID(bytes=key)) for key in _missing(_section(run, source, "uuid"), keys, uuids, _keys_of, piece)]
    by_key = {sort_key(text): utf8(text) for text in texts.drop_null().to_pylist()}
    keys = sorted(by_key)
    values = pyarrow.array([by_key[key] for key in keys], _TEXT)
    missing += [text.decode() for text in _missing(_section(run, source, "text"), keys, values, _texts_of, piece)]
    return missing


def _section(run: Run, source: str, form: Form) -> RunSection | None:
    return next((section for section in run.sections if (section.source, section.form) == (source, form)), None)


def _missing(
    section: RunSection | None, keys: list[bytes], values: Any, values_of: Callable[[RunPiece], Any], size: int
) -> Iterator[bytes]:
    """Those of some values, which are in order of their keys, that a section does not have."""
    position = 0
    for entries in _pieces(section, keys, size) if section is not None else ():
        own = _keys_of(entries)
        start = bisect_left(keys, own[0].as_py(), position)
        stop = bisect_right(keys, own[-1].as_py(), start)
        yield from values.slice(position, start - position).to_pylist()
        some = values.slice(start, stop - start)
        yield from some.filter(pc.invert(pc.is_in(some, value_set=values_of(entries)))).to_pylist()
        position = stop
    yield from values.slice(position).to_pylist()


def _pieces(section: RunSection, keys: list[bytes], size: int) -> Iterator[RunPiece]:
    """The entries of a section among which these keys may be."""
    if not keys or keys[-1] < section.first or section.last < keys[0]:
        return
    start = section.position(int.from_bytes(keys[0][: KEY_BYTES // 2]))
    stop = section.ids
    while start < stop:
        end = min(start + size, stop)
        piece = section.piece(start, end)
        if _keys_of(piece)[0].as_py() > keys[-1]:
            return
        yield piece
        start = end


def _keys_of(piece: RunPiece) -> Any:
    number = len(piece.checksums) // 4
    halves = array("Q", bytes(number * KEY_BYTES))
    halves[0::2], halves[1::2] = array("Q", piece.highs), array("Q", piece.lows)
    if sys.byteorder == "little":
        halves.byteswap()
    return pyarrow.Array.from_buffers(_KEY, number, [None, pyarrow.py_buffer(halves.tobytes())])


def _texts_of(piece: RunPiece) -> Any:
    buffers = [None, pyarrow.py_buffer(bytes(8) + piece.ends), pyarrow.py_buffer(piece.texts)]
    return pyarrow.Array.from_buffers(pyarrow.large_binary(), len(piece.checksums) // 4, buffers).cast(_TEXT)
