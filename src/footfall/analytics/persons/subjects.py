"""Subjects: the one id by which each message of a part is somebody's, as a number that no other part changes.

Of a part with n ids, id i is the subject i where it is the user of a message, n + i where it is the anonymous id, and
2n + i where it is the connected product; 3n is nobody. So whose all rows are is one look at a short list, which is made
anew when the dictionary of all parts changes (`IdDictionary.persons_by_subject`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, joined

__all__ = ["Moves", "subjects_of"]


class Moves(NamedTuple):
    """Who did something when: of each row the subject (int32) and `occurred_at` (int64), neither of them null."""

    subjects: Any
    times: Any

    def slice(self, start: int, stop: int) -> Moves:
        """Those of some rows."""
        return Moves(*(column.slice(start, stop - start) for column in self))


def subjects_of(ids: Any, size: int) -> Any:
    """The subject of each row of the table `ids` (see `PartRows`), whose part has `size` ids."""
    user, anonymous, device = (joined([ids.column(name)]) for name in ("user", "anonymous", "device"))
    visitor, product = (pc.add(column, pyarrow.scalar(base, INT)) for column, base in
                        ((anonymous, size), (device, 2 * size)))  # fmt: skip
    return pc.coalesce(user, product, visitor, pyarrow.scalar(3 * size, INT))
