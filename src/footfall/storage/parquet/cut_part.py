"""CutPart: the messages of a part up to a number, for whoever reads it as of an earlier moment."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import pyarrow.compute as pc

from footfall.storage.parquet.order import stretches_of
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn

__all__ = ["CutPart"]


class CutPart(Part):
    """The messages of `part` with `seq <= until`, in the same order. It has no name, for it is no file."""

    def __init__(self, part: Part, until: int) -> None:
        self._part = part
        self._until = until

    @property
    def name(self) -> str:
        return ""

    @property
    def messages(self) -> int:
        return len(self._rows)

    @functools.cached_property
    def _rows(self) -> Any:
        """Which rows of the whole part these are."""
        seq = self._part.read(["seq"]).column("seq").combine_chunks()
        return pc.indices_nonzero(pc.less_equal(seq, self._until)).cast("int64")

    @functools.cached_property
    def _stretches(self) -> Sequence[Stretch]:
        return stretches_of(self.read(["event", "type", "occurred_at"]))

    def stretches(self) -> Sequence[Stretch]:
        return self._stretches

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
        rows = self._rows.slice(start, None if stop is None else stop - start)
        first, last = (rows[0].as_py(), rows[-1].as_py() + 1) if len(rows) else (0, 0)
        return self._part.read(columns, first, last).take(pc.subtract(rows, first))

    def typed(self, stretch: Stretch, leaves: Sequence[Leaf]) -> Sequence[TypedColumn]:
        whole = next(
            each for each in self._part.stretches() if (each.type, each.event) == (stretch.type, stretch.event)
        )
        rows = pc.subtract(self._rows.slice(stretch.start, stretch.stop - stretch.start), whole.start)
        return [
            TypedColumn(column.values.take(rows), None if column.texts is None else column.texts.take(rows))
            for column in self._part.typed(whole, leaves)
        ]
