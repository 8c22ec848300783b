"""Which rows of which parts are those of one person, and why each is: without a look at any other row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, constant, flags, joined
from footfall.analytics.persons.dictionary import DEVICE, SESSION, SHARED, VISITOR
from footfall.analytics.persons.persons import Persons, reasons_of
from footfall.identity.ids import comparable

__all__ = ["ROWS", "find_nobody", "firsts_of", "parts_of", "rows_of", "rows_of_nobody", "shared_ids"]

ROWS = pyarrow.schema({
    "part": INT, "row": INT, "user": INT, "device": INT, "anonymous": INT, "reason": pyarrow.string(),
    "evidence_part": INT, "evidence_row": INT,
})  # fmt: skip
"""A row for each message of a person: where it is, its usable ids as numbers of the dictionary, and why it is theirs.

The evidence is the message that shows it; null where there is none.
"""


def parts_of(persons: Persons, wanted: Collection[int]) -> list[int]:
    """The numbers of the parts that may have messages of some persons."""
    return list(_wanted_by_part(persons, wanted))


def rows_of(persons: Persons, person: int) -> Any:
    """The rows of a person in the order of parts, a table of ROWS. Raises DamagedFileError."""
    tables = [ROWS.empty_table()]
    for part, rows, theirs in _rows_by_part(persons, [person]):
        tables.append(_rows(persons, part, rows, theirs))
    return _with_evidence(persons, pyarrow.concat_tables(tables).combine_chunks(), person)


def _ids_of(persons: Persons, wanted: Collection[int]) -> Any:
    """For each id of the dictionary whether messages with it may be of some persons."""
    dictionary = persons.dictionary
    users = pyarrow.array([person for person in wanted if person < VISITOR], INT)
    single = [person & (VISITOR - 1) for person in wanted if VISITOR <= person < SESSION or person >= DEVICE]
    is_theirs = flags(len(dictionary.ids), pyarrow.array(single, INT))
    for column in (dictionary.canonical, dictionary.owners):
        is_theirs = pc.or_(is_theirs, pc.is_in(column, value_set=users))
    return is_theirs


def _entries_of(persons: Persons, wanted: Collection[int]) -> Any:
    """The entries of shared devices that are of some persons."""
    entries = persons.dictionary.entries
    return entries.filter(pc.is_in(entries.column("person"), value_set=pyarrow.array(wanted, INT)))


def _wanted_by_part(persons: Persons, wanted: Collection[int]) -> dict[int, tuple[Any, Any]]:
    """For each part that may have messages of some persons: which of its ids are theirs, and rows of shared devices."""
    is_theirs, entries = _ids_of(persons, wanted), _entries_of(persons, wanted)
    by_part = {}
    for part, ids in enumerate(persons.dictionary.maps):
        is_here = is_theirs.take(ids)
        asked = joined([entries.filter(pc.equal(entries.column("part"), part)).column("row")])
        if len(asked) or pc.any(is_here).as_py():
            by_part[part] = is_here, asked
    return by_part


def _rows_by_part(persons: Persons, wanted: Collection[int]) -> Iterator[tuple[int, Any, Any]]:
    """The rows of some persons in each part that has any, rising, with the person of each."""
    for part, (is_here, asked) in _wanted_by_part(persons, wanted).items():
        rows = persons.reader.rows(part).ids
        is_near = flags(len(rows), asked)
        for name in ("user", "device", "anonymous"):
            is_near = pc.or_(is_near, pc.fill_null(is_here.take(joined([rows.column(name)])), False))
        near = pc.indices_nonzero(is_near).cast(INT)
        person = persons.persons_at(part, near)
        is_own = pc.is_in(person, value_set=pyarrow.array(wanted, INT))
        if pc.any(is_own).as_py():
            yield part, near.filter(is_own), person.filter(is_own)


def rows_of_nobody(persons: Persons, part: int, row: int) -> Any:
    """The same of a message that is nobody's."""
    return _rows(persons, part, pyarrow.array([row], INT), pyarrow.nulls(1, INT))


def find_nobody(persons: Persons, person_id: str) -> tuple[int, int] | None:
    """The part and the row of the message that is nobody's and has this person_id."""
    try:
        if UUID(person_id).version != 5:
            return None
    except ValueError:
        return None
    for part in range(len(persons.dictionary.maps)):
        nobody = pc.indices_nonzero(persons.column(part).is_null())
        for row in nobody.to_pylist() if len(nobody) else ():
            if persons.row_ids(part, row, row + 1)[0].as_py() == person_id:
                return part, row
    return None


