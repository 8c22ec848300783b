"""Fetches columns of single messages, by the numbers of their parts and rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, joined
from footfall.storage.part import Part

__all__ = ["fetch"]

_THREADS = 4
_FEW = 1_000  # rows: threads wait for one another longer than it takes to read them


def fetch(parts: Sequence[Part], part: Any, row: Any, names: Sequence[str]) -> Any:
    """These columns of the messages in `row` of `part`, two int arrays of one length, in their order.

    Of each part no more is read than the groups of rows that have any of them. Raises DamagedFileError.
    """
    part, row = joined([part]), joined([row])
    order = pc.sort_indices(part).cast(INT)
    counts = pc.value_counts(part.take(order))
    tasks, start = [], 0
    for number, count in zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True):
        tasks.append((parts[number], row.take(order.slice(start, count))))
        start += count
    if not tasks:
        return pyarrow.table({name: pyarrow.array([], pyarrow.string()) for name in names})
    if len(row) <= _FEW or len(tasks) == 1:
        tables = [_taken(task, names) for task in tasks]
    else:
        with ThreadPoolExecutor(_THREADS) as pool:  # pyarrow reads without the interpreter's lock
            tables = list(pool.map(_taken, tasks, itertools.repeat(names)))
    return pyarrow.concat_tables(tables).take(pc.inverse_permutation(order)).combine_chunks()


def _taken(task: tuple[Part, Any], names: Sequence[str]) -> Any:
    part, rows = task
    return part.take(names, rows)
