"""Persons: whose each message is, as a number a row; ids, reasons and evidence where somebody asks for them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Self
from uuid import UUID, uuid5

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import (
    FALSE,
    INT,
    constant,
    equals,
    integer,
    joined,
    least,
    none,
    paired,
    positions,
)
from footfall.analytics.persons.cache import PersonsCache
from footfall.analytics.persons.dictionary import DEVICE, EMPTY, NOBODY, SESSION, SHARED, VISITOR, Counts, IdDictionary
from footfall.analytics.persons.id_index import IdIndex
from footfall.analytics.persons.lookups import Lookups
from footfall.analytics.persons.merging import extended
from footfall.analytics.persons.nobody import with_nobodys_reasons
from footfall.analytics.persons.person_ids import head_of, heads_of
from footfall.analytics.persons.reader import PartReader
from footfall.analytics.persons.summary import USER, has_role, is_of_type
from footfall.identity.attribution import name_of, namespace
from footfall.identity.ids import comparable
from footfall.identity.junk import is_junk
from footfall.storage.part import Part, Stretch

__all__ = ["COUNTED_SQL", "IS_DEVICE_SQL", "Persons", "reasons_of"]

COUNTED_SQL = f"coalesce(person < {DEVICE}, FALSE)"
"""The SQL condition that a column `person` is a person that counts."""
IS_DEVICE_SQL = f"coalesce(person >= {DEVICE}, FALSE)"
"""The SQL condition that a column `person` is the stream of a connected product."""

_TEXT = pyarrow.string()
_THREADS = 4  # that read parts
_NONE, _NO_TEXT = none(), none(_TEXT)
_MANY = 1_000  # devices
_KIND_BITS = VISITOR.bit_length() - 1


class Persons:
    """Who is who in some parts, which go by their numbers: their places in the sequence that was given.

    A person is an int32, the same in all parts and for all questions as long as this object lives. Do not keep it
    longer: `person_ids` gives the ids that never change.

        persons = Persons.of(parts, plan.id)
        persons.column(3, stretch.start, stretch.stop)  # the person of each of these rows of parts[3]
    """

    def __init__(
        self,
        reader: PartReader,
        who: _WhoIsWho,
        plan_id: str,
        index: IdIndex | None = None,
        columns: Mapping[int, Any] | None = None,
    ) -> None:
        self._who = who
        self._plan_id = plan_id
        self._namespace = namespace(plan_id)
        self._reader = reader
        self._index = index
        self._columns = dict(columns or {})
        self._are_given = columns is not None
        self._heads: dict[str, tuple[Any, Any]] = {}
        self._firsts = pyarrow.table({"device": _NONE, "source": _NO_TEXT, "message_id": _NO_TEXT})

    @classmethod
    def of(cls, parts: Sequence[Part], plan_id: str = "", cache: PersonsCache | None = None) -> Self:
        """Work out who is who. Raises DamagedFileError: leave that part out, and begin again.

        What was worked out of parts with a name, where those come first, is taken from `cache`, and kept there.
        """
        persons = cls.later(parts, plan_id, cache)
        _ = persons.dictionary
        return persons

    @classmethod
    def later(cls, parts: Sequence[Part], plan_id: str = "", cache: PersonsCache | None = None) -> Self:
        """The same, worked out when somebody asks for it: then is the DamagedFileError."""
        sealed = list(itertools.takewhile(lambda part: part.name, parts)) if cache is not None else []
        names = [part.name for part in sealed]
        reader = PartReader(parts, cache, {})

        def work_out() -> IdDictionary:
            before = (cache.dictionary(names) if cache is not None else None) or EMPTY
            dictionary = _extended(reader, before, len(sealed))
            if cache is not None and dictionary is not before:
                cache.keep_dictionary(names, dictionary)
            return _extended(reader, dictionary, len(parts))

        counts = cache.counts(names) if cache is not None and len(sealed) == len(parts) else None
        return cls(reader, _WhoIsWho(work_out, counts), plan_id)

    @property
    def dictionary(self) -> IdDictionary:
        """Who is who among all ids."""
        return self._who.dictionary

    def extended(self, *parts: Part) -> Self:
        """The persons of some more parts too; the numbers of the parts before stay, and those of persons too.

        The first time takes longer, for it makes an index of all ids.
        """
        before, index = self.dictionary, self._index
        if index is None or not index.fits(before):
            self._index = index = IdIndex.of(before)
        reader = self._reader.with_parts(parts)
        after, grown = index.grown(before, _extended(reader, before, len(reader.parts), index))
        return type(self)(reader, _WhoIsWho(lambda: after), self._plan_id, grown)

    def with_columns(self, columns: Sequence[Any]) -> Self:
        """The same persons as those of the rows of some other parts, a column for each; `column` gives these.

        Reasons and evidence are not to be asked for then.
        """
        return type(self)(self._reader, self._who, self._plan_id, columns=dict(enumerate(columns)))

    @property
    def reader(self) -> PartReader:
        """What reads the parts."""
        return self._reader

    def column(self, part: int, start: int = 0, stop: int | None = None) -> Any:
        """The person of each row, as an int32 array: null for a message that is nobody's."""
        if part not in self._columns:
            self._columns[part] = self._persons_of(part)
        return _cut(self._columns[part], start, stop)

    def devices(self, part: int) -> Any:
        """The device of each row, as a number in `dictionary.ids`: its usable anonymous id, else its device id."""
        ids = self._reader.rows(part).ids
        return self.dictionary.maps[part].take(pc.coalesce(joined([ids["anonymous"]]), joined([ids["device"]])))

    def moves(self, part: int, stretches: Sequence[Stretch]) -> list[Any] | None:
        """Whose each row of some stretches of a part is, and when it occurred: for each a table of two columns.

        They are `person` and `occurred_at`. None where only the persons are known.
        """
        if self._are_given:
            return None
        by_subject = self._by_subject(part)
        tables = []
        for stretch in stretches:
            moves = self._reader.moves(part, stretch.start, stretch.stop)
            person = self._with_sessions(part, by_subject.take(moves.subjects), stretch.start)
            tables.append(pyarrow.table({"person": person, "occurred_at": moves.times}))
        return tables

    def times(self, part: int, stretches: Sequence[Stretch]) -> list[Any] | None:
        """When each row of some stretches of a part occurred, as `moves` has it; who is who is not asked for."""
        if self._are_given:
            return None
        times = [self._reader.times_between(part, stretch.start, stretch.stop) for stretch in stretches]
        return [pyarrow.table({"occurred_at": each}) for each in times]

    def persons_at(self, part: int, rows: Any) -> Any:
        """The person of each of some rows, an int32 array, without a look at any other row."""
        if part in self._columns:
            return self._columns[part].take(rows)
        return self.lookups.persons_of(self.lookups.messages_at({part: rows}))

    @cached_property
    def lookups(self) -> Lookups:
        """What looks messages up by ids."""
        return Lookups(self._reader, self.dictionary)

    @cached_property
    def _entries(self) -> Any:
        return self.dictionary.current_entries()

    @cached_property
    def _in_sessions(self) -> Mapping[int, tuple[Any, Any]]:
        """By part, the rows that belong to whom their session says, rising, and the person of each."""
        entries = self._entries.select(["part", "row", "person", "user"])
        entries = entries.filter(entries.column("user").is_null()).combine_chunks()
        part, row, person = (joined([entries.column(name)]) for name in ("part", "row", "person"))
        order = pc.sort_indices(part)  # numbers of few values are sorted by counting them
        row, person = row.take(order), person.take(order)
        by_part, start = {}, 0
        for count in pc.value_counts(part.take(order)).to_pylist():
            rows = row.slice(start, count["counts"])
            rising = pc.sort_indices(rows)
            by_part[count["values"]] = rows.take(rising), person.slice(start, count["counts"]).take(rising)
            start += count["counts"]
        return by_part

    def _with_sessions(self, part: int, persons: Any, start: int) -> Any:
        """Persons of rows from `start` on, each SHARED one as its session says."""
        is_shared = pc.fill_null(equals(persons, SHARED), FALSE)
        if not pc.any(is_shared).as_py():
            return persons
        rows, theirs = self._in_sessions[part]
        is_here = pc.and_(pc.greater_equal(rows, integer(start)), pc.less(rows, integer(start + len(persons))))
        return pc.replace_with_mask(persons, is_shared, theirs.filter(is_here))

    @cached_property
    def _asked(self) -> tuple[Any, dict[int, tuple[int, int]]]:
        """The entries without a user in the order of parts and rows, and for each part where its own begin and end."""
        entries = self._entries.filter(self._entries.column("user").is_null())
        entries = entries.sort_by([("part", "ascending"), ("row", "ascending")]).combine_chunks()
        places, start = {}, 0
        for count in pc.value_counts(joined([entries.column("part")])).to_pylist():
            places[count["values"]] = start, start + count["counts"]
            start += count["counts"]
        return entries, places

    @cached_property
    def table(self) -> Any:
        """Every person that has a message, and every stream of a connected product: an Arrow table.

        `person` (int32), `kind` (user, anonymous, session or device), `id` (the canonical user id, the anonymous id or
        the device id as they are compared), `user_id` (of a user), `counted` (whether it is a person).
        """
        tables = []
        sessions = self._of_sessions.group_by("person").aggregate([("device", "min")])
        kinds = {
            **self._kinds,
            "session": (joined([sessions.column("person")]), joined([sessions.column("device_min")])),
        }
        for kind, (persons, ids) in kinds.items():
            texts = self.dictionary.ids.take(ids)
            tables.append(
                pyarrow.table({
                    "person": persons.cast(INT),
                    "kind": constant(kind, len(ids), _TEXT),
                    "id": texts,
                    "user_id": texts if kind == "user" else pyarrow.nulls(len(ids), _TEXT),
                    "counted": constant(kind != "device", len(ids), pyarrow.bool_()),
                })
            )  # fmt: skip
        return pyarrow.concat_tables(tables).combine_chunks()

    @property
    def counts(self) -> Counts:
        """How many persons have a message, and how many streams of connected products."""
        return self._who.counts

    @cached_property
    def _kinds(self) -> Mapping[str, tuple[Any, Any]]:
        return self.dictionary.kinds()

    @cached_property
    def _of_sessions(self) -> Any:
        return self.dictionary.of_sessions()

    def reasons(self, part: int, start: int = 0, stop: int | None = None) -> Any:
        """Why each row is whose it is (`footfall.identity.attribution.Reason`), as a string array."""
        reasons = reasons_of(self.dictionary.owners, *self._ids_of(part, start, stop), self.column(part, start, stop))
        rows = pc.add(positions(len(reasons)), pyarrow.scalar(start, INT))
        return with_nobodys_reasons(reasons, self._reader.parts, constant(part, len(reasons)), rows)

    def evidence(self, part: int, start: int = 0, stop: int | None = None) -> Any:
        """The message that shows whose each row is: a table of `source` and `message_id`, null where there is none."""
        stop = self._reader.parts[part].messages if stop is None else stop
        reasons = self.reasons(part, start, stop)
        own = pc.add(positions(stop - start), pyarrow.scalar(start, INT))
        is_explicit, is_sole = pc.equal(reasons, "explicit"), pc.equal(reasons, "sole_owner")
        owned = self._ids_of(part, start, stop)[2].filter(is_sole)
        firsts = self._first_names(owned.unique())
        which = pc.index_in(owned, value_set=joined([firsts.column("device")]))
        entries = self._asked_entries(part, start, stop)
        is_shared = pc.is_in(reasons, value_set=pyarrow.array(["same_session", "contested"]))
        references = []
        for name, value in (("part", constant(part, len(own))), ("row", own)):
            column = pc.if_else(is_explicit, value, None)
            references.append(pc.replace_with_mask(column, is_shared, joined([entries.column(f"evidence_{name}")])))
        columns = {}
        for name, column in zip(("source", "message_id"), self._reader.names(*references), strict=True):
            columns[name] = pc.replace_with_mask(column, is_sole, joined([firsts.column(name)], _TEXT).take(which))
        return pyarrow.table(columns)

    def alias_effects(self, part: int, start: int = 0, stop: int | None = None) -> Any:
        """What each row that is an alias does (`footfall.identity.aliases.AliasEffect`); null for every other row."""
        numbers, rows = self.dictionary.maps[part], self._reader.rows(part)
        row, previous, user = rows.pairs()
        keys = paired(numbers.take(previous), numbers.take(user))
        aliases = self.dictionary.aliases
        pairs = paired(*(joined([aliases.column(name)]) for name in ("previous", "user")))
        effects = joined([aliases.column("effect")], _TEXT).take(pc.index_in(keys, value_set=pairs))
        every = positions(self._reader.parts[part].messages)
        is_alias = is_of_type(self._reader.parts[part], "alias", every)
        effect = effects.take(pc.index_in(every, value_set=row))
        return _cut(pc.if_else(is_alias, pc.coalesce(effect, "unusable"), None), start, stop)

    def person_ids(self, persons: Any) -> Any:
        """The person_id of each, a string array: the UUID that never changes. Null stays null."""
        distinct = joined([persons]).unique().drop_null()
        ids = [str(uuid5(self._namespace, name)) for name in self._names_of(distinct)]
        return pyarrow.array(ids, _TEXT).take(pc.index_in(joined([persons]), value_set=distinct))

    def row_ids(self, part: int, start: int = 0, stop: int | None = None) -> Any:
        """The person_id of each row, also of one that is nobody's, which has an id that no other message has."""
        ids = self.person_ids(self.column(part, start, stop))
        nobody = positions(len(ids)).filter(ids.is_null())
        if not len(nobody):
            return ids
        source, message_id = self._reader.names(constant(part, len(nobody)), pc.add(nobody, pyarrow.scalar(start, INT)))
        names = map(name_of, ["m"] * len(nobody), source.to_pylist(), message_id.to_pylist())
        values = pyarrow.array([str(uuid5(self._namespace, name)) for name in names], _TEXT)
        return pc.replace_with_mask(ids, ids.is_null(), values)

    def find(self, id: str) -> list[int]:  # noqa: A002 - the word of the domain
        """The persons that an id leads to: a user_id (old or new), anonymous_id, device_id or person_id.

        It may be written in any way that is compared as the same. A junk id leads to nobody.
        """
        if is_junk(id):
            return []
        text = comparable(id)
        persons = set(self._with_person_id(text))
        number = self.lookups.number(text)
        if number is None:
            return sorted(persons)
        of_id = equals(self.dictionary.canonical, number)
        if pc.any(pc.and_(of_id, has_role(self.dictionary.roles, USER))).as_py():
            persons.add(number)
        persons |= self.lookups.persons_of_id(number)
        return sorted(persons)

    def _with_person_id(self, text: str) -> list[int]:
        """The person with this person_id. The names of sessions are read last, for they are in the parts."""
        try:
            wanted = UUID(text)
        except ValueError:
            return []
        for kind in ("user", "anonymous", "device", "session") if wanted.version == 5 else ():
            if kind not in self._heads:
                persons = self._kinds[kind][0] if kind in self._kinds else self._of_sessions.column("person")
                persons = joined([persons]).unique()
                self._heads[kind] = persons, heads_of(self._namespace, self._names_of(persons))
            persons, heads = self._heads[kind]
            near = persons.filter(pc.equal(heads, head_of(wanted)))
            theirs = near.filter(pc.equal(self.person_ids(near), text))
            if len(theirs):
                return theirs.to_pylist()  # type: ignore[no-any-return]
        return []

    def _ids_of(self, part: int, start: int, stop: int | None) -> tuple[Any, Any, Any]:
        rows, numbers = self._reader.rows(part).ids, self.dictionary.maps[part]
        user, device, anonymous = (
            numbers.take(_cut(joined([rows.column(name)]), start, stop)) for name in ("user", "device", "anonymous")
        )
        return user, device, anonymous

    def _persons_of(self, part: int) -> Any:
        """The person of each row of a part."""
        subjects = self._reader.moves(part, 0, self._reader.parts[part].messages).subjects
        return self._with_sessions(part, self._by_subject(part).take(subjects), 0)

    def _by_subject(self, part: int) -> Any:
        return self.dictionary.persons_by_subject(self.dictionary.maps[part], self._visitors)

    @cached_property
    def _visitors(self) -> Any:
        return self.dictionary.visitors()

    def _asked_entries(self, part: int, start: int = 0, stop: int | None = None) -> Any:
        """The entries of rows of shared devices without a user, in the order of the rows."""
        entries, places = self._asked
        first, end = places.get(part, (0, 0))
        entries = entries.slice(first, end - first)
        row = entries.column("row")
        if start:
            entries = entries.filter(pc.greater_equal(row, start))
        if stop is not None:
            entries = entries.filter(pc.less(entries.column("row"), stop))
        return entries.combine_chunks()

    def _first_names(self, devices: Any) -> Any:
        """The first message that identifies each device with an owner, and of some others: device, source, message_id.

        They are read once. Who asks for many will ask for all, which are not read part by part again then.
        """
        new = devices.filter(pc.invert(pc.is_in(devices, value_set=joined([self._firsts.column("device")]))))
        if len(new) > _MANY:
            owned = pc.indices_nonzero(pc.greater_equal(self.dictionary.owners, 0)).cast(INT)
            new = owned.filter(pc.invert(pc.is_in(owned, value_set=joined([self._firsts.column("device")]))))
        if len(new):
            claims = self.first_claims(new)
            names = self._reader.names(*(joined([claims.column(name)]) for name in ("part", "row")))
            columns = (claims.column("device"), *names)
            table = pyarrow.table(dict(zip(("device", "source", "message_id"), columns, strict=True)))
            self._firsts = pyarrow.concat_tables([self._firsts, table])
        return self._firsts

    def first_claims(self, devices: Any) -> Any:
        """For each device with an owner the first message that identifies it: device, part, row."""
        claims = self.dictionary.claims
        few = claims.filter(pc.is_in(claims.column("device"), value_set=devices))
        few = least(few, ("device", "device"), "at").combine_chunks()
        counts = few.group_by("device", use_threads=False).aggregate([("row", "count")])
        tied = counts.filter(pc.greater(counts.column("row_count"), 1)).column("device").combine_chunks()
        is_tied = pc.is_in(few.column("device"), value_set=tied)
        ties = few.filter(is_tied).combine_chunks()
        source, message_id = self._reader.names(joined([ties.column("part")]), joined([ties.column("row")]))
        keys = pyarrow.table({"device": ties.column("device"), "s": source, "m": message_id})
        ties = ties.take(pc.sort_indices(keys, [(name, "ascending") for name in keys.column_names]))
        device = joined([ties.column("device")])
        firsts = pc.index_in(device.unique(), value_set=device)
        return pyarrow.concat_tables([few.filter(pc.invert(is_tied)), ties.take(firsts)]).combine_chunks()

    def _names_of(self, persons: Any) -> list[str]:
        """The names of persons before they are hashed."""
        is_session = pc.equal(pc.shift_right(persons, _KIND_BITS), SESSION >> _KIND_BITS)
        sessions = self._session_names(persons.filter(is_session))
        number = pc.if_else(is_session, pyarrow.scalar(None, INT), pc.bit_wise_and(persons, VISITOR - 1))
        ids = self.dictionary.ids.take(number.cast(INT)).to_pylist()
        return [
            sessions[person] if id_ is None else f"{'uasd'[person >> _KIND_BITS]}:{id_}"
            for person, id_ in zip(persons.to_pylist(), ids, strict=True)
        ]

    def _session_names(self, sessions: Any) -> dict[int, str]:
        if not len(sessions):
            return {}
        entries = self._entries
        few = entries.filter(pc.is_in(entries.column("person"), value_set=sessions))
        columns = few.group_by("person", use_threads=False).aggregate(
            [(name, "min") for name in ("device", "first_part", "first_row")]
        )
        devices = self.dictionary.ids.take(joined([columns.column("device_min")]))
        first = self._reader.names(*(joined([columns.column(f"first_{name}_min")]) for name in ("part", "row")))
        names = map(name_of, ["s"] * len(devices), *(column.to_pylist() for column in (devices, *first)))
        return dict(zip(columns.column("person").to_pylist(), names, strict=True))


