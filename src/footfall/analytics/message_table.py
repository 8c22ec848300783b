"""Makes narrow tables of all messages in DuckDB: the columns that are asked for, and whose each message is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.channels import channel_numbers
from footfall.analytics.event_names import FOREVER, Meaning
from footfall.analytics.event_table import THREADS, with_kinds
from footfall.analytics.page_names import page_name
from footfall.analytics.persons import Persons
from footfall.analytics.persons.arrays import joined, positions
from footfall.plan.channels import ChannelRule
from footfall.storage.part import Part

if TYPE_CHECKING:
    import duckdb

__all__ = ["MESSAGE_COLUMNS", "canonical_events", "make_message_table"]

MESSAGE_COLUMNS = (
    "seq", "source", "type", "event", "channel", "step", "occurred_at", "received_at", "device", "person",
)  # fmt: skip
"""What can be asked of all messages; `person` comes with `counted` and `is_device`.

`step` is the number of what somebody did, the event or `page:NAME` and `screen:NAME`, and null for calls that say who
somebody is; the table `NAME_steps` has the `name` of each `step`. `device` is the number of the anonymous_id, else the
device_id, and null without a usable one. `channel` is the number of the channel of
contact: 0 is none, then those of CHANNELS.
"""

_INT, _TEXT = pyarrow.int64(), pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
_TYPES = {
    "seq": _INT,
    "occurred_at": _INT,
    "received_at": _INT,
    "device": pyarrow.int32(),
    "person": pyarrow.int32(),
    "channel": pyarrow.int8(),
}
_VIEWS = ("page", "screen")
_NOT_STORED = ("type", "event", "channel", "step", "device", "person")


def make_message_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    parts: Sequence[Part],
    persons: Persons | None,
    names: Mapping[str, Meaning],
    channels: ChannelRule,
    columns: Collection[str],
) -> None:
    """Make the table `name` of all messages with these of MESSAGE_COLUMNS. `names` are those of `meanings`.

    `persons` may be None where nobody asks for `person` or `device`. Raises DamagedFileError.
    """
    wanted = [column for column in MESSAGE_COLUMNS if column in columns]

    def read(number: int) -> Any:
        return _read(parts[number], number, persons, names, channels, wanted)

    with ThreadPoolExecutor(THREADS) as pool:
        tables = list(pool.map(read, range(len(parts))))
    schema = pyarrow.schema([(column, _TYPES.get(column, _TEXT)) for column in wanted])
    table = pyarrow.concat_tables([pyarrow.Table.from_batches([], schema), *tables])
    if "step" in wanted:
        table = _numbered(connection, name, table)
    if "person" not in wanted:
        connection.register(name, table)
        return
    connection.register(f"{name}_rows", table)
    connection.execute(with_kinds(name, "*"))


def _read(
    part: Part,
    number: int,
    persons: Persons | None,
    names: Mapping[str, Meaning],
    channels: ChannelRule,
    wanted: Sequence[str],
) -> Any:
    stored = [column for column in wanted if column not in _NOT_STORED]
    arrays: dict[str, Any] = {}
    if persons is not None and "occurred_at" in stored:
        times = persons.times(number, part.stretches())
        if times is not None:  # out of the cache
            stored.remove("occurred_at")
            arrays["occurred_at"] = joined([table["occurred_at"] for table in times], _INT)
    if stored:
        table = part.read(stored)
        arrays |= {column: table.column(column) for column in stored}
    if "source" in arrays:
        arrays["source"] = arrays["source"].dictionary_encode()
    if "type" in wanted:
        numbers = _numbers([stretch.stop - stretch.start for stretch in part.stretches()])
        arrays["type"] = _repeated([stretch.type for stretch in part.stretches()], numbers)
    if "event" in wanted:
        arrays["event"] = canonical_events(part, names, 0, part.messages)
    if "channel" in wanted:
        events = canonical_events(part, names, 0, part.messages)
        arrays["channel"] = channel_numbers(channels, events, part.read(("source",)).column(0))
    if "step" in wanted:
        arrays["step"] = _steps(part, names)
    if persons is not None and "device" in wanted:
        arrays["device"] = persons.devices(number)
    if persons is not None and "person" in wanted:
        arrays["person"] = persons.column(number)
    return pyarrow.table({column: arrays[column] for column in wanted})


def _numbered(connection: duckdb.DuckDBPyConnection, name: str, table: Any) -> Any:
    """The table with numbers in place of steps, which DuckDB sorts faster; their names go into another table."""
    steps = joined([table["step"].unify_dictionaries()], _TEXT)
    names = {"step": positions(len(steps.dictionary)), "name": steps.dictionary}
    connection.register(f"{name}_steps", pyarrow.table(names))
    return table.set_column(table.column_names.index("step"), "step", steps.indices)


def _steps(part: Part, names: Mapping[str, Meaning]) -> Any:
    """What each row of a part did."""
    pieces = [pyarrow.array([], _TEXT)]
    for stretch in part.stretches():
        rows = stretch.stop - stretch.start
        if stretch.type == "track":
            pieces.append(canonical_events(part, names, stretch.start, stretch.stop))
        elif stretch.type in _VIEWS:
            bodies = part.read(("body",), stretch.start, stretch.stop).column(0).to_pylist()
            texts = (page_name(body) for body in bodies)
            steps = [stretch.type if text is None else f"{stretch.type}:{text}" for text in texts]
            pieces.append(pyarrow.array(steps, pyarrow.string()).dictionary_encode())
        else:
            pieces.append(pyarrow.nulls(rows, _TEXT))
    return pyarrow.chunked_array(pieces, _TEXT)


def canonical_events(part: Part, names: Mapping[str, Meaning], start: int, stop: int) -> Any:
    """The name of the event of each of some rows in the plan, or as it was sent."""
    stretches = [stretch for stretch in part.stretches() if stretch.start < stop and stretch.stop > start]
    numbers = _numbers([min(stretch.stop, stop) - max(stretch.start, start) for stretch in stretches])
    meanings = [names.get(stretch.event or "", Meaning(stretch.event or "", FOREVER)) for stretch in stretches]
    planned = [
        meaning.event if stretch.event is not None else None
        for stretch, meaning in zip(stretches, meanings, strict=True)
    ]
    canonical = _repeated(planned, numbers)
    if all(meaning.before == FOREVER for meaning in meanings):
        return canonical
    # Some name means this event in what was received before a moment alone.
    received = part.read(("received_at",), start, stop).column(0)
    is_meant = pc.less(received, pyarrow.array([meaning.before for meaning in meanings], _INT).take(numbers))
    sent = _repeated([stretch.event for stretch in stretches], numbers)
    return pc.if_else(is_meant, *(column.cast(pyarrow.string()) for column in (canonical, sent))).dictionary_encode()


def _repeated(values: Sequence[str | None], numbers: Any) -> Any:
    """A value for each row, given that of each stretch and the number of each row's stretch."""
    texts = pyarrow.array(values, pyarrow.string()).dictionary_encode()
    return pyarrow.DictionaryArray.from_arrays(texts.indices.take(numbers), texts.dictionary)


def _numbers(counts: Sequence[int]) -> Any:
    """The number of each row's stretch, of which there are so many rows each."""
    numbers = [pyarrow.repeat(pyarrow.scalar(number, pyarrow.int32()), count) for number, count in enumerate(counts)]
    return pyarrow.concat_arrays(numbers) if numbers else pyarrow.array([], pyarrow.int32())
