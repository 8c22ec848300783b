"""Runs: where the timelines of shared devices are in a table of entries, in pieces of whole sessions.

A run has some sessions of one device that follow one another. No two runs of a device have entries of one time, so that
runs in order of time have all entries in order, also those that only their names put in order. More entries change the
few runs that are as near in time as a session reaches, however long the timeline is.

| column | |
|---|---|
| `device` | as in the entries |
| `first`, `count` | the row with which it begins, and how many it has |
| `start`, `end` | when its first and its last entry occurred, in microseconds |
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import BIG, FALSE, INT, flags, integer, joined, positions, shifted
from footfall.identity.sessions import SESSION_GAP_US

__all__ = ["RUNS", "are_near", "pieces", "renumbered", "rows_in", "runs_of"]

RUNS = pyarrow.schema({"device": INT, "first": INT, "count": INT, "start": BIG, "end": BIG})

_ENTRIES = 32  # in a run, with those of its last session more


def runs_of(entries: Any, first: int) -> Any:
    """The runs of entries in the order of devices and times, with answers, that begin at row `first` of a table."""
    device, at, part, row = (joined([entries.column(name)]) for name in ("device", "at", "first_part", "first_row"))
    if not len(device):
        return pyarrow.Table.from_batches([], RUNS)
    place, is_other = positions(len(device)), _differs(device)
    begins = pc.or_(is_other, pc.and_(_differs(at), pc.or_(_differs(part), _differs(row))))
    session = pc.fill_null_forward(pc.if_else(begins, place, pyarrow.scalar(None, INT)))
    firsts = place.filter(pc.or_(is_other, _differs(pc.divide(session, integer(_ENTRIES)))))
    ends = pyarrow.concat_arrays([firsts.slice(1), pyarrow.array([len(device)], INT)])
    columns = (
        device.take(firsts),
        pc.add(firsts, integer(first)),
        pc.subtract(ends, firsts),
        at.take(firsts),
        at.take(pc.subtract(ends, integer(1))),
    )
    return pyarrow.table([*columns], schema=RUNS)


def are_near(runs: Any, entries: Any) -> Any:
    """Which runs may have other answers once there are some entries more: a mask."""
    spans = entries.group_by("device", use_threads=False).aggregate([("at", "min"), ("at", "max")])
    span = pc.index_in(runs.column("device"), value_set=joined([spans.column("device")]))
    earliest, latest = (joined([spans.column(name)]).take(span) for name in ("at_min", "at_max"))
    gap = integer(SESSION_GAP_US, BIG)
    is_before = pc.less(pc.add(runs.column("end"), gap), earliest)
    is_after = pc.greater(pc.subtract(runs.column("start"), gap), latest)
    return joined([pc.fill_null(pc.invert(pc.or_(is_before, is_after)), FALSE)], pyarrow.bool_())


def pieces(entries: Any, runs: Any) -> Iterator[Any]:
    """The entries of some runs as record batches, run by run."""
    chunks = entries.to_batches()
    ends = list(itertools.accumulate(map(len, chunks)))
    for first, count in zip(*(runs.column(name).to_pylist() for name in ("first", "count")), strict=True):
        chunk = bisect_right(ends, first)  # each run lies in one
        yield chunks[chunk].slice(first - (ends[chunk - 1] if chunk else 0), count)


def rows_in(entries: Any, runs: Any) -> Any:
    """The entries of some runs, in the order of their rows."""
    if len(entries) == (pc.sum(runs.column("count")).as_py() or 0):
        return entries
    first = joined([runs.column("first")])
    begins, ends = (
        flags(len(entries) + 1, rows).cast(INT) for rows in (first, pc.add(first, joined([runs.column("count")])))
    )
    is_inside = pc.greater(pc.cumulative_sum(pc.subtract(begins, ends)), integer(0))
    return entries.filter(is_inside.slice(0, len(entries))).combine_chunks()


def renumbered(runs: Any) -> Any:
    """Runs as they are in `rows_in`."""
    runs = runs.sort_by("first")
    count = joined([runs.column("count")])
    first = pc.subtract(pc.cumulative_sum(count), count)
    return runs.set_column(1, RUNS.field("first"), first)


def _differs(column: Any) -> Any:
    return pc.fill_null(pc.not_equal(column, shifted(column, None)), pyarrow.scalar(value=True))
