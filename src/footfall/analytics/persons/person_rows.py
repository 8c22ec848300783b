"""Which rows of which parts are those of one person, and why each is: without a look at any other row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, equals, joined, paired
from footfall.analytics.persons.dictionary import DEVICE, SESSION, SHARED, VISITOR
from footfall.analytics.persons.lookups import MESSAGES
from footfall.analytics.persons.nobody import with_nobodys_reasons
from footfall.analytics.persons.persons import Persons, reasons_of
from footfall.identity.ids import comparable

__all__ = [
    "ROWS", "aliases_at", "find_nobody", "firsts_of", "parts_of", "rows_of", "rows_of_nobody",
    "shared_ids",
]  # fmt: skip

_BATCH = 1_000  # messages of others that are looked at before it is asked whether more are needed

ROWS = pyarrow.schema([
    *MESSAGES, *(pyarrow.field(name, INT if "evidence" in name else pyarrow.string())
    for name in ("reason", "evidence_part", "evidence_row")),
])  # fmt: skip
"""A row for each message of a person: where it is, its usable ids as numbers of the dictionary, and why it is theirs.

The evidence is the message that shows it; null where there is none.
"""


def parts_of(persons: Persons, wanted: Collection[int]) -> list[int]:
    """The numbers of the parts that may have messages of some persons."""
    parts = persons.lookups.by_part(_ids_of(persons, wanted)).keys()
    return sorted(parts | set(_entries_of(persons, wanted).column("part").unique().to_pylist()))


def rows_of(persons: Persons, person: int) -> Any:
    """The rows of a person in the order of parts, a table of ROWS. Raises DamagedFileError."""
    messages, theirs = _messages_of(persons, [person])
    return _with_evidence(persons, _rows(persons, messages, theirs))


def _ids_of(persons: Persons, wanted: Collection[int]) -> Any:
    """The ids that only messages of some persons have, but for those on which another user id is."""
    dictionary = persons.dictionary
    ids = [pyarrow.array([each & (VISITOR - 1) for each in wanted if VISITOR <= each < SESSION or each >= DEVICE], INT)]
    users = [person for person in wanted if person < VISITOR]
    if users:
        is_theirs = pc.or_(*(_is_one_of(column, users) for column in (dictionary.canonical, dictionary.owners)))
        ids.append(pc.indices_nonzero(is_theirs).cast(INT))
    return joined(ids).unique()


def _entries_of(persons: Persons, wanted: Collection[int]) -> Any:
    """The entries of shared devices that are of some persons; some may be of timelines that count no more."""
    entries = persons.dictionary.entries
    return entries.select(["part", "row"]).filter(_is_one_of(entries.column("person"), wanted)).combine_chunks()


def _is_one_of(persons: Any, wanted: Collection[int]) -> Any:
    if len(wanted) == 1:  # five times as fast as a look into a set
        return equals(persons, *wanted)
    return pc.is_in(persons, value_set=_array(wanted))


def _messages_of(persons: Persons, wanted: Collection[int]) -> tuple[Any, Any]:
    """The messages of some persons in the order of parts and rows, and whose each is."""
    by_part = {part: [rows] for part, rows in persons.lookups.rows_with(_ids_of(persons, wanted)).items()}
    entries = _entries_of(persons, wanted)
    part, row = (joined([entries.column(name)]) for name in ("part", "row"))
    for number in part.unique().to_pylist():
        by_part.setdefault(number, []).append(row.filter(equals(part, number)))
    messages = persons.lookups.messages_at({number: _rising(by_part[number]) for number in sorted(by_part)})
    person = persons.lookups.persons_of(messages)
    is_theirs = _is_one_of(person, wanted)
    return messages.filter(is_theirs).combine_chunks(), person.filter(is_theirs)


def _rising(rows: Sequence[Any]) -> Any:
    distinct = joined(rows).unique()
    return distinct.take(pc.sort_indices(distinct))


def _array(persons: Collection[int]) -> Any:
    return pyarrow.array(persons, INT)


def rows_of_nobody(persons: Persons, part: int, row: int) -> Any:
    """The same of a message that is nobody's."""
    messages = persons.lookups.messages_at({part: _array([row])})
    return _rows(persons, messages, pyarrow.nulls(1, INT))


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
    number = persons.lookups.number(comparable(id_))
    tables = []
    if number is not None:
        messages = persons.lookups.led_by(number)
        tables.append(_firsts(messages, persons.lookups.persons_of(messages)))
    others = {person for table in tables for person in table.column("person").to_pylist()}
    whole = [person for person in wanted if person == number or person not in others]
    tables.append(_firsts(*_messages_of(persons, whole)))
    return _earliest(pyarrow.concat_tables(tables))


def _firsts(messages: Any, person: Any) -> Any:
    return _earliest(messages.select(["part", "row", "at"]).append_column("person", person))


