"""Worlds between two moments: some messages with a person each, of which one thing differs from the world before.

The messages up to the earlier moment have the persons of then until the last world but one; those that came later have
the persons of the later moment from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons import Persons
from footfall.analytics.persons.dictionary import DEVICE, SESSION
from footfall.storage.as_of import AsOf
from footfall.storage.parquet.selected_part import SelectedPart, up_to
from footfall.storage.part import Part

__all__ = ["World", "Worlds"]


class World(NamedTuple):
    """Some messages, and whose they are."""

    parts: Sequence[Part]
    persons: Persons


class Worlds:
    """What was there at the moment `earlier`, what came later, and what is there at a later moment.

    `parts` are those of the later moment. `plan_id` says who the persons are. Raises DamagedFileError.
    """

    def __init__(self, parts: Sequence[Part], earlier: AsOf, plan_id: str) -> None:
        self._before = [part for part in (_before(each, earlier.seq) for each in parts) if part.messages]
        self._came = [part for part in (_after(each, earlier.seq) for each in parts) if part.messages]
        self._at = earlier.at
        self._then = Persons.of(self._before, plan_id)
        self._now = self._then.extended(*self._came)

    @property
    def earlier(self) -> World:
        """The messages of the earlier moment, with the persons of then."""
        return World(self._before, self._then)

    @property
    def with_late(self) -> World:
        """These, and what came later although it occurred before that moment."""
        late = [_late(part, self._at) for part in self._came]
        return self._mixed(
            late, [column.take(part.rows) for part, column in zip(late, self._columns_of_came, strict=True)]
        )

    @property
    def with_all(self) -> World:
        """All messages of the later moment; those of the earlier one with the persons of then."""
        return self._mixed(self._came, self._columns_of_came)

    @property
    def later(self) -> World:
        """All messages of the later moment, with the persons of the later moment."""
        return World([*self._before, *self._came], self._now)

    @cached_property
    def _columns_of_came(self) -> Sequence[Any]:
        return [self._now.column(len(self._before) + number) for number in range(len(self._came))]

    def _mixed(self, came: Sequence[Part], columns: Sequence[Any]) -> World:
        before = [self._then.column(number) for number in range(len(self._before))]
        persons = self._now.with_columns([*_as_later(before, self._then, self._now), *columns])
        return World([*self._before, *came], persons)


def _before(part: Part, seq: int) -> Part:
    chosen = up_to(part, seq)
    return part if chosen.messages == part.messages else chosen


def _after(part: Part, seq: int) -> SelectedPart:
    return SelectedPart(part, ("seq",), lambda table: pc.greater(table.column("seq"), seq))


def _late(part: Part, at: int) -> SelectedPart:
    return SelectedPart(part, ("occurred_at",), lambda table: pc.less(table.column("occurred_at"), at))


def _as_later(columns: Sequence[Any], before: Persons, after: Persons) -> list[Any]:
    """Columns of persons of `before`, with the numbers that `after` has for the same sessions of shared devices.

    All other persons have the same number in both.
    """
    numbers = dict(_sessions(before))
    now = {person_id: number for number, person_id in _sessions(after)}
    same = {number: now.get(person_id, number) for number, person_id in numbers.items()}
    keys, values = (pyarrow.array(side, pyarrow.int32()) for side in (list(same), list(same.values())))
    renamed = []
    for column in columns:
        place = pc.index_in(column, value_set=keys)
        renamed.append(pc.coalesce(values.take(place), column))
    return renamed


def _sessions(persons: Persons) -> Iterator[tuple[int, str]]:
    numbers = persons.table.column("person")
    sessions = numbers.filter(pc.and_(pc.greater_equal(numbers, SESSION), pc.less(numbers, DEVICE))).combine_chunks()
    yield from zip(sessions.to_pylist(), persons.person_ids(sessions).to_pylist(), strict=True)
