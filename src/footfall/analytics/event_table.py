"""Makes tables of events in DuckDB: their stretches in all parts, with the person and the properties of each row."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.channels import channel_column
from footfall.analytics.context_values import read_context
from footfall.analytics.derived_values import read_derived, true_rows
from footfall.analytics.engine import hand_over
from footfall.analytics.event_names import FOREVER, Meaning
from footfall.analytics.item_table import ReadItems, array_column, make_item_tables, read_items
from footfall.analytics.page_names import page_name
from footfall.analytics.persons import COUNTED_SQL, IS_DEVICE_SQL, Persons
from footfall.analytics.planned_values import Planned, PlannedValues
from footfall.analytics.properties import ROW, PropertyTable, Values, joined, read_values, typed_values
from footfall.analytics.trait_table import TraitTable
from footfall.plan.calls import Call
from footfall.plan.model import Event
from footfall.storage.part import Part, Stretch, member_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["PERSON", "THREADS", "AskedEvent", "EventStretch", "make_event_tables", "sources_of", "with_kinds"]

PERSON = "person"
"""The column of who did it, with which come `counted` and `is_device`."""
THREADS = 2
"""That read parts: Arrow reads without the interpreter's lock, and keeps memory for each thread."""

_MOST_ROWS = 2**40  # of a part
_TYPES = {
    "seq": pyarrow.int64(),
    "occurred_at": pyarrow.int64(),
    "received_at": pyarrow.int64(),
    "person": pyarrow.int32(),
}


class EventStretch(NamedTuple):
    """A stretch of a part, by its number. Of its messages those count that were received in [since, before)."""

    part: int
    stretch: Stretch
    since: int = -FOREVER
    before: int = FOREVER

    @property
    def is_whole(self) -> bool:
        """Whether all of its messages count."""
        return (self.since, self.before) == (-FOREVER, FOREVER)


def sources_of(
    parts: Sequence[Part], names: Mapping[str, Meaning], event: Event, call: Call | None
) -> list[EventStretch]:
    """Where the messages of an event are, or those of a call. `names` are those of `meanings`."""
    sources = []
    for number, part in enumerate(parts):
        for stretch in part.stretches():
            if call is not None:
                if stretch.type == call.type:
                    sources.append(EventStretch(number, stretch))
            elif stretch.type == "track" and stretch.event is not None:
                canonical, before = names.get(stretch.event, Meaning(stretch.event, FOREVER))
                if canonical == event.name:
                    sources.append(EventStretch(number, stretch, before=before))
                elif stretch.event == event.name and before < FOREVER:
                    sources.append(EventStretch(number, stretch, since=before))
    return sources


class AskedEvent(NamedTuple):
    """A table to be made: its name, and the event or call with those of its values that it is to have.

    Of the sources those messages count that occurred at `since` or later. `stored` are those of the columns `person`,
    `seq` and `received_at` that it is to have besides `occurred_at`. Of these `person` and `occurred_at` are in the
    cache too. `traits` has what is asked for of the persons. `when` is the expression of a derived event.
    """

    table: str
    event: Event
    call: Call | None
    wanted: PlannedValues
    sources: Sequence[EventStretch]
    since: int = -FOREVER
    stored: frozenset[str] = frozenset()
    traits: TraitTable | None = None
    when: str = ""

    def needed(self) -> list[EventStretch]:
        """The sources that may have some such message."""
        return [source for source in self.sources if source.stretch.last >= self.since or not self.counts_whole(source)]

    def counts_whole(self, source: EventStretch) -> bool:
        """Whether all messages of a source are of this event, whenever they occurred."""
        return source.is_whole and not self.when and (self.call is None or self.call.name is None)


class _Piece(NamedTuple):
    """What a source has: a table of the fixed columns, the values that are asked for, and the items of each array.

    Where there are arrays, `rows` has the number of each row.
    """

    fixed: Any
    values: Sequence[Values]
    rows: Any = None
    items: Sequence[ReadItems] = ()