def shared_ids(persons: Persons, person: int, anonymous: Any) -> list[str]:
    """Those of some anonymous ids, as numbers, that messages of other persons have too."""
    # Who alone was identified on a device has all of its messages, and so has its visitor where nobody was.
    owners = persons.dictionary.owners
    anonymous = anonymous.filter(equals(owners.take(anonymous), SHARED))
    if not len(anonymous):
        return []
    entries, canonical = persons.lookups.entries_of(anonymous), persons.dictionary.canonical
    theirs = pc.coalesce(canonical.take(joined([entries.column("user")])), joined([entries.column("person")]))
    others = entries.filter(pc.not_equal(theirs, person)).select(["device", "part", "row"])
    shared: set[int] = set()
    for batch in others.to_batches(_BATCH) if len(others) else ():
        if len(shared) == len(anonymous):
            break
        for device, part, row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if device not in shared:
                own = persons.reader.rows(part).ids.column("anonymous")[row].as_py()
                # An alias is in the timeline of its previous id, too, without having come from that device.
                if own is not None and persons.dictionary.maps[part][own].as_py() == device:
                    shared.add(device)
    return sorted(persons.dictionary.ids.take(_array(shared)).to_pylist())


def aliases_at(persons: Persons, part: Any, row: Any) -> Any:
    """What the aliases in these rows of these parts do, in their order: a table of `previous`, the number of the id,
    null where that is not usable, and `effect` (`footfall.identity.aliases.AliasEffect`)."""
    dictionary, places, previous, user = persons.dictionary, [], [], []
    for number in part.unique().to_pylist():
        rows, numbers = persons.reader.rows(number), dictionary.maps[number]
        place = pc.indices_nonzero(equals(part, number)).cast(INT)
        here = row.take(place)
        alias = pc.index_in(here, value_set=joined([rows.aliases.column("row")]))
        places.append(place)
        previous.append(numbers.take(joined([rows.aliases.column("previous")]).take(alias)))
        user.append(numbers.take(joined([rows.ids.column("user")]).take(here)))
    order = pc.inverse_permutation(joined(places))
    table = pyarrow.table({"previous": joined(previous).take(order), "user": joined(user).take(order)})
    pairs = dictionary.aliases
    pairs = pairs.filter(pc.is_in(pairs.column("previous"), value_set=joined([table.column("previous")])))
    keys, key = (paired(*(joined([each.column(name)]) for name in ("previous", "user"))) for each in (pairs, table))
    effect = joined([pairs.column("effect")], pyarrow.string()).take(pc.index_in(key, value_set=keys))
    return table.append_column("effect", pc.fill_null(effect, "unusable")).drop_columns(["user"])


def _rows(persons: Persons, messages: Any, person: Any) -> Any:
    user, device, anonymous = (joined([messages.column(name)]) for name in ("user", "device", "anonymous"))
    reason = reasons_of(persons.dictionary.owners, user, device, anonymous, person)
    part, row = (joined([messages.column(name)]) for name in ("part", "row"))
    reason = with_nobodys_reasons(reason, persons.reader.parts, part, row)
    nothing = pyarrow.nulls(len(messages), INT)
    return pyarrow.table([*messages.columns, reason, nothing, nothing], schema=ROWS)


def _with_evidence(persons: Persons, rows: Any) -> Any:
    part, row, anonymous, reason = (joined([rows.column(name)]) for name in ("part", "row", "anonymous", "reason"))
    is_explicit, is_sole = pc.equal(reason, "explicit"), pc.equal(reason, "sole_owner")
    claims = persons.first_claims(anonymous.filter(is_sole).unique())
    claim = pc.index_in(anonymous, value_set=joined([claims.column("device")]))
    is_shared = pc.is_in(reason, value_set=pyarrow.array(["same_session", "contested"]))
    entries = persons.lookups.entries_of(anonymous.filter(is_shared).unique())
    entries = entries.filter(entries.column("user").is_null()).combine_chunks()
    entry = pc.index_in(
        paired(part, row), value_set=paired(*(joined([entries.column(name)]) for name in ("part", "row")))
    )
    for name, own in (("part", part), ("row", row)):
        of_session = joined([entries.column(f"evidence_{name}")]).take(entry)
        column = pc.if_else(is_sole, joined([claims.column(name)]).take(claim), of_session)
        column = pc.if_else(is_explicit, own, column)
        rows = rows.set_column(rows.column_names.index(f"evidence_{name}"), f"evidence_{name}", column)
    return rows


def _earliest(table: Any) -> Any:
    """The rows with the least `at` of each person."""
    least = table.group_by("person", use_threads=False).aggregate([("at", "min")])
    which = pc.index_in(table.column("person"), value_set=joined([least.column("person")]))
    return table.filter(pc.equal(table.column("at"), joined([least.column("at_min")]).take(which)))
