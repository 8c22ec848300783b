"""ChosenPersons: whose some of the messages are, where who is who was worked out of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, joined
from footfall.analytics.persons.dictionary import DEVICE, Counts
from footfall.analytics.persons.persons import Persons
from footfall.storage.part import Stretch

__all__ = ["ChosenPersons"]


class ChosenPersons(Persons):
    """The persons of `every` message, asked by the rows of parts of which some were chosen.

    `rows` has for such a part, by its number, which rows of it these are, and `others` which ones they are not.
    Reasons and evidence are not to be asked for.
    """

    def __init__(self, every: Persons, rows: Mapping[int, Any], others: Mapping[int, Any]) -> None:
        self.__dict__.update(every.__dict__)  # what is asked by no row is the same
        self._every = every
        self._rows = rows
        self._others = others

    def column(self, part: int, start: int = 0, stop: int | None = None) -> Any:
        if part not in self._rows:
            return self._every.column(part, start, stop)
        rows = self._slice(part, start, stop)
        return self._every.column(part).take(rows)

    def devices(self, part: int) -> Any:
        devices = self._every.devices(part)
        return devices.take(self._rows[part]) if part in self._rows else devices

    def moves(self, part: int, stretches: Sequence[Stretch]) -> list[Any] | None:
        return self._chosen(self._every.moves, part, stretches)

    def times(self, part: int, stretches: Sequence[Stretch]) -> list[Any] | None:
        return self._chosen(self._every.times, part, stretches)

    def _chosen(
        self, read: Callable[[int, Sequence[Stretch]], list[Any] | None], part: int, stretches: Sequence[Stretch]
    ) -> list[Any] | None:
        if part not in self._rows:
            return read(part, stretches)
        slices = [self._slice(part, stretch.start, stretch.stop) for stretch in stretches]
        whole = [
            msgspec.structs.replace(stretch, start=rows[0].as_py(), stop=rows[-1].as_py() + 1)
            for stretch, rows in zip(stretches, slices, strict=True)
        ]
        tables = read(part, whole)
        if tables is None:
            return None
        return [table.take(pc.subtract(rows, rows[0])) for table, rows in zip(tables, slices, strict=True)]

    def persons_at(self, part: int, rows: Any) -> Any:
        return self._every.persons_at(part, self._rows[part].take(rows) if part in self._rows else rows)

    @property
    def counts(self) -> Counts:
        persons, devices = self._every.counts
        streams = pc.sum(pc.greater_equal(self._gone, DEVICE)).as_py() or 0
        return persons - (len(self._gone) - streams), devices - streams

    @cached_property
    def table(self) -> Any:
        table = self._every.table
        return table.filter(pc.invert(pc.is_in(table.column("person"), value_set=self._gone)))

    @cached_property
    def _gone(self) -> Any:
        """The persons and streams none of whose messages was chosen."""
        theirs = [self._every.column(part).take(rows) for part, rows in self._others.items()]
        gone = joined(theirs, INT).unique().drop_null()
        for part in range(len(self.reader.parts)):
            if not len(gone):
                break
            gone = gone.filter(pc.invert(pc.is_in(gone, value_set=joined([self.column(part)]).unique())))
        return gone

    def _slice(self, part: int, start: int, stop: int | None) -> Any:
        rows = self._rows[part]
        return rows.slice(start, len(rows) - start if stop is None else stop - start).cast(pyarrow.int64())
