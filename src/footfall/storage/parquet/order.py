"""The order of rows in a part: by event, type, device and time, so that each event and type has one stretch of rows."""

from __future__ import annotations

from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.storage.part import Stretch

__all__ = ["in_order", "stretches_of"]


def in_order(table: Any) -> Any:
    """A table with the columns of messages, in the order of a part."""
    device = pc.coalesce(table.column("device_id"), table.column("anonymous_id"), table.column("user_id"))
    texts = (table.column("event"), table.column("type"), device)
    keys = [*map(_ranked, texts), table.column("occurred_at"), table.column("seq")]
    names = [str(number) for number in range(len(keys))]
    return table.take(pc.sort_indices(pyarrow.table(keys, names), [(name, "ascending") for name in names]))


def stretches_of(table: Any) -> list[Stretch]:
    """The stretches of a table in this order; it needs the columns `event`, `type` and `occurred_at`."""
    times = table.column("occurred_at").cast(pyarrow.int64())
    keys = {"event": table.column("event"), "type": table.column("type"), "occurred_at": times, "row": _rows(table)}
    groups = (
        pyarrow.table(keys)
        .group_by(["event", "type"])
        .aggregate([([], "count_all"), ("occurred_at", "min"), ("occurred_at", "max"), ("row", "min")])
    )
    stretches, start = [], 0
    for group in groups.sort_by("row_min").to_pylist():  # Arrow gives many groups in any order
        stop = start + group["count_all"]
        first, last = group["occurred_at_min"], group["occurred_at_max"]
        stretches.append(Stretch(group["type"], group["event"], start, stop, first, last))
        start = stop
    return stretches


def _rows(table: Any) -> Any:
    return pyarrow.array(range(len(table)), pyarrow.int32())


def _ranked(texts: Any) -> Any:
    """For each text the number of different ones before it, null after all: numbers are faster to sort by."""
    different = pc.unique(texts)
    return pc.index_in(texts, different.take(pc.sort_indices(different)))
