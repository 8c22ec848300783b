"""The parts that a store would have under another plan: those that it has, with changes laid over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow

from footfall.collector.revalidation import Revalidated
from footfall.simulation.revalidator import Revalidator
from footfall.storage.columns import ENTRY_COLUMNS
from footfall.storage.journal import Entry, Row
from footfall.storage.parquet.selected_part import SelectedPart
from footfall.storage.parquet.table_part import TablePart, table_of
from footfall.storage.part import Part

__all__ = ["overlay"]

_ROWS = 32_768  # of whole groups of a sealed file, so that each is read once


def overlay(
    parts: Sequence[Part],
    quarantined: Iterable[Entry],
    revalidator: Revalidator,
    note: Callable[[Entry, Revalidated], None],
) -> Sequence[Part]:
    """The parts with what would be stored of `parts` and of what is in quarantine.

    A part of which nothing changes is the same; of any other those messages are read that stay as they are. What
    becomes another message is in one part at the end, in memory. `note` is called with the outcome of each message.

    Raises DamagedFileError.
    """
    anew, tables = [], []
    for part in parts:
        stays: list[bool] = []
        changed: list[Entry] = []
        for entry in _entries(part):
            outcome = revalidator.outcome(entry)
            note(entry, outcome)
            is_same = outcome.is_stored and outcome.row == entry.row._replace(faults=outcome.row and outcome.row.faults)
            stays.append(is_same)
            if outcome.is_stored and outcome.row is not None and not is_same:
                changed.append(Entry(entry.seq, outcome.row))
        anew.append(part if all(stays) else SelectedPart(part, ("seq",), _chooser(stays)))
        tables += [table_of(changed)] if changed else []
    freed = []
    for entry in quarantined:
        outcome = revalidator.outcome(entry)
        note(entry, outcome)
        if outcome.is_stored and outcome.row is not None:
            freed.append(Entry(entry.seq, outcome.row))
    tables += [table_of(freed)] if freed else []
    return [*anew, TablePart(tables)] if tables else anew


def _entries(part: Part) -> Iterator[Entry]:
    for start in range(0, part.messages, _ROWS):
        table = part.read(ENTRY_COLUMNS, start, min(start + _ROWS, part.messages))
        seqs, *values = (column.to_pylist() for column in table.columns)
        for seq, row in zip(seqs, zip(*values, strict=True), strict=True):
            yield Entry(seq, Row("stored", *row))


def _chooser(stays: Sequence[bool]) -> Callable[[Any], Any]:
    mask = pyarrow.array(stays, pyarrow.bool_())
    return lambda _: mask
