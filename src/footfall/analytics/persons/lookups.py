"""Looks the messages of ids up, and whose each is, without a look at any other message."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import BIG, INT, constant, equals, few_true, flags, joined, paired
from footfall.analytics.persons.dictionary import DEVICE, NOBODY, SHARED, VISITOR, IdDictionary
from footfall.analytics.persons.reader import PartReader
from footfall.analytics.persons.summary import ALONE, PRODUCT, USER
from footfall.analytics.persons.timeline_runs import pieces
from footfall.analytics.persons.timelines import ENTRIES

__all__ = ["MESSAGES", "Lookups"]

MESSAGES = pyarrow.schema({"part": INT, "row": INT, "user": INT, "device": INT, "anonymous": INT, "at": BIG})
"""A message: where it is, its usable ids as numbers of the dictionary, and when it occurred, in microseconds."""

_FEW = 4  # ids that are looked for one by one
_MOST_KEPT = 1_000  # ids
_IDS = ("user", "device", "anonymous")


class Lookups:
    """Looks up in some parts, whose ids `dictionary` has. Ids are numbers of the dictionary, many are an int array.

    Methods that return messages give a table of MESSAGES, and raise DamagedFileError.
    """

    def __init__(self, reader: PartReader, dictionary: IdDictionary) -> None:
        self._reader = reader
        self._dictionary = dictionary
        self._ids = pyarrow.chunked_array(dictionary.maps, INT)
        self._ends = list(itertools.accumulate(map(len, dictionary.maps)))
        self._of_id: dict[int, dict[int, list[int]]] = {}

    def number(self, text: str) -> int | None:
        """The number of an id, as it is compared; None where no message has it."""
        numbers = pc.indices_nonzero(pc.equal(self._dictionary.ids, text))
        return numbers[0].as_py() if len(numbers) else None

    def persons_of_id(self, id_: int) -> set[int]:
        """The persons that an id leads to, as its messages say; those of most ids are in the dictionary."""
        dictionary = self._dictionary
        role, owner = dictionary.roles[id_].as_py(), dictionary.owners[id_].as_py()
        is_alias = pc.any(equals(dictionary.aliases.column("previous"), id_)).as_py()
        if is_alias or role & PRODUCT or owner == SHARED:
            return set(self.persons_of(self.led_by(id_)).unique().to_pylist())
        persons = {dictionary.canonical[id_].as_py()} if role & USER else set()
        if owner != NOBODY:
            return persons | {owner}
        return persons | {VISITOR + id_} if role & ALONE else persons

    def by_part(self, ids: Any) -> dict[int, list[int]]:
        """The parts that have any of some ids, each with the numbers that the part has for them."""
        if len(ids) > _FEW:
            is_asked = flags(len(self._dictionary.ids), ids)
            places = [pc.indices_nonzero(is_asked.take(numbers)).to_pylist() for numbers in self._dictionary.maps]
            return {part: local for part, local in enumerate(places) if local}
        parts: dict[int, list[int]] = {}
        for id_ in ids.to_pylist():
            if id_ not in self._of_id:
                if len(self._of_id) == _MOST_KEPT:
                    self._of_id.clear()
                self._of_id[id_] = dict(self._places_of(equals(self._ids, id_)))
            for part, local in self._of_id[id_].items():
                parts.setdefault(part, []).extend(local)
        return dict(sorted(parts.items()))

    def rows_with(self, ids: Any) -> dict[int, Any]:
        """The rows, part by part, that have any of these ids as user, device, anonymous or previous id, rising."""
        by_part = self.by_part(ids)
        self._reader.load_places(by_part)
        return {part: self._reader.places(part).rows_with(local) for part, local in by_part.items()}

    def led_by(self, id_: int) -> Any:
        """The messages to which an id leads: by itself, or as the previous id of an alias.

        A message of a connected product does not belong to who else sent by its anonymous id.
        """
        ids = pyarrow.array([id_], INT)
        messages = self.messages_at(self.rows_with(ids))
        user, device, anonymous = (joined([messages.column(name)]) for name in _IDS)
        takes_part = pc.or_(user.is_valid(), device.is_null())
        is_led = pc.or_(_is(user, id_), pc.or_(_is(device, id_), pc.and_(takes_part, _is(anonymous, id_))))
        aliased = []
        for part, (local,) in self.by_part(ids).items():
            row, previous, _ = self._reader.rows(part).pairs()
            rows = row.filter(equals(previous, local))
            aliased.append(paired(constant(part, len(rows)), rows))
        is_aliased = pc.is_in(_place(messages), value_set=joined(aliased, BIG))
        return messages.filter(pc.or_(is_led, is_aliased)).combine_chunks()

    def messages_at(self, rows: Mapping[int, Any]) -> Any:
        """The messages in these rows of these parts."""
        tables = [MESSAGES.empty_table()]
        self._reader.load_places(rows)
        for part, row in rows.items():
            ids, numbers = self._reader.rows(part).ids, self._dictionary.maps[part]
            columns = [numbers.take(joined([ids.column(name)]).take(row)) for name in _IDS]
            at = self._reader.times(part).take(row)
            tables.append(pyarrow.table([constant(part, len(row)), row, *columns, at], schema=MESSAGES))
        return pyarrow.concat_tables(tables).combine_chunks()

    def aliases_of(self, ids: Any) -> Iterator[tuple[int, int]]:
        """The parts and rows of the aliases whose previous id is one of these, whoever sent them."""
        for part, local in self.by_part(ids).items():
            aliases = self._reader.rows(part).aliases
            is_asked = pc.is_in(aliases.column("previous"), value_set=pyarrow.array(local, INT))
            for row in aliases.column("row").filter(is_asked).to_pylist():
                yield part, row

    def persons_of(self, messages: Any) -> Any:
        """The person of each message, an int32 array: null for one that is nobody's."""
        user, device, anonymous = (joined([messages.column(name)]) for name in _IDS)
        owner = self._dictionary.owners.take(anonymous)
        visitor = pc.if_else(equals(owner, NOBODY), pc.add(anonymous, pyarrow.scalar(VISITOR, INT)), owner)
        stream = pc.add(device, pyarrow.scalar(DEVICE, INT))
        person = pc.coalesce(self._dictionary.canonical.take(user), stream, visitor)
        is_shared = pc.fill_null(equals(person, SHARED), False)
        if not is_shared.true_count:
            return person
        shared = messages.filter(is_shared)
        entries = self.entries_of(joined([shared.column("anonymous")]).unique())
        entries = entries.filter(entries.column("user").is_null()).combine_chunks()
        entry = pc.index_in(_place(shared), value_set=_place(entries))
        return pc.replace_with_mask(person, is_shared, joined([entries.column("person")]).take(entry))

    def entries_of(self, devices: Any) -> Any:
        """The entries of some shared devices."""
        entries, runs = self._dictionary.entries, self._dictionary.runs
        runs = runs.filter(pc.is_in(runs.column("device"), value_set=devices))
        return pyarrow.Table.from_batches(pieces(entries, runs), ENTRIES).combine_chunks()

    def _places_of(self, masks: Any) -> Iterator[tuple[int, list[int]]]:
        """The parts where an id is, by a mask of all ids in some chunks, each with the one number that it has there."""
        start = 0
        for mask in masks.chunks:
            for place in few_true(mask):
                part = bisect_right(self._ends, start + place)
                yield part, [start + place - (self._ends[part - 1] if part else 0)]
            start += len(mask)


def _is(ids: Any, id_: int) -> Any:
    return pc.fill_null(equals(ids, id_), False)


def _place(messages: Any) -> Any:
    return paired(*(joined([messages.column(name)]) for name in ("part", "row")))
