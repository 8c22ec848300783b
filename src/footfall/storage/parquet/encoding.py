"""The bytes of a file: its columns and the promoted ones, compressed, in groups of rows that readers skip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet

from footfall.plan.model import Plan
from footfall.storage.parquet.layout import FOOTER_KEY, Footer, member, plain_type
from footfall.storage.parquet.promoted import PlannedLeaf, leaves, promote, text_name

__all__ = ["encoded"]

# Rows. Who reads one event, or single messages, reads no other group. Groups of 32,768 rows take 2 to 4 % less room,
# and a message out of them three times as long to read.
_ROW_GROUP = 8_192
_FREQUENT = 1_000  # one row in so many is of the event whose properties get columns
_LEVEL = 3  # of zstd: at 6 an order takes 3 bytes of 52 less, and half as long again to write
_PAGE = 4 << 20  # bytes
_REPEATING = {
    "source", "type", "event", "group_id", "bundle", "faults", "envelope", "rest", "context", "client_id",
    "environment", "marks",
}  # fmt: skip
_RISING = dict.fromkeys(("seq", "occurred_at", "client_seq"), "DELTA_BINARY_PACKED")


class _Column(NamedTuple):
    """A column of which only the rows from `start` have values."""

    start: int
    values: Any

    def rows(self, start: int, stop: int) -> Any:
        """The rows from one number to another, null where the column has none."""
        begin, end = max(start, self.start), min(stop, self.start + len(self.values))
        if begin >= end:
            return pyarrow.nulls(stop - start, self.values.type)
        before = pyarrow.nulls(begin - start, self.values.type)
        values = self.values.slice(begin - self.start, end - begin)
        after = pyarrow.nulls(stop - end, self.values.type)
        return pyarrow.chunked_array([before, *values.chunks, after], self.values.type)


def encoded(table: Any, footer: Footer, plan: Plan | None) -> Any:
    """The file of a sorted table with the columns of the layout, as an Arrow buffer.

    The footer gets the leaves that were taken out of `properties`.
    """
    typed: dict[str, tuple[PlannedLeaf, ...]] = {}
    stretches = dict(_stretches(table, footer, plan, typed))
    footer = msgspec.structs.replace(footer, typed=typed)
    fields = [pyarrow.field(name, stretch.values.type) for name, stretch in stretches.items()]
    plain = [pyarrow.field(field.name, plain_type(field.type)) for field in table.schema]
    schema = pyarrow.schema([*plain, *fields], {FOOTER_KEY: msgspec.json.encode(footer)})
    repeating = [name for name, stretch in stretches.items() if _repeats(stretch.values)]
    sink = pyarrow.BufferOutputStream()
    with pyarrow.parquet.ParquetWriter(
        sink,
        schema,
        version="2.6",
        data_page_version="2.0",
        data_page_size=_PAGE,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=[*sorted(_REPEATING), *repeating],
        column_encoding=_RISING,
        write_page_checksum=True,
    ) as writer:
        for start in range(0, len(table), _ROW_GROUP):
            stop = min(start + _ROW_GROUP, len(table))
            columns = [stretch.rows(start, stop) for stretch in stretches.values()]
            group = [column.cast(plain_type(column.type)) for column in table.slice(start, stop - start).columns]
            writer.write_table(pyarrow.table([*group, *columns], schema), _ROW_GROUP)
    return sink.getvalue()


def _stretches(
    table: Any, footer: Footer, plan: Plan | None, typed: dict[str, tuple[PlannedLeaf, ...]]
) -> Iterator[tuple[str, _Column]]:
    """The typed columns by name; no two have the same. `typed` gets the leaves that were looked for."""
    names = set(table.column_names)
    for stretch in footer.stretches:
        event, count = plan.events.get(stretch.event or "") if plan else None, stretch.stop - stretch.start
        if event is None or stretch.type != "track" or count * _FREQUENT < len(table):
            continue
        wanted = []
        for leaf in leaves(event):
            own = {leaf.name, text_name(leaf.name)}
            if names.isdisjoint(own):
                names |= own
                wanted.append(leaf)
        typed[event.name] = tuple(wanted)
        properties = member(table.slice(stretch.start, count), "properties")
        for column in promote(wanted, properties) if wanted else ():
            for name, values in ((column.name, column.values), (text_name(column.name), column.text)):
                if values is not None:
                    yield name, _Column(stretch.start, values)


def _repeats(values: Any) -> bool:
    return bool(pc.count_distinct(values).as_py() * 2 < len(values))
