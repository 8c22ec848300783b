"""Sessions of persons: their messages in order, cut by the rule of `footfall.identity.sessions`.

A session is of a person on one device: its messages without a gap of over 30 minutes, and up to a reset, which is its
last. SQL and all questions read the sessions that are cut here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.dataset import Dataset
from footfall.analytics.persons.arrays import (
    INT,
    constant,
    ends_of_runs,
    flags,
    integer,
    is_as_before,
    joined,
    positions,
)
from footfall.analytics.persons.timelines import session_starts
from footfall.analytics.shards import WHOLE, Shard
from footfall.analytics.window import Span
from footfall.plan.channels import CHANNELS, NO_CHANNEL

__all__ = ["SessionUnit", "session_table", "step_names", "step_table", "timelines"]

SessionUnit = Literal["session", "person"]
"""What a timeline is of: one session, or all of a person on whatever device."""

_EVER = Span()
_CHANNELS = len(CHANNELS) + 1
_COLUMNS = {"person", "device", "occurred_at", "type"}


def timelines(
    dataset: Dataset,
    shard: Shard = WHOLE,
    *,
    unit: SessionUnit = "session",
    steps: bool = False,
    by_channel: bool = False,
    with_seq: bool = False,
    span: Span = _EVER,
) -> Any:
    """The messages in `span` of all persons that count, in order, as an Arrow table.

    `unit` is the number of the session, or of the person, that a message is of: from 0 on, none left out. There are
    `person`, `device`, `time` (microseconds since 1970 UTC), `is_reset`, `is_view` (a page or screen), and with
    `steps` the `step` of each message: see MESSAGE_COLUMNS. `by_channel` there is `channel` too,
    and a step is of its channel (`step_names`). There is `seq` with steps or `with_seq`, and may be without: it takes
    a look into the files, and all else is in the cache. Within a unit they are in order of time, with `steps` those of
    equal times by `seq`. Which of these come before a reset goes by source and message_id, as in identity. Raises
    DamagedFileError.
    """
    with_seq = with_seq or steps
    messages = dataset.messages(_columns(steps=steps, by_channel=by_channel) | ({"seq"} if with_seq else set()))
    more = (", seq" if with_seq else "") + (", channel" if by_channel else "")
    if steps:
        more += f", step * {_CHANNELS} + channel AS step" if by_channel else ", step"
    keys = ("person", "device", "time") if unit == "session" else ("person", "time")
    # No more keys: with the seq it takes three times as long, and few messages are of one time.
    table = dataset.connection.sql(
        "SELECT person, device, occurred_at AS time, type = 'reset' AS is_reset, "
        f"type IN ('page', 'screen') AS is_view{more} "
        f"FROM {messages} WHERE counted AND {shard.sql('person')} AND {span.sql()} ORDER BY {', '.join(keys)}"
    ).to_arrow_table()
    table = pyarrow.table({name: joined([table[name]]) for name in table.column_names})
    if steps or pc.any(table["is_reset"]).as_py():
        ties = _ties(table, keys, by_seq=steps)
        if ties is not None and not with_seq:
            return timelines(dataset, shard, unit=unit, by_channel=by_channel, with_seq=True, span=span)
        if ties is not None:
            table = _untied(dataset, table, ties, by_device="device" in keys)
    person, device, time, is_reset = (joined([table[name]]) for name in ("person", "device", "time", "is_reset"))
    starts = pc.invert(is_as_before([person]))
    if unit == "session":
        starts = session_starts(pc.invert(is_as_before([person, device])), time, is_reset)
    return table.append_column("unit", pc.subtract(pc.cumulative_sum(starts.cast(INT)), integer(1)))


def step_names(dataset: Dataset, *, by_channel: bool = False) -> str:
    """The name of the table that has the `name` of each `step` of these timelines; by channel it is `CHANNEL:STEP`."""
    steps = f"{dataset.messages(_columns(steps=True, by_channel=by_channel))}_steps"
    if not by_channel:
        return steps
    names = ", ".join(f"({number}, '{name}')" for number, name in enumerate((NO_CHANNEL, *CHANNELS)))
    return (
        f"(SELECT step * {_CHANNELS} + number AS step, channel || ':' || name AS name FROM {steps} "
        f"CROSS JOIN (VALUES {names}) channels(number, channel))"
    )


def _columns(*, steps: bool, by_channel: bool) -> set[str]:
    return {*_COLUMNS, *(("step",) if steps else ()), *(("channel",) if by_channel else ())}


def session_table(rows: Any) -> Any:
    """A row for each session in such timelines, in their order.

    There are `unit`, `person`, `device`, `began` and `ended` (the times of its first and last message), `messages`,
    `is_closed` (by a reset), `is_bounce` (its one message is a page or screen), and with steps `entry` and `exit`,
    the numbers of its first and last step; null where nobody did anything.
    """
    unit = joined([rows["unit"]])
    first, last = ends_of_runs(unit)
    columns = {
        "unit": unit.take(first),
        "person": joined([rows["person"]]).take(first),
        "device": joined([rows["device"]]).take(first),
        "began": joined([rows["time"]]).take(first),
        "ended": joined([rows["time"]]).take(last),
        "messages": pc.add(pc.subtract(last, first), 1).cast(pyarrow.int64()),
        "is_closed": joined([rows["is_reset"]]).take(last),
    }
    is_alone = pc.equal(first, last)
    columns["is_bounce"] = pc.and_(is_alone, joined([rows["is_view"]]).take(first))
    if "step" in rows.column_names:
        step = joined([rows["step"]])
        places = pc.indices_nonzero(step.is_valid())
        of_unit = unit.take(places)
        for name, ends in zip(("entry", "exit"), ends_of_runs(of_unit), strict=True):
            values = step.take(places.take(ends))
            columns[name] = pc.replace_with_mask(
                pyarrow.nulls(len(first), step.type), flags(len(first), of_unit.take(ends)), values
            )
    return pyarrow.table(columns)


def step_table(rows: Any) -> Any:
    """The rows of such timelines with a step, in their order: `unit`, `time`, `seq` and `step`.

    `is_repeat` says that the step before it in its unit was the same.
    """
    table = rows.select(["unit", "time", "seq", "step"])
    if rows["step"].null_count:
        table = table.filter(rows["step"].is_valid())
    repeats = is_as_before([joined([table[name]]) for name in ("unit", "step")])
    return table.append_column("is_repeat", repeats)


class _Ties(NamedTuple):
    """Rows of equal keys whose order matters: the number and the group of each, and whether a reset is in the group."""

    rows: Any
    group: Any
    is_cut: Any


def _ties(table: Any, keys: Sequence[str], *, by_seq: bool) -> _Ties | None:
    """The rows that have equal keys: where there is a reset among them, and with `by_seq` all. None without any."""
    if not len(table):
        return None
    repeats = is_as_before([joined([table[name]]) for name in keys])
    is_as_after = pyarrow.concat_arrays([repeats.slice(1), pyarrow.array([False])])
    rows = pc.indices_nonzero(pc.or_(repeats, is_as_after)).cast(INT)
    if not len(rows):
        return None
    group = pc.cumulative_sum(pc.invert(repeats).take(rows).cast(INT))
    # With a reset: in the groups that have one.
    is_cut = pc.is_in(group, value_set=group.filter(joined([table["is_reset"]]).take(rows)).unique())
    if not by_seq:
        rows, group, is_cut = (column.filter(is_cut) for column in (rows, group, is_cut))
    return _Ties(rows, group, is_cut) if len(rows) else None


def _untied(dataset: Dataset, table: Any, ties: _Ties, *, by_device: bool) -> Any:
    """The rows, those of equal keys in order."""
    few = table.select(["seq", "is_reset"]).take(ties.rows)
    resets_before = _resets_before(dataset, ties.group, few, ties.is_cut) if by_device else constant(0, len(few))
    columns = {"group": ties.group, "cut": resets_before, "is_reset": few["is_reset"].cast(INT), "seq": few["seq"]}
    order = pc.sort_indices(pyarrow.table(columns), [(name, "ascending") for name in columns])
    places = pc.replace_with_mask(positions(len(table)), flags(len(table), ties.rows), ties.rows.take(order))
    return table.take(places)


def _resets_before(dataset: Dataset, group: Any, few: Any, is_cut: Any) -> Any:
    """How many resets of its group come before each row, by source and message_id; 0 where there is no reset."""
    seqs, resets, groups = few["seq"].to_pylist(), few["is_reset"].to_pylist(), group.to_pylist()
    rows = pc.indices_nonzero(is_cut).to_pylist()
    names = _names(dataset, [seqs[row] for row in rows])
    counts, before = [0] * len(few), Counter[int]()
    for row in sorted(rows, key=lambda row: (groups[row], names[seqs[row]])):
        counts[row] = before[groups[row]]
        before[groups[row]] += resets[row]
    return pyarrow.array(counts, INT)


def _names(dataset: Dataset, seqs: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The source and message_id of messages."""
    wanted, names = pyarrow.array(seqs, pyarrow.int64()), dict[int, tuple[str, str]]()
    for part in dataset.parts:
        rows = pc.indices_nonzero(pc.is_in(joined([part.read(["seq"])["seq"]]), value_set=wanted)).cast(INT)
        if len(rows):
            table = part.take(["seq", "source", "message_id"], rows)
            texts = zip(table["source"].to_pylist(), table["message_id"].to_pylist(), strict=True)
            names.update(zip(table["seq"].to_pylist(), texts, strict=True))
    return names
