"""Reads columns of messages out of the parts of a dataset: of all messages, or of those of one event."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.analytics import Dataset
from footfall.analytics.audience import texts_of
from footfall.analytics.channels import channel_column
from footfall.analytics.derived_values import read_derived, true_rows
from footfall.analytics.event_names import meanings
from footfall.analytics.event_table import THREADS, EventStretch, sources_of
from footfall.analytics.exports import body_parts
from footfall.analytics.exports.selected import compared
from footfall.analytics.message_table import canonical_events
from footfall.plan.calls import base_event, named
from footfall.plan.channels import channel_rule
from footfall.plan.model import Event
from footfall.query.typed import SCALARS, json_texts
from footfall.query.views import ViewColumn
from footfall.storage.columns import BYTES, COLUMNS
from footfall.storage.part import Leaf, Part, Stretch, TypedColumn

__all__ = ["MOMENT", "MessageColumns", "StretchColumns", "joined"]

_TEXT = pyarrow.string()
_STORED = {column.name: column for column in COLUMNS}
_MEMBERS = {"properties": "properties", "traits": "all_traits", "context": "context", "message": "body"}
_OF_PAGES, _PAGES = {"name", "category"}, ("page", "screen")
_EVIDENCE = {"evidence_source": "source", "evidence_message_id": "message_id"}
_OF_PERSONS = {"person", "person_id", "reason", *_EVIDENCE}
MOMENT = pyarrow.timestamp("us", "UTC")
"""A time of messages in Arrow."""
_TYPES = {"seq": pyarrow.int64(), "person": pyarrow.int32(), "occurred_at": MOMENT, "received_at": MOMENT}


class StretchColumns(NamedTuple):
    """The rows of one part: their columns by name, and the values of each property that was asked for."""

    columns: Mapping[str, Any]
    properties: Sequence[TypedColumn]


class MessageColumns:
    """The columns of the messages of a dataset, part by part, always in the same order of rows."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._meanings = meanings(dataset.plan)
        self._channels = channel_rule(dataset.plan)
        self._person_ids: dict[int, str] = {}
        self._audiences: Sequence[Any] | None = None

    def read(
        self,
        event: str,
        names: Collection[str],
        properties: Sequence[ViewColumn] = (),
        rows: int | None = None,
        *,
        type_: str = "",
    ) -> list[StretchColumns]:
        """These columns of all messages, or of those of one event of the plan with some of its properties.

        With `type_`, of messages of this type alone.

        The names are those of an export, and `person`, the number of its person. With `rows`, so many of the first ones
        are enough. Raises DamagedFileError.
        """
        sources = self._sources(event, type_)
        if rows is not None:
            sources = list(_first(sources, rows))
        # Before the threads, which would work it out several times.
        if not _OF_PERSONS.isdisjoint(names):
            _ = self._dataset.persons
        if "audience" in names and self._audiences is None:
            self._audiences = self._dataset.audiences(self._dataset.plan)
        with ThreadPoolExecutor(THREADS) as pool:
            pieces = list(pool.map(lambda source: self._piece(source, event, names, properties), sources))
        if "person_id" not in names:
            return pieces
        return [
            piece._replace(columns={**piece.columns, "person_id": self._ids(piece.columns["person_id"])})
            for piece in pieces
        ]

    def _sources(self, event: str, type_: str) -> list[EventStretch]:
        parts, plan = self._dataset.parts, self._dataset.plan
        if type_:
            stretches = ((number, each) for number, part in enumerate(parts) for each in part.stretches())
            return [EventStretch(number, each) for number, each in stretches if each.type == type_]
        if event and plan is not None:
            return sources_of(parts, self._meanings, plan.events[base_event(plan, event)], None)
        return [EventStretch(number, Stretch("", None, 0, part.messages, 0, 0)) for number, part in enumerate(parts)]

    def _piece(
        self, source: EventStretch, event: str, names: Collection[str], properties: Sequence[ViewColumn]
    ) -> StretchColumns:
        part = self._dataset.parts[source.part]
        start, stop = source.stretch.start, source.stretch.stop
        columns = self._columns(source.part, start, stop, names)
        planned = self._planned(event)
        typed = _typed(part, source.stretch, properties, planned)
        if (counts := self._counts(part, source, event, planned)) is not None:
            columns = {name: column.filter(counts) for name, column in columns.items()}
            typed = [
                TypedColumn(each.values.filter(counts), None if each.texts is None else each.texts.filter(counts))
                for each in typed
            ]
        return StretchColumns(columns, typed)

    def _planned(self, event: str) -> Event | None:
        plan = self._dataset.plan
        return named(plan, event) if event and plan is not None else None

    def _counts(self, part: Part, source: EventStretch, event: str, planned: Event | None) -> Any:
        """Which rows of a source are of its event, as an Arrow mask; None for all."""
        plan, counts = self._dataset.plan, None
        if not source.is_whole:
            received = part.read(("received_at",), source.stretch.start, source.stretch.stop).column(0)
            counts = pc.and_(pc.greater_equal(received, source.since), pc.less(received, source.before))
            counts = counts.combine_chunks()
        if plan is None or planned is None or base_event(plan, event) == event:
            return counts
        is_derived = true_rows(part, source.stretch, planned, plan.derived_events[event].when)
        return is_derived if counts is None else pc.and_(counts, is_derived)

    def _columns(self, number: int, start: int, stop: int, names: Collection[str]) -> dict[str, Any]:
        part = self._dataset.parts[number]
        stored = [name for name in names if name == "seq" or (name in _STORED and name not in ("event", "traits"))]
        table = part.read(stored or ["seq"], start, stop)
        columns: dict[str, Any] = {name: _shown(name, table.column(name)) for name in table.column_names}
        if "event" in names:
            columns["event"] = canonical_events(part, self._meanings, start, stop).cast(_TEXT)
        if "channel" in names:
            events = canonical_events(part, self._meanings, start, stop)
            sources = part.read(("source",), start, stop).column(0)
            columns["channel"] = channel_column(self._channels, events, sources).cast(_TEXT)
        if not _OF_PERSONS.isdisjoint(names):
            columns |= self._of_persons(number, start, stop, names)
        if "audience" in names and self._audiences is not None:
            columns["audience"] = texts_of(self._audiences[number], part.messages).slice(start, stop - start)
        return columns | _of_bodies(part, start, stop, names)

    def _of_persons(self, number: int, start: int, stop: int, names: Collection[str]) -> dict[str, Any]:
        """What identity says of rows; the person_id is still the number of the person."""
        persons, columns = self._dataset.persons, dict[str, Any]()
        if "person" in names or "person_id" in names:
            columns = dict.fromkeys({"person", "person_id"} & {*names}, persons.column(number, start, stop))
        if "reason" in names:
            columns["reason"] = persons.reasons(number, start, stop)
        if not _EVIDENCE.keys().isdisjoint(names):
            evidence = persons.evidence(number, start, stop)
            columns |= {name: evidence.column(field) for name, field in _EVIDENCE.items()}
        return columns

    def _ids(self, persons: Any) -> Any:
        """The person_id of each row, worked out once a person; null for what is nobody's."""
        distinct = persons.unique().drop_null()
        new = [person for person in distinct.to_pylist() if person not in self._person_ids]
        ids = self._dataset.persons.person_ids(pyarrow.array(new, pyarrow.int32())).to_pylist()
        self._person_ids.update(zip(new, ids, strict=True))
        texts = pyarrow.array([self._person_ids[person] for person in distinct.to_pylist()], _TEXT)
        return texts.take(pc.index_in(persons, value_set=distinct))


