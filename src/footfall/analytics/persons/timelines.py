"""Timelines of shared devices: the only messages whose person depends on a session, and so on each other.

A timeline has an entry for each message that takes part in it, in a table of these columns:

| column | |
|---|---|
| `device`, `user` | ids, as numbers of the dictionary; the user as it was sent, null where the message has none |
| `at`, `is_reset` | when it occurred, in microseconds; whether it ends its session |
| `part`, `row` | where the message is |
| `person` | of a message without a user: whose it is |
| `evidence_part`, `evidence_row` | of such a message: the message that identifies its user, null where none does |
| `first_part`, `first_row` | the message that its session begins with |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import BIG, INT, constant, equals, flags, integer, joined, positions, shifted
from footfall.analytics.persons.summary import PartRows, is_of_type
from footfall.identity.sessions import SESSION_GAP_US
from footfall.storage.part import Part

__all__ = ["ENTRIES", "attributed", "entries_of", "in_order", "session_starts"]

_FEW = 8  # ids that are looked for one by one
_COLUMNS = {"device": INT, "user": INT, "part": INT, "row": INT, "at": BIG, "is_reset": pyarrow.bool_()}
_ANSWERS = ("person", "evidence_part", "evidence_row", "first_part", "first_row")
ENTRIES = pyarrow.schema({**_COLUMNS, **dict.fromkeys(_ANSWERS, INT)})

Names = Callable[[Any, Any], tuple[Any, Any]]
TimesAt = Callable[[int, Any], Any]


def entries_of(number: int, part: Part, rows: PartRows, numbers: Any, wanted: Any, times_at: TimesAt) -> Any:
    """The entries of one part on those devices that are `wanted`, as numbers of the part.

    `numbers` are the dictionary's numbers of the part's ids. `times_at` says when messages occurred, by the number of a
    part and rows of it. The answers are null.
    """
    user, anonymous, device = (joined([rows.ids.column(name)]) for name in ("user", "anonymous", "device"))
    row = _rows_on(anonymous, wanted, len(numbers))
    row = row.filter(pc.or_(user.take(row).is_valid(), device.take(row).is_null()))
    aliased, previous, _ = rows.pairs()
    is_other = pc.fill_null(pc.not_equal(previous, anonymous.take(aliased)), True)
    is_other = pc.and_(is_other, pc.is_in(previous, value_set=wanted))
    on = joined([anonymous.take(row), previous.filter(is_other)])
    row = joined([row, aliased.filter(is_other)])
    if not len(row):
        return ENTRIES.empty_table()
    columns = {
        "device": numbers.take(on),
        "user": numbers.take(user.take(row)),
        "part": constant(number, len(row)),
        "row": row,
        "at": times_at(number, row),
        "is_reset": is_of_type(part, "reset", row),
    }
    return pyarrow.table(columns | dict.fromkeys(_ANSWERS, pyarrow.nulls(len(row), INT)), schema=ENTRIES)


def _rows_on(anonymous: Any, wanted: Any, size: int) -> Any:
    """The rows of messages with those anonymous ids that are wanted, of so many ids."""
    if len(wanted) <= _FEW:
        masks = (equals(anonymous, id_) for id_ in wanted.to_pylist())
        return joined([pc.indices_nonzero(mask).cast(INT) for mask in masks])
    return pc.indices_nonzero(flags(size, wanted).take(anonymous)).cast(INT)


def in_order(entries: Any, names: Names) -> Any:
    """Entries by device and (occurred_at, source, message_id).

    `names` gives the sources and message ids of messages by part and row. It is asked only where times tie: with that
    of an entry without answers, for those that have some are in order already.
    """
    entries = entries.combine_chunks()  # there may be many: they take longer to sort and to take from
    entries = entries.take(pc.sort_indices(entries, [("device", "ascending"), ("at", "ascending")])).combine_chunks()
    if not len(entries):
        return entries
    device, at = (joined([entries.column(name)]) for name in ("device", "at"))
    is_as_before = pc.and_(pc.equal(device, shifted(device, -1)), pc.equal(at, shifted(at, None)))
    is_as_before = pc.fill_null(is_as_before, False)
    is_as_after = pyarrow.concat_arrays([is_as_before.slice(1), pyarrow.array([False])])
    is_tied, is_new = pc.or_(is_as_before, is_as_after), joined([entries.column("first_part")]).is_null()
    if is_new.true_count < len(entries):
        moment = pc.cumulative_sum(pc.invert(is_as_before).cast(INT))
        is_tied = pc.and_(is_tied, pc.is_in(moment, value_set=moment.filter(is_new).unique()))
    tied = pc.indices_nonzero(is_tied).cast(INT)
    if not len(tied):
        return entries
    few = entries.take(tied)
    source, message_id = names(*(joined([few.column(name)]) for name in ("part", "row")))
    keys = pyarrow.table({"device": few.column("device"), "at": few.column("at"), "s": source, "m": message_id})
    order = pc.sort_indices(keys, [(name, "ascending") for name in keys.column_names])
    places = joined([positions(len(entries))])
    return entries.take(pc.replace_with_mask(places, is_tied, tied.take(order)))


def attributed(entries: Any, canonical: Any, first_session: int) -> tuple[Any, int]:
    """Entries that are in order, with their answers; and the number after that of the last session.

    Sessions get numbers from `first_session`, which are the persons of their messages where nobody was identified.
    """
    if not len(entries):
        return entries, first_session
    column = {name: joined([entries.column(name)]) for name in _COLUMNS}
    owner = canonical.take(column["user"])
    is_other = pc.not_equal(column["device"], shifted(column["device"], -1))
    starts = session_starts(is_other, column["at"], column["is_reset"])
    place = positions(len(entries))
    session = pc.fill_null_forward(pc.if_else(starts, place, None))
    identification = _nearest(owner.is_valid(), starts, place)
    number = pc.add(pc.cumulative_sum(starts.cast(INT)), first_session - 1).cast(INT)
    is_asked = owner.is_null()
    person = pc.if_else(is_asked, pc.coalesce(owner.take(identification), number), None)
    evidence = pc.if_else(is_asked, identification, None)
    answers = (
        person,
        *(column[name].take(evidence) for name in ("part", "row")),
        *(column[name].take(session) for name in ("part", "row")),
    )
    table = pyarrow.table(column | dict(zip(_ANSWERS, answers, strict=True)), schema=ENTRIES)
    return table, number[-1].as_py() + 1


def session_starts(is_other: Any, at: Any, is_reset: Any) -> Any:
    """Where sessions begin in messages in order: the rule of `footfall.identity.sessions`.

    `is_other` says where another timeline begins, `at` when each message occurred, `is_reset` which end their session.
    """
    is_late = pc.greater(pc.subtract(at, shifted(at, None)), integer(SESSION_GAP_US, BIG))
    return pc.or_(is_other, pc.or_(pc.fill_null(is_late, True), shifted(is_reset, False)))


def _nearest(is_identification: Any, starts: Any, place: Any) -> Any:
    """The place of the identification that counts for each entry: the last at or before it, else the first after it,
    in its session; null where its session has none."""
    ends = pyarrow.concat_arrays([starts.slice(1), pyarrow.array([True])])
    own = pc.if_else(is_identification, place, None)
    none = pyarrow.scalar(-1, INT)
    before = pc.fill_null_forward(pc.if_else(pc.and_(starts, own.is_null()), none, own))
    after = pc.fill_null_backward(pc.if_else(pc.and_(ends, own.is_null()), none, own))
    nearest = pc.if_else(pc.equal(before, none), after, before)
    return pc.if_else(pc.equal(nearest, none), None, nearest)