def make_event_tables(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], persons: Persons, every: Sequence[AskedEvent]
) -> list[PropertyTable]:
    """Make the tables, each part of which is read once for all of them. Raises DamagedFileError."""
    of_part: dict[int, list[tuple[int, EventStretch]]] = defaultdict(list)
    for number, asked in enumerate(every):
        for source in asked.needed():
            of_part[source.part].append((number, source))

    def read(number: int) -> list[tuple[int, _Piece]]:
        places = [place for place, _ in of_part[number]]
        sources = [source for _, source in of_part[number]]
        fixed = _fixed(parts[number], number, persons, sources, [every[place] for place in places])
        return [
            (place, _read(parts[number], table, source, every[place]))
            for place, source, table in zip(places, sources, fixed, strict=True)
        ]

    pieces: list[list[_Piece]] = [[] for _ in every]
    with ThreadPoolExecutor(THREADS) as pool:
        for read_pieces in pool.map(read, sorted(of_part)):
            for place, piece in read_pieces:
                pieces[place].append(piece)
    return [_make(connection, asked, pieces.pop(0)) for asked in every]  # of each that is made the memory is free


def _fixed(
    part: Part, number: int, persons: Persons, sources: Sequence[EventStretch], every: Sequence[AskedEvent]
) -> list[Any]:
    """For each source a table of its columns that are no properties; its part is read once, and only where it must."""
    stretches = [source.stretch for source in sources]
    is_personal = any(PERSON in asked.stored for asked in every)
    moves = persons.moves(number, stretches) if is_personal else persons.times(number, stretches)
    columns = {
        name
        for source, asked in zip(sources, every, strict=True)
        for name in (*asked.stored, *(() if source.is_whole else ("received_at",)))
    } - {PERSON}
    if moves is None:
        columns.add("occurred_at")
    if not columns:
        return moves or []
    start = min(stretch.start for stretch in stretches)
    stored = part.read(sorted(columns), start, max(stretch.stop for stretch in stretches))
    tables = []
    for place, stretch in enumerate(stretches):
        here = _copied(stored.slice(stretch.start - start, stretch.stop - stretch.start))
        if moves is not None:
            names = [*sorted(columns), *moves[place].column_names]
            tables.append(pyarrow.table([*here.columns, *moves[place].columns], names))
        elif is_personal:
            tables.append(here.append_column(PERSON, persons.column(number, stretch.start, stretch.stop)))
        else:
            tables.append(here)
    return tables


def _read(part: Part, table: Any, source: EventStretch, asked: AskedEvent) -> _Piece:
    """What a source has; `table` has its columns that are no properties."""
    counts = _counts(part, source, table, asked)
    values = _values(part, source.stretch, asked)
    if counts is not None:
        table, values = table.filter(counts), [each.where(counts) for each in values]
    if not asked.wanted.arrays:
        return _Piece(table, values)
    stretch = source.stretch
    texts = part.read([member_of(stretch)], stretch.start, stretch.stop).column(0)
    rows = pc.add(pyarrow.arange(stretch.start, stretch.stop), source.part * _MOST_ROWS)
    if counts is not None:
        texts, rows = texts.filter(counts), rows.filter(counts)
    return _Piece(table, values, rows, [read_items(array, texts, rows) for array in asked.wanted.arrays])


def _values(part: Part, stretch: Stretch, asked: AskedEvent) -> list[Values]:
    """Each value in the order of the plan for it: what the message says, what its context does, and its channel."""
    wanted = asked.wanted
    own = [value for value in wanted.values if value.part == "properties"]
    around = [value for value in wanted.values if value.part == "context"]
    read = dict(zip([value.name for value in own], read_values(part, stretch, own), strict=True))
    if around:
        read |= zip([value.name for value in around], read_context(part, stretch, around), strict=True)
    for value in wanted.values:
        if value.part == "channel":
            read[value.name] = _channels(part, stretch, asked)
        elif value.part == "derived":
            read[value.name] = _derived(part, stretch, asked.event, value)
    return [read[value.name] for value in wanted.values]


def _channels(part: Part, stretch: Stretch, asked: AskedEvent) -> Values:
    sources = part.read(("source",), stretch.start, stretch.stop).column(0)
    name, channel = asked.event.name, asked.event.channel
    events = pyarrow.repeat(pyarrow.scalar(name), len(sources))
    rule = asked.wanted.channels._replace(of_events={} if channel is None else {name: channel})
    return Values(pyarrow.chunked_array([channel_column(rule, events, sources).cast("string")]), ())


