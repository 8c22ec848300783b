"""Part: stored messages that are read together, by columns: a sealed file, or the tail of the journal.

The rows of a part are in the order of `footfall.storage.parquet.order`: by event, type, device and time. So the
messages of an event and type are one stretch of rows, and a reader takes no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from footfall.plan.model import TRAITS_OF, PropertyType

if TYPE_CHECKING:
    import pyarrow

__all__ = ["MEMBERS", "Leaf", "Part", "Stretch", "TypedColumn", "member_of"]

MEMBERS = ("properties", "context", "all_traits", "marks", "shared_context")
"""Columns that each part has besides `seq` and those of `footfall.storage.columns`: JSON text of an object, or null.

`properties` and `context` are members of the message, as they were received. `shared_context` is the context, and may
be without what footfall's client says of itself: it may be a dictionary array, of few texts where many messages share
one. `all_traits` is what an identify or group
sets: the column `traits` where there is one, else the message's own `traits`. `marks` are those members of the context,
or of that of its batch, by which bots and own people are known: see `footfall.storage.parquet.marks`.

Besides these there are `client_id` and `client_seq`, by which footfall's clients number their messages.
"""


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """The rows of a part that have this type and event: from `start` on, and before `stop`.

    Their `occurred_at` is from `first` to `last`, both among them.
    """

    type: str
    event: str | None
    start: int
    stop: int
    first: int
    last: int


def member_of(stretch: Stretch) -> str:
    """The one of MEMBERS that has what a message of this type says: its traits or its properties."""
    return "all_traits" if stretch.type in TRAITS_OF else "properties"


class Leaf(NamedTuple):
    """A scalar in the properties of an event, or in the traits of an identify or group.

    `path` has the keys to it on the wire. `type` is the plan's type of its values there: no object, list or union.
    """

    path: tuple[str, ...]
    type: PropertyType


class TypedColumn(NamedTuple):
    """The values of a leaf, row by row: null where it is absent or null.

    They are int64, boolean, string, or, of a number or decimal, decimals of any scale; of the type null where there is
    none. `texts` has the JSON text of what is no value of the type, or has too many digits for the column; None where
    there is no such. What has a text has no value.
    """

    values: Any
    texts: Any


class Part(Protocol):
    """Stored messages in a fixed order of rows. Any thread may read. Every method raises DamagedFileError.

    `name` is the SHA-256 of a sealed file, "" of what lies in memory. `messages` is the number of rows.
    """

    @property
    def name(self) -> str: ...

    @property
    def messages(self) -> int: ...

    def stretches(self) -> Sequence[Stretch]:
        """One for each event and type, in the order of rows; together they have all rows."""
        ...

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> pyarrow.Table:
        """These columns of the rows from `start` on and before `stop`, or to the end.

        Columns are `seq`, those of `footfall.storage.columns`, and MEMBERS. Numbers and times are int64 (microseconds
        since 1970 UTC), JSON of `columns` is binary, all else is string.
        """
        ...

    def take(self, columns: Sequence[str], rows: pyarrow.Array) -> pyarrow.Table:
        """The same of some rows, an array of their numbers: in this order, which may be any. They may repeat."""
        ...

    def typed(self, stretch: Stretch, leaves: Sequence[Leaf]) -> Sequence[TypedColumn]:
        """For each leaf its values in the rows of a stretch.

        They are the same whether the part has a column of the leaf or reads it out of `properties` or `all_traits` now.
        """
        ...
