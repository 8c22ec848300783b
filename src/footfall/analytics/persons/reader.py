"""PartReader: the rows of parts, and the names of single messages, read where somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import BIG, INT, joined
from footfall.analytics.persons.cache import PersonsCache
from footfall.analytics.persons.fetching import fetch
from footfall.analytics.persons.places import IdPlaces, places_of
from footfall.analytics.persons.subjects import Moves
from footfall.analytics.persons.summary import PartRows, PartSummary, summarise
from footfall.storage.part import Part

__all__ = ["PartReader"]

_THREADS = 4
_TEXT = pyarrow.string()
_NAME = ("source", "message_id")


class PartReader:
    """Parts by number: their places in the sequence that was given. It keeps what it read of their rows.

    Summaries of parts that have a name come from `cache` where it has them, and go there.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        cache: PersonsCache | None,
        rows: Mapping[int, PartRows],
        moves: Mapping[int, Moves] | None = None,
    ) -> None:
        self.parts = parts
        self._cache = cache
        self._rows = dict(rows)
        self._moves = dict(moves or {})
        self._times: dict[int, Any] = {}
        self._places: dict[int, IdPlaces] = {}

    def with_parts(self, parts: Sequence[Part]) -> PartReader:
        """A reader of some more parts too."""
        reader = PartReader((*self.parts, *parts), self._cache, self._rows, self._moves)
        reader._times.update(self._times)
        reader._places.update(self._places)
        return reader

    def moves(self, part: int, start: int, stop: int) -> Moves:
        """Who did what when in some rows of a part. Raises DamagedFileError."""
        moves = self._kept_moves(part, start, stop)
        if moves is not None:
            return moves
        self._moves[part] = self._summarise(part)[1]
        return self._moves[part].slice(start, stop)

    def times_between(self, part: int, start: int, stop: int) -> Any:
        """When the messages of some rows of a part occurred; of ids nothing is worked out. Raises DamagedFileError."""
        moves = self._kept_moves(part, start, stop)
        if moves is not None:
            return moves.times
        return joined([self.parts[part].read(("occurred_at",), start, stop).column(0)], BIG)

    def _kept_moves(self, part: int, start: int, stop: int) -> Moves | None:
        if part in self._moves:
            return self._moves[part].slice(start, stop)
        name = self.parts[part].name
        return self._cache.moves(name, start, stop) if self._cache is not None and name else None

    def rows(self, part: int) -> PartRows:
        """The ids of a part's messages."""
        if part not in self._rows:
            name = self.parts[part].name
            rows = self._cache.rows(name) if self._cache is not None and name else None
            if rows is not None:
                self._rows[part] = rows
            else:
                self.summary(part)
        return self._rows[part]

    def summary(self, number: int) -> PartSummary:
        """The summary of a part. Raises DamagedFileError."""
        part = self.parts[number]
        cache = self._cache if part.name else None
        summary = cache.summary(part.name) if cache is not None else None
        if summary is None:
            summary, _ = self._summarise(number)
        self._rows[number] = summary.rows
        return summary

    def _summarise(self, number: int) -> tuple[PartSummary, Moves]:
        """Read a part's ids. What the cache does not keep is kept here."""
        part = self.parts[number]
        summary, moves = summarise(part)
        is_kept = (
            self._cache is not None
            and part.name
            and self._cache.keep_summary(part.name, summary, moves, part.stretches())
        )
        if not is_kept:
            self._moves[number] = moves
        self._rows[number] = summary.rows
        return summary, moves

    def places(self, part: int) -> IdPlaces:
        """Where each id of a part is. Raises DamagedFileError."""
        if part not in self._places:
            name = self.parts[part].name
            places = self._cache.places(name) if self._cache is not None and name else None
            if places is None:
                places = places_of(self.rows(part))
                if self._cache is not None and name:
                    self._cache.keep_places(name, places)
            self._places[part] = places
        return self._places[part]

    def times(self, part: int) -> Any:
        """When each message of a part occurred. Raises DamagedFileError."""
        if part not in self._times:
            self._times[part] = self.moves(part, 0, self.parts[part].messages).times
        return self._times[part]

    def times_at(self, part: int, rows: Any) -> Any:
        """When the messages in some rows of a part occurred. What it reads is not kept. Raises DamagedFileError."""
        if part in self._times or part in self._moves:
            return self.times(part).take(rows)
        return joined([self.parts[part].take(("occurred_at",), rows).column("occurred_at")])

    def load_places(self, parts: Iterable[int]) -> None:
        """Have the rows, places and times of several parts read at a time. Raises DamagedFileError."""
        missing = [part for part in parts if part not in self._places]
        if len(missing) > 1:
            with ThreadPoolExecutor(_THREADS) as pool:  # what reads and checks files releases the interpreter's lock
                list(pool.map(self.rows, missing))
                list(pool.map(self.places, missing))
                list(pool.map(self.times, missing))

    def names(self, part: Any, row: Any) -> tuple[Any, Any]:
        """The sources and message ids of messages, by the numbers of their parts and rows; null where those are."""
        is_there = part.is_valid()
        table = fetch(self.parts, part.filter(is_there), row.filter(is_there), _NAME)
        place = pc.if_else(is_there, pc.subtract(pc.cumulative_sum(is_there.cast(INT)), 1), None)
        source, message_id = (joined([table.column(name)], _TEXT).take(place) for name in _NAME)
        return source, message_id
