"""PartReader: the rows of parts, and the names of single messages, read where somebody asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, joined
from footfall.analytics.persons.summary import PartRows, summarise
from footfall.storage.part import Part

__all__ = ["PartReader"]

_TEXT = pyarrow.string()


class PartReader:
    """Parts by number: their places in the sequence that was given. It keeps what it read of their rows."""

    def __init__(self, parts: Sequence[Part], rows: Mapping[int, PartRows]) -> None:
        self.parts = parts
        self._rows = dict(rows)

    def rows(self, part: int) -> PartRows:
        """The ids of a part's messages."""
        if part not in self._rows:
            self._rows[part] = summarise(self.parts[part]).rows
        return self._rows[part]

    def with_parts(self, parts: Sequence[Part], rows: Sequence[PartRows]) -> PartReader:
        """A reader of some more parts too, of which the rows are there already."""
        return PartReader((*self.parts, *parts), self._rows | dict(enumerate(rows, len(self.parts))))

    def names(self, part: Any, row: Any) -> tuple[Any, Any]:
        """The sources and message ids of messages, by the numbers of their parts and rows; null where those are."""
        source, message_id = pyarrow.nulls(len(part), _TEXT), pyarrow.nulls(len(part), _TEXT)
        for number in part.unique().drop_null().to_pylist():
            is_here = pc.fill_null(pc.equal(part, number), False)
            rows = row.filter(is_here)
            first = pc.min(rows).as_py()
            table = self.parts[number].read(("source", "message_id"), first, pc.max(rows).as_py() + 1)
            few = table.take(pc.subtract(rows, pyarrow.scalar(first, INT)))
            source = pc.replace_with_mask(source, is_here, joined([few.column("source")], _TEXT))
            message_id = pc.replace_with_mask(message_id, is_here, joined([few.column("message_id")], _TEXT))
        return source, message_id
