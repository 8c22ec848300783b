"""PartSummary: what identity needs to know of one part, worked out once and then kept by the part's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import constant, flags, integer, joined, least, positions
from footfall.analytics.persons.subjects import Moves, subjects_of
from footfall.analytics.persons.usable import usable
from footfall.storage.part import Part

__all__ = [
    "ALONE", "ANONYMOUS", "PRODUCT", "STREAM", "USER", "PartRows", "PartSummary", "has_role", "is_of_type",
    "rows_of_type", "summarise",
]  # fmt: skip

USER, ANONYMOUS, ALONE, STREAM, PRODUCT = 1, 2, 4, 8, 16
"""Bits of how an id was seen: as a user id; as an anonymous id; as the anonymous id of a message without any other id;
as the device id of a message without a user id; as any device id."""

_UINT8 = pyarrow.uint8()


class PartRows(NamedTuple):
    """The ids of a part's messages, as numbers of the part's own list of ids.

    `ids` has the columns user, anonymous and device, a row for each message, null where it has no usable id. `aliases`
    has the columns row and previous, for each alias with a usable previous id.
    """

    ids: Any
    aliases: Any

    def pairs(self) -> tuple[Any, Any, Any]:
        """Of the aliases with both of their ids the rows, the previous ids and the users."""
        row, previous = (joined([self.aliases.column(name)]) for name in ("row", "previous"))
        user = joined([self.ids.column("user")]).take(row)
        is_whole = user.is_valid()
        return row.filter(is_whole), previous.filter(is_whole), user.filter(is_whole)


class PartSummary(NamedTuple):
    """A part, as identity sees it.

    `ids` are its distinct usable ids as they are compared, `roles` the bits of how each was seen. `claims` has a row
    for each pair of a device and a user that was identified on it, with the earliest message that says so: device,
    user, at, row; several rows where several messages say so at that time.
    """

    rows: PartRows
    ids: Any
    roles: Any
    claims: Any


def has_role(roles: Any, bit: int) -> Any:
    """For each of some roles, whether it has the bit."""
    return pc.not_equal(pc.bit_wise_and(roles, integer(bit, roles.type)), integer(0, roles.type))


def rows_of_type(part: Part, type_: str) -> Any:
    """The numbers of a part's rows that are messages of one type."""
    stretches = [stretch for stretch in part.stretches() if stretch.type == type_]
    return joined([positions(stretch.stop).slice(stretch.start) for stretch in stretches])


def is_of_type(part: Part, type_: str, rows: Any) -> Any:
    """Of each of some rows whether it is a message of one type."""
    is_it = constant(value=False, size=len(rows), type_=pyarrow.bool_())
    for stretch in part.stretches():
        if stretch.type == type_:
            is_here = pc.and_(pc.greater_equal(rows, stretch.start), pc.less(rows, stretch.stop))
            is_it = pc.or_(is_it, is_here)
    return is_it


def summarise(part: Part) -> tuple[PartSummary, Moves]:
    """Read a part's ids and times, and nothing else of it: its summary, and who did what when.

    Raises DamagedFileError.
    """
    table = part.read(("user_id", "anonymous_id", "device_id", "previous_id", "occurred_at"))
    columns = [joined([table.column(name)], pyarrow.string()) for name in ("user_id", "anonymous_id", "device_id")]
    of_aliases = rows_of_type(part, "alias")
    columns.append(joined([table.column("previous_id")], pyarrow.string()).take(of_aliases))
    ids, (user, anonymous, device, previous) = _numbered(columns)
    is_usable = previous.is_valid()
    rows = PartRows(
        pyarrow.table({"user": user, "anonymous": anonymous, "device": device}),
        pyarrow.table({"row": of_aliases.filter(is_usable), "previous": previous.filter(is_usable)}),
    )
    times = joined([table.column("occurred_at")], pyarrow.int64())
    moves = Moves(subjects_of(rows.ids, len(ids)), times)
    return PartSummary(rows, ids, _roles(rows, len(ids)), _claims(rows, times)), moves


def _numbered(columns: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The distinct usable ids of some columns of texts, and those columns as numbers in that list."""
    encoded = [column.dictionary_encode() for column in columns]
    compared = usable(pyarrow.concat_arrays([column.dictionary for column in encoded])).dictionary_encode()
    numbers, start = [], 0
    for column in encoded:
        numbers.append(compared.indices.slice(start, len(column.dictionary)).take(column.indices))
        start += len(column.dictionary)
    return compared.dictionary, numbers


def _roles(rows: PartRows, size: int) -> Any:
    user, anonymous, device = (joined([column]) for column in rows.ids.columns)
    no_user = user.is_null()
    roles = pyarrow.repeat(pyarrow.scalar(0, _UINT8), size)
    for bit, numbers in (
        (USER, user),
        (ANONYMOUS, anonymous),
        (ALONE, anonymous.filter(pc.and_(no_user, device.is_null()))),
        (STREAM, device.filter(no_user)),
        (PRODUCT, device),
    ):
        roles = pc.bit_wise_or(roles, pc.multiply(flags(size, numbers.drop_null()).cast(_UINT8), _scalar(bit)))
    return roles


def _claims(rows: PartRows, times: Any) -> Any:
    user, anonymous = (joined([rows.ids.column(name)]) for name in ("user", "anonymous"))
    both = positions(len(user)).filter(pc.and_(user.is_valid(), anonymous.is_valid()))
    row, previous, _ = rows.pairs()
    # SDKs alias the anonymous id of a browser, so an alias also says who uses the device of that name.
    is_other = pc.fill_null(pc.not_equal(previous, anonymous.take(row)), True)
    row = joined([both, row.filter(is_other)])
    device = joined([anonymous.take(both), previous.filter(is_other)])
    claims = pyarrow.table({"device": device, "user": user.take(row), "at": times.take(row), "row": row})
    return least(claims, ("device", "user"), "at")


def _scalar(bit: int) -> Any:
    return pyarrow.scalar(bit, _UINT8)