def _first(sources: Iterable[EventStretch], rows: int) -> Iterator[EventStretch]:
    """The sources that have so many rows, the last of them cut."""
    for source in sources:
        if rows <= 0:
            return
        stretch = source.stretch
        if not source.is_whole:  # who knows how many of its messages count
            yield source
            continue
        yield source._replace(stretch=msgspec.structs.replace(stretch, stop=min(stretch.stop, stretch.start + rows)))
        rows -= stretch.stop - stretch.start


def joined(name: str, pieces: Sequence[StretchColumns]) -> Any:
    """One column of all pieces."""
    columns = [piece.columns[name] for piece in pieces]
    chunks = [chunk for column in columns for chunk in (column.chunks if hasattr(column, "chunks") else [column])]
    return pyarrow.chunked_array(chunks, _TYPES.get(name, _TEXT))


def _shown(name: str, column: Any) -> Any:
    """A stored column as SQL has it: ids as they are compared, times as timestamps, JSON as text."""
    if _TYPES.get(name) is MOMENT:
        return column.cast(MOMENT)
    if name in _STORED and _STORED[name].is_id:
        return compared(column)
    return column.cast(_TEXT) if name in _STORED and _STORED[name].contents is BYTES else column


def _of_bodies(part: Part, start: int, stop: int, names: Collection[str]) -> dict[str, Any]:
    """What not every part has as a column. Few messages have to be read whole for it."""
    columns = {}
    for name, member in _MEMBERS.items():
        if name in names:
            columns[name] = part.read((member,), start, stop).column(0).cast(_TEXT)
    if "context" in names:
        envelopes = part.read(("envelope",), start, stop).column(0)
        columns["context"] = pc.coalesce(columns["context"], _contexts(envelopes))
    if not _OF_PAGES.isdisjoint(names):
        types = part.read(("type",), start, stop).column(0)
        columns |= _of_pages(
            part, start, stop, pc.is_in(types, value_set=pyarrow.array(_PAGES)).combine_chunks(), names
        )
    return columns


