"""Makes the table of an event in DuckDB: its stretches in all parts, with the person and the properties of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.analytics.engine import hand_over
from footfall.analytics.event_names import Meaning
from footfall.analytics.persons import COUNTED_SQL, IS_DEVICE_SQL, Persons
from footfall.analytics.properties import Planned, PropertyTable, Values, joined, planned, read_values
from footfall.plan.calls import Call
from footfall.plan.model import Event
from footfall.storage.part import Part, Stretch

if TYPE_CHECKING:
    import duckdb

__all__ = ["THREADS", "Source", "make_event_table", "sources_of", "with_kinds"]

THREADS = 4
"""That read parts. Arrow reads without the interpreter's lock."""

_FOREVER = 2**63 - 1
_FIXED = ("seq", "occurred_at", "received_at")


class Source(NamedTuple):
    """A stretch of a part, by its number. Of its messages those count that were received in [since, before)."""

    part: int
    stretch: Stretch
    since: int = -_FOREVER
    before: int = _FOREVER

    @property
    def is_whole(self) -> bool:
        """Whether all of its messages count."""
        return (self.since, self.before) == (-_FOREVER, _FOREVER)


def sources_of(parts: Sequence[Part], names: Mapping[str, Meaning], event: Event, call: Call | None) -> list[Source]:
    """Where the messages of an event are, or those of a call. `names` are those of `meanings`."""
    sources = []
    for number, part in enumerate(parts):
        for stretch in part.stretches():
            if call is not None:
                if stretch.type == call.type:
                    sources.append(Source(number, stretch))
            elif stretch.type == "track" and stretch.event is not None:
                canonical, before = names.get(stretch.event, Meaning(stretch.event, _FOREVER))
                if canonical == event.name:
                    sources.append(Source(number, stretch, before=before))
                elif stretch.event == event.name and before < _FOREVER:
                    sources.append(Source(number, stretch, since=before))
    return sources


def make_event_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    parts: Sequence[Part],
    persons: Persons,
    sources: Sequence[Source],
    event: Event,
    properties: Sequence[str],
    call: Call | None = None,
) -> PropertyTable:
    """Make the table `name` of the messages of these sources, with a column for each of `properties`.

    `call` says that it is no event but a page, a screen or another call. Raises UsageError when the event has no such
    property, and DamagedFileError.
    """
    wanted = planned(event, properties)
    with ThreadPoolExecutor(THREADS) as pool:
        pieces = list(pool.map(lambda source: _read(parts[source.part], persons, source, wanted, call), sources))
    types = {name: pyarrow.int64() for name in _FIXED} | {"person": pyarrow.int32()}
    arrays: dict[str, Any] = {
        column: pyarrow.chunked_array([chunk for fixed, _ in pieces for chunk in fixed.column(column).chunks], type_)
        for column, type_ in types.items()
    }
    columns = {}
    for number, prop in enumerate(wanted):
        sql = f"p{number}"  # not the property's name: DuckDB's names know no upper case
        values = [row_values[number] for _, row_values in pieces]
        arrays[sql], columns[prop.item.name] = joined(prop, values, sql)
    hand_over(connection, pyarrow.table(arrays), f"CREATE TABLE {name}_rows AS SELECT * FROM handed")
    connection.execute(with_kinds(name, "*"))
    return PropertyTable(name, columns)


def _read(
    part: Part, persons: Persons, source: Source, wanted: Sequence[Planned], call: Call | None
) -> tuple[Any, list[Values]]:
    """The fixed columns of a source with the person of each row, and the values of each property."""
    start, stop = source.stretch.start, source.stretch.stop
    table = part.read(_FIXED, start, stop).append_column("person", persons.column(source.part, start, stop))
    values = read_values(part, source.stretch, wanted)
    counts = _counts(part, source, table, call)
    return (table, values) if counts is None else (table.filter(counts), [each.where(counts) for each in values])


def _counts(part: Part, source: Source, table: Any, call: Call | None) -> Any:
    """Which rows count, as an Arrow mask; None for all."""
    if call is not None and call.name is not None:
        bodies = part.read(("body",), source.stretch.start, source.stretch.stop).column(0)
        return pyarrow.array([_is_named(body, call.name) for body in bodies.to_pylist()], pyarrow.bool_())
    if source.is_whole:
        return None
    received = table.column("received_at")
    return pc.and_(pc.greater_equal(received, source.since), pc.less(received, source.before)).combine_chunks()


class _Named(msgspec.Struct):
    name: msgspec.Raw = msgspec.Raw(b"null")


_read_name = msgspec.json.Decoder(_Named).decode
_read_text = msgspec.json.Decoder(str).decode


def _is_named(body: bytes, name: str) -> bool:
    try:
        return _read_text(_read_name(body).name) == name
    except msgspec.MsgspecError:
        return False


def with_kinds(name: str, columns: str) -> str:
    """The statement that makes the view `name` of the table `NAME_rows`: these columns, and what its persons are."""
    return (
        f"CREATE VIEW {name} AS SELECT {columns}, {COUNTED_SQL} AS counted, {IS_DEVICE_SQL} AS is_device"
        f" FROM {name}_rows"
    )