def _derived(part: Part, stretch: Stretch, event: Event, value: Planned) -> Values:
    prop = next(each for each in event.derived if each.name == value.name)
    derived = read_derived(part, stretch, event, prop.expression, prop.type)
    return typed_values(value, derived.column)._replace(unread=derived.unread)


def _copied(table: Any) -> Any:
    """A copy, so that the columns of a whole part are not kept for a stretch of it."""
    # Of one array alone, concat_arrays makes no copy.
    columns = [pyarrow.concat_arrays([*column.chunks, pyarrow.nulls(0, column.type)]) for column in table.columns]
    return pyarrow.table(columns, table.column_names)


def _make(connection: duckdb.DuckDBPyConnection, asked: AskedEvent, pieces: Sequence[_Piece]) -> PropertyTable:
    names = (*sorted(asked.stored), "occurred_at")
    arrays: dict[str, Any] = {
        name: pyarrow.chunked_array(
            [chunk for piece in pieces for chunk in piece.fixed.column(name).chunks], _TYPES[name]
        )
        for name in names
    }
    columns, wanted = {}, asked.wanted
    for number, prop in enumerate(wanted.values):
        sql = f"p{number}"  # not the property's name: DuckDB's names know no upper case
        of_property, columns[prop.name] = joined(prop, [piece.values[number] for piece in pieces], sql)
        arrays |= of_property
    if wanted.arrays:
        arrays[ROW] = pyarrow.chunked_array([piece.rows for piece in pieces], pyarrow.int64())
    for number, array in enumerate(wanted.arrays):
        sizes = [piece.items[number].sizes for piece in pieces]
        of_array, columns[array.name] = joined(array_column(array), sizes, f"n{number}")
        arrays |= of_array
    if wanted.values or wanted.arrays:
        hand_over(connection, pyarrow.table(arrays), f"CREATE TABLE {asked.table}_rows AS SELECT * FROM handed")
        pyarrow.default_memory_pool().release_unused()
    else:  # columns of whole numbers are read as fast where they are
        connection.register(f"{asked.table}_rows", pyarrow.table(arrays))
    if asked.traits is not None:
        columns |= asked.traits.columns
        connection.execute(with_kinds(asked.table, "*", f"LEFT JOIN {asked.traits.name} USING ({PERSON})"))
    elif PERSON in asked.stored:
        connection.execute(with_kinds(asked.table, "*"))
    else:
        connection.execute(f"CREATE VIEW {asked.table} AS SELECT * FROM {asked.table}_rows")
    is_stored = len(arrays["occurred_at"]) > 0 or any(map(asked.counts_whole, asked.sources))
    items = [[piece.items[number] for piece in pieces] for number in range(len(wanted.arrays))]
    return PropertyTable(
        asked.table,
        columns,
        None if asked.since == -FOREVER else asked.since,
        is_stored,
        asked.stored,
        wanted.names,
        make_item_tables(connection, asked.table, "", wanted.arrays, items),
    )


def _counts(part: Part, source: EventStretch, table: Any, asked: AskedEvent) -> Any:
    """Which rows count, as an Arrow mask; None for all."""
    masks = []
    if asked.call is not None and asked.call.name is not None:
        bodies = part.read(("body",), source.stretch.start, source.stretch.stop).column(0)
        masks.append(
            pyarrow.array([page_name(body) == asked.call.name for body in bodies.to_pylist()], pyarrow.bool_())
        )
    if asked.when:
        masks.append(true_rows(part, source.stretch, asked.event, asked.when))
    if not source.is_whole:
        received = table.column("received_at")
        masks.append(pc.and_(pc.greater_equal(received, source.since), pc.less(received, source.before)))
    if source.stretch.first < asked.since:
        masks.append(pc.greater_equal(table.column("occurred_at"), asked.since))
    return functools.reduce(pc.and_, masks) if masks else None


def with_kinds(name: str, columns: str, join: str = "") -> str:
    """The statement that makes the view `name` of the table `NAME_rows`: these columns, and what its persons are.

    It may `join` a table with more about the persons.
    """
    return (
        f"CREATE VIEW {name} AS SELECT {columns}, {COUNTED_SQL} AS counted, {IS_DEVICE_SQL} AS is_device"
        f" FROM {name}_rows {join}"
    )
