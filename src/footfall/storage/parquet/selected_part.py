"""SelectedPart: some messages of a part, such as those up to a number for whoever reads as of an earlier moment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow.compute as pc

from footfall.storage.parquet.order import stretches_of
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn

__all__ = ["SelectedPart", "up_to"]


def up_to(part: Part, seq: int) -> SelectedPart:
    """The messages of a part up to a number."""
    return SelectedPart(part, ("seq",), lambda table: pc.less_equal(table.column("seq"), seq))


class SelectedPart(Part):
    """The messages of `part` that are chosen, in the same order. It has no name, for it is no whole file.

    `choose` says of each row of a table of `columns` whether it is one of them, as an Arrow mask.
    """

    def __init__(self, part: Part, columns: Sequence[str], choose: Callable[[Any], Any]) -> None:
        self.part = part
        self._columns = columns
        self._choose = choose

    @property
    def name(self) -> str:
        return ""

    @property
    def messages(self) -> int:
        return len(self.rows)

    @functools.cached_property
    def rows(self) -> Any:
        """Which rows of the whole part these are, as an array of int64."""
        mask = self._choose(self.part.read(self._columns))
        return pc.indices_nonzero(mask).cast("int64")

    @functools.cached_property
    def _stretches(self) -> Sequence[Stretch]:
        return stretches_of(self.read(["event", "type", "occurred_at"]))

    def stretches(self) -> Sequence[Stretch]:
        return self._stretches

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
        rows = self.rows.slice(start, None if stop is None else stop - start)
        first, last = (rows[0].as_py(), rows[-1].as_py() + 1) if len(rows) else (0, 0)
        return self.part.read(columns, first, last).take(pc.subtract(rows, first))

    def take(self, columns: Sequence[str], rows: Any) -> Any:
        return self.part.take(columns, self.rows.take(rows))

    def typed(self, stretch: Stretch, leaves: Sequence[Leaf]) -> Sequence[TypedColumn]:
        whole = next(each for each in self.part.stretches() if (each.type, each.event) == (stretch.type, stretch.event))
        rows = pc.subtract(self.rows.slice(stretch.start, stretch.stop - stretch.start), whole.start)
        return [
            TypedColumn(column.values.take(rows), None if column.texts is None else column.texts.take(rows))
            for column in self.part.typed(whole, leaves)
        ]