def firsts_of(persons: Persons, id_: str, wanted: Sequence[int]) -> Any:
    """The earliest messages by which an id leads to each of some persons: a table of person, part, row and at.

    By the id under which a user goes, and by a person_id, every message does. Several may be of one time.
    """
    number = persons.dictionary.ids.index(comparable(id_)).as_py()
    tables = []
    for part, numbers in enumerate(persons.dictionary.maps):
        local = numbers.index(number).as_py()
        if local >= 0:
            tables.append(_firsts(persons, part, persons.rows_with(part, local)))
    others = {person for table in tables for person in table.column("person").to_pylist()}
    whole = [person for person in wanted if person == number or person not in others]
    for part, rows, _ in _rows_by_part(persons, whole):
        tables.append(_firsts(persons, part, rows))
    return _earliest(pyarrow.concat_tables(tables))


def _firsts(persons: Persons, part: int, rows: Any) -> Any:
    start, stop = (pc.min(rows).as_py(), pc.max(rows).as_py() + 1) if len(rows) else (0, 0)
    at = persons.reader.parts[part].read(("occurred_at",), start, stop).column("occurred_at")
    at = joined([at.take(pc.subtract(rows, pyarrow.scalar(start, INT)))], pyarrow.int64())
    columns = {"person": persons.persons_at(part, rows), "part": constant(part, len(rows)), "row": rows, "at": at}
    return _earliest(pyarrow.table(columns))


def shared_ids(persons: Persons, person: int, anonymous: Any) -> list[str]:
    """Those of some anonymous ids, as numbers, that messages of other persons have too."""
    # Who alone was identified on a device has all of its messages, and so has its visitor where nobody was.
    owners = persons.dictionary.owners
    anonymous = anonymous.filter(pc.equal(owners.take(anonymous), SHARED))
    if not len(anonymous):
        return []
    is_asked = flags(len(owners), anonymous)
    shared = []
    for part, numbers in enumerate(persons.dictionary.maps):
        is_here = is_asked.take(numbers)
        if not pc.any(is_here).as_py():
            continue
        ids = persons.reader.rows(part).ids
        rows = pc.indices_nonzero(pc.fill_null(is_here.take(joined([ids.column("anonymous")])), False)).cast(INT)
        user, device, local = (joined([ids.column(name)]).take(rows) for name in ("user", "device", "anonymous"))
        is_other = pc.fill_null(pc.not_equal(persons.persons_at(part, rows), person), False)
        is_other = pc.and_(is_other, pc.or_(user.is_valid(), device.is_null()))
        shared.append(numbers.take(local.filter(is_other).unique()))
    numbers = joined(shared).unique()
    return sorted(persons.dictionary.ids.take(numbers).to_pylist())


def _rows(persons: Persons, part: int, own: Any, person: Any) -> Any:
    rows, numbers = persons.reader.rows(part).ids, persons.dictionary.maps[part]
    user, device, anonymous = (
        numbers.take(joined([rows.column(name)]).take(own)) for name in ("user", "device", "anonymous")
    )
    reason = reasons_of(persons.dictionary.owners, user, device, anonymous, person)
    nothing = pyarrow.nulls(len(own), INT)
    return pyarrow.table(
        [constant(part, len(own)), own, user, device, anonymous, reason, nothing, nothing], schema=ROWS
    )


def _with_evidence(persons: Persons, rows: Any, person: int) -> Any:
    part, row, anonymous, reason = (joined([rows.column(name)]) for name in ("part", "row", "anonymous", "reason"))
    is_explicit, is_sole = pc.equal(reason, "explicit"), pc.equal(reason, "sole_owner")
    claims = persons.first_claims(anonymous.filter(is_sole).unique())
    claim = pc.index_in(anonymous, value_set=joined([claims.column("device")]))
    entries = _entries_of(persons, [person])
    entry = pc.index_in(
        _place(part, row), value_set=_place(*(joined([entries.column(name)]) for name in ("part", "row")))
    )
    for name, own in (("part", part), ("row", row)):
        of_session = joined([entries.column(f"evidence_{name}")]).take(entry)
        column = pc.if_else(is_sole, joined([claims.column(name)]).take(claim), of_session)
        column = pc.if_else(is_explicit, own, column)
        rows = rows.set_column(rows.column_names.index(f"evidence_{name}"), f"evidence_{name}", column)
    return rows


def _place(part: Any, row: Any) -> Any:
    return pc.add(pc.multiply(part.cast(pyarrow.int64()), 1 << 32), row)


def _earliest(table: Any) -> Any:
    """The rows with the least `at` of each person."""
    least = table.group_by("person").aggregate([("at", "min")])
    which = pc.index_in(table.column("person"), value_set=joined([least.column("person")]))
    return table.filter(pc.equal(table.column("at"), joined([least.column("at_min")]).take(which)))
