"""MessageStream: the selected messages of a dataset in order of receipt, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from footfall.analytics.exports.selection import Selection
from footfall.storage.columns import Column
from footfall.timestamps import format_day

if TYPE_CHECKING:
    from footfall.analytics.dataset import Dataset

__all__ = ["MessageStream"]

_BLOCK = 10_000
_DAY_US = 86_400_000_000


class MessageStream:
    """Reads a dataset's messages in order of `seq`."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    @property
    def columns(self) -> Sequence[Column]:
        """The columns of a stored message."""
        return self._dataset.columns

    def blocks(self, selection: Selection, names: Sequence[str]) -> Iterator[Any]:
        """The selected messages, as Arrow tables of these columns: those of a message, or what identity says of it."""
        query = f"SELECT {', '.join(names)} FROM messages WHERE {_condition(selection)} ORDER BY seq"
        yield from self._dataset.connection.sql(query).to_arrow_reader(_BLOCK)

    def days(self, selection: Selection) -> list[str]:
        """The days of receipt of the selected messages, in UTC, as `2026-11-29`."""
        from footfall.storage.parquet.layout import day_numbers  # loaded with the engine

        days: set[int] = set()
        for block in self.blocks(selection, ("received_at",)):
            days.update(day_numbers(block.column("received_at")).unique().to_pylist())
        return [format_day(day * _DAY_US) for day in sorted(days)]

    def last(self) -> int:
        """The `seq` of the last stored message, 0 without any."""
        ((seq,),) = self._dataset.rows("SELECT coalesce(max(seq), 0) FROM messages")
        return int(seq)


def _condition(selection: Selection) -> str:
    from footfall.analytics.engine import literal

    parts = [f"seq > {selection.after}", selection.occurred.sql(), selection.received.sql("received_at")]
    if selection.events is not None:
        parts.append(f"coalesce(event, '(' || type || ')') IN {literal(('', *sorted(selection.events)))}")
    if selection.persons is not None:
        parts.append(f"person_id IN {literal(('', *sorted(selection.persons)))}")
    if selection.only is not None:
        parts.append(f"seq IN (-1{''.join(f', {seq}' for seq in sorted(selection.only))})")
    if selection.without:
        parts.append(f"seq NOT IN ({', '.join(map(str, sorted(selection.without)))})")
    return " AND ".join(parts)
