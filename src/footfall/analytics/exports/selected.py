"""SelectedRows: the rows of a part that a selection has, and their columns, also those of identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.audience import texts_of
from footfall.analytics.event_names import Meaning
from footfall.analytics.exports.columns import PERSON
from footfall.analytics.exports.selection import Selection
from footfall.analytics.persons import Persons
from footfall.analytics.persons.arrays import runs
from footfall.analytics.window import Span
from footfall.identity.ids import comparable
from footfall.storage.columns import COLUMNS
from footfall.storage.journal import counter_name
from footfall.storage.part import Part, Stretch

__all__ = ["SelectedRows", "compared", "joined_in_order"]

_TEXT, _INT64, _ROW = pyarrow.string(), pyarrow.int64(), pyarrow.int64()
_IDS = {column.name for column in COLUMNS if column.is_id}
# Most ids are the same as they were sent and as they are compared.
_PLAIN = r"^[!-~](?:[\x00-\x7f]*[!-~])?$"


class SelectedRows:
    """Reads parts by their numbers in `persons`. `meanings` says under which other names events came in.

    `audiences` has those of the rows of each part: see `footfall.analytics.audience`.
    """

    def __init__(
        self, parts: Sequence[Part], persons: Persons, meanings: Mapping[str, Meaning], audiences: Sequence[Any]
    ) -> None:
        self._parts = parts
        self._persons = persons
        self._audiences = audiences
        self._meanings = meanings
        self._person_ids: dict[int, str] = {}
        self._with_ids: dict[frozenset[str], list[int]] = {}

    def table(self, number: int, selection: Selection, names: Sequence[str]) -> Any:
        """The selected rows of a part in order of `seq`, with that column and these. Raises DamagedFileError."""
        rows = self._rows(number, selection)
        start, stop = (rows[0].as_py(), rows[-1].as_py() + 1) if len(rows) else (0, 0)
        stored = [name for name in dict.fromkeys(("seq", *names)) if name not in PERSON]
        table = self._parts[number].read(list(dict.fromkeys((*stored, "received_at"))), start, stop)
        if "event" in stored:
            events = self._events(number, start, table.column("received_at"))
            table = table.set_column(table.column_names.index("event"), "event", events)
        table = table.select(stored).take(pc.subtract(rows, start)).combine_chunks()
        for name in _IDS.intersection(stored):
            table = table.set_column(table.column_names.index(name), name, compared(table.column(name)))
        for name, column in self._of_persons(number, rows, {name for name in names if name in PERSON}):
            table = table.append_column(name, column)
        return table.take(pc.sort_indices(table, [("seq", "ascending")]))

    def bounds(self, number: int) -> tuple[Span, Span]:
        """Between which `seq` and which times of receipt all rows of a part are. Raises DamagedFileError."""
        table = self._parts[number].read(("seq", "received_at"))
        ends = [pc.min_max(table.column(name)).as_py() for name in ("seq", "received_at")]
        seq, received = (Span(end["min"], end["max"] + 1) if len(table) else Span(0, 0) for end in ends)
        return seq, received

    def _rows(self, number: int, selection: Selection) -> Any:
        """The numbers of a part's selected rows, in order."""
        stretches = [stretch for stretch in self._parts[number].stretches() if self._may_be(stretch, selection)]
        if not stretches:
            return pyarrow.array([], _ROW)
        start, stop = stretches[0].start, stretches[-1].stop
        table = self._parts[number].read(("seq", "occurred_at", "received_at"), start, stop)
        seq, received = table.column("seq"), table.column("received_at")
        conditions = [pc.greater(seq, selection.after)]
        conditions += _is_in_span(table.column("occurred_at"), selection.occurred)
        conditions += _is_in_span(received, selection.received)
        if selection.only is not None:
            conditions.append(pc.is_in(seq, value_set=pyarrow.array(selection.only, _INT64)))
        if selection.without:
            conditions.append(pc.invert(pc.is_in(seq, value_set=pyarrow.array(selection.without, _INT64))))
        if selection.events is not None:
            names = self._events(number, start, received, of_types=True)
            conditions.append(pc.is_in(names, value_set=pyarrow.array(selection.events, _TEXT)))
        if selection.persons is not None:
            conditions.append(self._is_of(selection.persons, number, start, stop))
        is_selected = conditions[0]
        for condition in conditions[1:]:
            is_selected = pc.and_(is_selected, condition)
        return pc.add(pc.indices_nonzero(is_selected).cast(_ROW), start)

    def _may_be(self, stretch: Stretch, selection: Selection) -> bool:
        meaning = self._meanings.get(stretch.event or "")
        names = {counter_name(stretch.event, stretch.type), *([meaning.event] if meaning else [])}
        span = selection.occurred
        return (
            (selection.events is None or not names.isdisjoint(selection.events))
            and (span.since is None or stretch.last >= span.since)
            and (span.until is None or stretch.first < span.until)
        )

    def _events(self, number: int, start: int, received: Any, *, of_types: bool = False) -> Any:
        """The plan's names of the events of rows from `start` on; `of_types` says to name other messages too."""
        stop = start + len(received)
        pieces = [pyarrow.array([], _TEXT)]
        for stretch in self._parts[number].stretches():
            first, last = max(start, stretch.start), min(stop, stretch.stop)
            if first >= last:
                continue
            name = counter_name(stretch.event, stretch.type) if of_types else stretch.event
            piece = pyarrow.repeat(pyarrow.scalar(name, _TEXT), last - first)
            meaning = self._meanings.get(stretch.event or "")
            if meaning is not None:
                is_meant = pc.less(received.slice(first - start, last - first), meaning.before)
                piece = pc.if_else(is_meant, meaning.event, piece)
            pieces += piece.chunks if isinstance(piece, pyarrow.ChunkedArray) else [piece]
        return pyarrow.chunked_array(pieces, _TEXT)

    def _is_of(self, person_ids: frozenset[str], number: int, start: int, stop: int) -> Any:
        """For each row, whether it is of one of these persons."""
        column = self._persons.column(number, start, stop)
        persons = self._numbers(person_ids)
        is_theirs = pc.is_in(column, value_set=pyarrow.array(persons, pyarrow.int32()))
        if len(persons) < len(person_ids) and column.null_count:  # the id may be that of a message that is nobody's
            ids = self._persons.row_ids(number, start, stop)
            is_theirs = pc.or_(is_theirs, pc.is_in(ids, value_set=pyarrow.array(person_ids, _TEXT)))
        return is_theirs

    def _numbers(self, person_ids: frozenset[str]) -> list[int]:
        """The persons with these ids."""
        if person_ids not in self._with_ids:
            self._with_ids[person_ids] = [person for id_ in person_ids for person in self._persons.find(id_)]
        return self._with_ids[person_ids]

    def _of_persons(self, number: int, rows: Any, names: set[str]) -> Iterator[tuple[str, Any]]:
        """What identity says of some rows, by column."""
        if not names:
            return
        if "audience" in names:
            yield "audience", texts_of(self._audiences[number], self._parts[number].messages).take(rows)
        pieces: dict[str, list[Any]] = {name: [pyarrow.array([], _TEXT)] for name in names - {"audience"}}
        for run in runs(rows):
            start, stop = run[0].as_py(), run[-1].as_py() + 1
            here = pc.subtract(run, start)
            if "person_id" in names:
                pieces["person_id"].append(self._ids(number, start, stop).take(here))
            if "reason" in names:
                pieces["reason"].append(self._persons.reasons(number, start, stop).take(here))
            if not names.isdisjoint(("evidence_source", "evidence_message_id")):
                evidence = self._persons.evidence(number, start, stop)
                for name in names.intersection(("evidence_source", "evidence_message_id")):
                    column = evidence.column(name.removeprefix("evidence_")).take(here)
                    pieces[name] += column.chunks if isinstance(column, pyarrow.ChunkedArray) else [column]
        for name, columns in pieces.items():
            yield name, pyarrow.chunked_array(columns, _TEXT)

    def _ids(self, number: int, start: int, stop: int) -> Any:
        """The person_ids of rows, each worked out once for all parts."""
        column = self._persons.column(number, start, stop)
        if column.null_count:
            return self._persons.row_ids(number, start, stop)
        distinct = column.unique()
        new = [person for person in distinct.to_pylist() if person not in self._person_ids]
        ids = self._persons.person_ids(pyarrow.array(new, pyarrow.int32())).to_pylist()
        self._person_ids.update(zip(new, ids, strict=True))
        texts = pyarrow.array([self._person_ids[person] for person in distinct.to_pylist()], _TEXT)
        return texts.take(pc.index_in(column, value_set=distinct))


def joined_in_order(tables: list[Any], limit: int) -> tuple[Any, list[Any]]:
    """The rows of some tables with a `seq` up to `limit`, in one table in its order, and the rest of each table.

    Each of the tables is in order of `seq`.
    """
    ready, rest = [], []
    for table in tables:
        number = pc.sum(pc.less_equal(table.column("seq"), limit)).as_py() or 0
        ready.append(table.slice(0, number))
        rest += [table.slice(number)] if number < len(table) else []
    joined = pyarrow.concat_tables(ready)
    if sum(len(table) > 0 for table in ready) > 1:
        joined = joined.take(pc.sort_indices(joined, [("seq", "ascending")]))
    return joined, rest


def _is_in_span(times: Any, span: Span) -> list[Any]:
    since = [] if span.since is None else [pc.greater_equal(times, span.since)]
    return since if span.until is None else [*since, pc.less(times, span.until)]


def compared(ids: Any) -> Any:
    """Ids as identity compares them."""
    is_plain = pc.match_substring_regex(ids, _PLAIN)
    if pc.all(is_plain).as_py() is not False:
        return ids
    return pyarrow.array([None if id_ is None else comparable(id_) for id_ in ids.to_pylist()], _TEXT)
