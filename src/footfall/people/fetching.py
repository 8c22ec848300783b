"""Fetches columns of single messages, by the numbers of their parts and rows, and no more of a part than near rows."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import joined, runs
from footfall.storage.part import Part

__all__ = ["fetch"]

_THREADS = 4
# Rows are stored in groups, and a group is read whole; but a body is made of columns, row by row.
_GROUP, _FEW = 32_768, 1_000
_BIG = pyarrow.int64()


def fetch(parts: Sequence[Part], part: Any, row: Any, names: Sequence[str]) -> Any:
    """These columns of the messages in `row` of `part`, two int arrays of one length, in their order.

    Raises DamagedFileError.
    """
    place = pyarrow.table(
        {"part": part, "row": joined([row]).cast(_BIG), "place": pyarrow.array(range(len(part)), _BIG)}
    )
    place = place.sort_by([("part", "ascending"), ("row", "ascending")]).combine_chunks()
    tasks: list[tuple[int, Any]] = []
    gap = _FEW if "body" in names else _GROUP
    for number in place.column("part").unique().to_pylist():
        rows = joined([place.filter(pc.equal(place.column("part"), number)).column("row")])
        tasks += [(number, run) for run in runs(rows, gap)]

    def read(task: tuple[int, Any]) -> Any:
        number, run = task
        start = run[0].as_py()
        return parts[number].read(names, start, run[-1].as_py() + 1).take(pc.subtract(run, start))

    if not tasks:
        return pyarrow.table({name: pyarrow.array([], pyarrow.string()) for name in names})
    with ThreadPoolExecutor(_THREADS) as pool:  # pyarrow reads without the interpreter's lock
        table = pyarrow.concat_tables(pool.map(read, tasks))
    return table.take(pc.sort_indices(joined([place.column("place")])))