class _WhoIsWho:
    """A dictionary that is worked out when some thread first asks for it. Its counts may be known before."""

    def __init__(self, work_out: Callable[[], IdDictionary], counts: Counts | None = None) -> None:
        self._work_out = work_out
        self._counts = counts
        self._lock = threading.Lock()
        self._dictionary: IdDictionary | None = None

    @property
    def dictionary(self) -> IdDictionary:
        with self._lock:
            if self._dictionary is None:
                self._dictionary = self._work_out()
            return self._dictionary

    @property
    def counts(self) -> Counts:
        if self._counts is None:
            self._counts = self.dictionary.counts()
        return self._counts


def _extended(reader: PartReader, before: IdDictionary, stop: int, index: IdIndex | None = None) -> IdDictionary:
    """The dictionary of the first `stop` parts of a reader."""
    missing = range(len(before.maps), stop)
    if len(missing) > 1:
        with ThreadPoolExecutor(_THREADS) as pool:
            summaries = list(pool.map(reader.summary, missing))
    else:
        summaries = [reader.summary(number) for number in missing]
    return extended(before, reader, summaries, index) if summaries else before


def reasons_of(owners: Any, user: Any, device: Any, anonymous: Any, person: Any) -> Any:
    """Why messages with these ids, as numbers, are of these persons; `blocked` for all that are nobody's."""
    owner = owners.take(anonymous)
    conditions = {
        "explicit": user.is_valid(),
        "device": device.is_valid(),
        "blocked": anonymous.is_null(),
        "anonymous": equals(owner, NOBODY),
        "sole_owner": pc.not_equal(owner, SHARED),
        "contested": pc.greater_equal(person, SESSION),
    }
    cases = pyarrow.StructArray.from_arrays(
        [pc.fill_null(condition, False) for condition in conditions.values()], list(conditions)
    )
    return pc.case_when(cases, *conditions, "same_session")


def _cut(column: Any, start: int, stop: int | None) -> Any:
    return column.slice(start, None if stop is None else stop - start)
