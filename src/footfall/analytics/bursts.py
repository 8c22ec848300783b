"""Bursts: which rows of a part are page views that one visitor's browser cannot have shown to a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from footfall.storage.part import Part
from footfall.web.bursts import BURSTS, in_burst

__all__ = ["burst_rows"]

_MINUTE = 60_000_000
# A window of a burst touches at most two minutes, so that one of them has half of its views.
_ENOUGH = min(views for views, window in BURSTS if window <= _MINUTE) // 2


def burst_rows(part: Part) -> list[int]:
    """The numbers of the rows of page views that are in a burst of their anonymous id, in no order.

    A burst that goes on in another part is looked at in each by itself.
    """
    import pyarrow
    import pyarrow.compute as pc

    pages = [stretch for stretch in part.stretches() if stretch.type == "page"]
    if sum(stretch.stop - stretch.start for stretch in pages) < _ENOUGH:
        return []
    tables = [part.read(["anonymous_id", "occurred_at"], stretch.start, stretch.stop) for stretch in pages]
    views = pyarrow.concat_tables(tables).combine_chunks()
    ids = views.column("anonymous_id").combine_chunks().dictionary_encode().indices.cast("int64")
    minutes = pc.divide(views.column("occurred_at").combine_chunks(), _MINUTE)
    counts = pc.value_counts(pc.add(pc.shift_left(ids, pyarrow.scalar(32, "int64")), minutes))
    busy = pc.and_(pc.greater_equal(counts.field("counts"), _ENOUGH), pc.is_valid(counts.field("values")))
    if not busy.true_count:
        return []
    visitors = pc.unique(pc.shift_right(counts.field("values").filter(busy), pyarrow.scalar(32, "int64")))
    numbers = pyarrow.array([row for stretch in pages for row in range(stretch.start, stretch.stop)], "int64")
    chosen = pc.is_in(ids, value_set=visitors)
    rows = pyarrow.table({"id": ids, "at": views.column("occurred_at"), "row": numbers}).filter(chosen)
    return list(_rows_in_bursts(rows))


def _rows_in_bursts(rows: Any) -> Iterator[int]:
    by_visitor: dict[int, list[tuple[int, int]]] = {}
    for visitor, at, row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        by_visitor.setdefault(visitor, []).append((at, row))
    for views in by_visitor.values():
        answers = in_burst([at for at, _ in views])
        yield from (row for (_, row), is_in in zip(views, answers, strict=True) if is_in)
