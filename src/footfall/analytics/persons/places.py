"""IdPlaces: where each id of a part is, so that the messages with an id are there without a look at all rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, joined, positions
from footfall.analytics.persons.summary import PartRows

__all__ = ["IdPlaces", "places_of"]


class IdPlaces(NamedTuple):
    """`rows` has the rows of a part's messages with each id, id by id: as their user, anonymous, device or previous id.

    Those of an id end where `ends` says.
    """

    ends: Any
    rows: Any

    def rows_with(self, ids: Iterable[int]) -> Any:
        """The rows of the messages with any of these ids, rising."""
        rows = []
        for id_ in ids:
            start = self.ends[id_ - 1].as_py() if id_ else 0
            rows.append(self.rows.slice(start, self.ends[id_].as_py() - start))
        distinct = joined(rows).unique()
        return distinct.take(pc.sort_indices(distinct))


def places_of(rows: PartRows) -> IdPlaces:
    """Where each id of the part with these rows is."""
    columns = [joined([rows.ids.column(name)]) for name in ("user", "anonymous", "device")]
    every = positions(len(columns[0]))
    ids = joined([*(column.drop_null() for column in columns), rows.aliases.column("previous")])
    of_ids = joined([*(every.filter(column.is_valid()) for column in columns), rows.aliases.column("row")])
    order = pc.sort_indices(ids)
    counts = pc.value_counts(ids.take(order)).field("counts")  # each id of a part is in one of its messages
    return IdPlaces(pc.cumulative_sum(counts).cast(INT), of_ids.take(order))
