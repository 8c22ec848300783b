"""IdIndex: what a dictionary says of a few ids, without a look at all of them, for batches that follow one another."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from typing import Any, NamedTuple, Self

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, constant, joined, least
from footfall.analytics.persons.dictionary import IdDictionary

__all__ = ["IdIndex", "RowIndex"]

_GROWTH = 8  # a list of rows is made anew when a column has an eighth more
_SMALL = 1_000  # rows that are looked through rather than listed


class RowIndex:
    """Where each number is in a column that only grows at its end. `size` rows are in lists; later ones are read."""

    def __init__(self, column: Any) -> None:
        numbers = joined([column])
        counts = pc.value_counts(numbers)
        size = (pc.max(numbers).as_py() or 0) + 1
        sizes = pc.scatter(counts.field("counts").cast(INT), counts.field("values"), max_index=size - 1)
        ends = pyarrow.concat_arrays([constant(0, 1), pc.cumulative_sum(pc.fill_null(sizes, 0))])
        self._rows = pyarrow.ListArray.from_arrays(ends, pc.sort_indices(numbers).cast(INT))
        self.size = len(numbers)

    def places(self, column: Any, numbers: Any) -> Any:
        """Where the column has any of some distinct numbers: an int32 array."""
        places = pc.indices_nonzero(pc.is_in(column.slice(self.size), value_set=numbers)).cast(INT)
        return pyarrow.concat_arrays([self._listed(numbers), pc.add(places, pyarrow.scalar(self.size, INT))])

    def rows(self, table: Any, column: str, numbers: Any) -> Any:
        """The rows of a table that have any of some distinct numbers in this column, of that name."""
        later = table.slice(self.size)
        later = later.filter(pc.is_in(later.column(column), value_set=numbers))
        return pyarrow.concat_tables([table.slice(0, self.size).take(self._listed(numbers)), later])

    def _listed(self, numbers: Any) -> Any:
        return self._rows.take(numbers.filter(pc.less(numbers, pyarrow.scalar(len(self._rows), INT)))).flatten()

    def renewed(self, column: Any) -> RowIndex:
        """The index of the same column, with its later rows in lists where they are many."""
        return RowIndex(column) if len(column) - self.size > max(self.size // _GROWTH, _SMALL) else self


class IdIndex(NamedTuple):
    """`numbers` has the number of each id, `maps` where each is in all maps, `devices` and `users` in the claims.

    `numbers` is the same in the index of a longer dictionary, which adds to it: see `fits`.
    """

    numbers: dict[str, int]
    maps: RowIndex
    devices: RowIndex
    users: RowIndex

    @classmethod
    def of(cls, dictionary: IdDictionary) -> Self:
        """The index of a dictionary."""
        claims = dictionary.claims
        return cls(
            dict(zip(dictionary.ids.to_pylist(), itertools.count(), strict=False)),
            RowIndex(_all_of(dictionary)),
            *(RowIndex(claims.column(name)) for name in ("device", "user")),
        )

    def fits(self, dictionary: IdDictionary) -> bool:
        """Whether no other dictionary has grown out of this one, and has added its ids."""
        return len(self.numbers) == len(dictionary.ids)

    def grown(self, before: IdDictionary, after: IdDictionary) -> tuple[IdDictionary, Self]:
        """A dictionary that has grown out of `before` in few places, with fewer claims, and its index."""
        first = len(before.ids)
        self.numbers.update(zip(after.ids.slice(first).to_pylist(), itertools.count(first), strict=False))
        index = self._replace(maps=self.maps.renewed(_all_of(after)))
        if index.devices.renewed(after.claims.column("device")) is not index.devices:
            after = after._replace(claims=least(after.claims, ("device", "user"), "at").combine_chunks())
            index = index._replace(
                devices=RowIndex(after.claims.column("device")), users=RowIndex(after.claims.column("user"))
            )
        return after, index

    def by_part(self, dictionary: IdDictionary, ids: Any) -> dict[int, list[int]]:
        """The parts that have any of some ids, each with the numbers that the part has for them."""
        ends = list(itertools.accumulate(map(len, dictionary.maps)))
        parts: dict[int, list[int]] = {}
        for place in self.maps.places(_all_of(dictionary), ids).to_pylist() if len(ids) else ():
            part = bisect_right(ends, place)
            parts.setdefault(part, []).append(place - (ends[part - 1] if part else 0))
        return dict(sorted(parts.items()))


def _all_of(dictionary: IdDictionary) -> Any:
    return pyarrow.chunked_array(dictionary.maps, INT)