def _contexts(envelopes: Any) -> Any:
    """The contexts of the batches that messages came in."""
    encoded = envelopes.combine_chunks().dictionary_encode()
    contexts = [body_parts("", b"{}", envelope, None)["context"] for envelope in encoded.dictionary.to_pylist()]
    return pyarrow.array(contexts, _TEXT).take(encoded.indices)


def _of_pages(part: Part, start: int, stop: int, are_pages: Any, names: Collection[str]) -> dict[str, Any]:
    """The names and categories of pages and screens, null for all other rows."""
    nulls = pyarrow.nulls(stop - start, _TEXT)
    wanted = _OF_PAGES & {*names}
    if not pc.any(are_pages).as_py():
        return dict.fromkeys(wanted, nulls)
    bodies = part.read(("body",), start, stop).column(0).filter(are_pages).to_pylist()
    rows = [body_parts(_PAGES[0], body, None, None) for body in bodies]
    return {
        name: pc.replace_with_mask(nulls, are_pages, pyarrow.array([row[name] for row in rows], _TEXT))
        for name in wanted
    }


def _typed(part: Part, stretch: Stretch, properties: Sequence[ViewColumn], planned: Event | None) -> list[TypedColumn]:
    """The values of properties: from the part's own columns, and from the JSON where it has none."""
    if not properties:
        return []
    derived = [column for column in properties if column.expression]
    scalars = [column for column in properties if column.property_type in SCALARS and not column.expression]
    leaves = [Leaf(column.path, column.property_type or "any") for column in scalars]
    by_name = {column.name: typed for column, typed in zip(scalars, part.typed(stretch, leaves), strict=True)}
    for column in derived:
        assert planned is not None
        type_ = next(each.type for each in planned.derived if each.expression == column.expression)
        by_name[column.name] = read_derived(part, stretch, planned, column.expression, type_).column
    others = [column for column in properties if column.name not in by_name]
    if others:
        texts = part.read(("properties",), stretch.start, stretch.stop).column(0).cast(_TEXT).combine_chunks()
        by_name |= {column.name: json_texts(texts, column) for column in others}
    return [by_name[column.name] for column in properties]
