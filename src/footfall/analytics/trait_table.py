"""Makes a table of persons with chosen traits of theirs: the latest value of each, as `footfall person show` has it.

The last message that names a trait counts, by (occurred_at, source, message_id), also where it says null.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow

from footfall.analytics.engine import hand_over
from footfall.analytics.persons import Persons
from footfall.analytics.planned_values import Planned
from footfall.analytics.properties import PropertyColumn, Values, joined, raw_members, read_texts
from footfall.storage.part import Part

if TYPE_CHECKING:
    import duckdb

__all__ = ["TraitTable", "make_trait_table"]

_SAID = ("occurred_at", "source", "message_id")
_TEXT = pyarrow.string()
_TYPES = {"person": pyarrow.int32(), "occurred_at": pyarrow.int64(), "source": _TEXT, "message_id": _TEXT}


class TraitTable(NamedTuple):
    """A table with a row for each person that has any of some traits, and the column of each, by its name."""

    name: str
    columns: Mapping[str, PropertyColumn]


class _Piece(NamedTuple):
    """The messages of a stretch that name a trait: a table of _TYPES, and their values."""

    fixed: Any
    values: Sequence[Values]


def make_trait_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    parts: Sequence[Part],
    persons: Persons,
    wanted: Sequence[Planned],
    before: int | None = None,
) -> TraitTable:
    """Make the table `name`, of what was said before a moment (microseconds since 1970 UTC), None for all.

    Raises DamagedFileError.
    """
    by_trait: dict[str, list[Planned]] = defaultdict(list)
    for value in wanted:
        by_trait[value.keys[0]].append(value)
    columns: dict[str, PropertyColumn] = {}
    tables = []
    for number, (trait, values) in enumerate(by_trait.items()):
        pieces = [piece for place, part in enumerate(parts) for piece in _read(part, place, persons, trait, values)]
        table, of_trait = _joined(values, pieces, f"t{number}_")
        columns |= of_trait
        until = "TRUE" if before is None else f"occurred_at < {before}"
        ordered = ", ".join(f"{column} DESC" for column in _SAID)
        tables.append(f"{name}_{number}")
        hand_over(
            connection,
            table,
            f"CREATE TABLE {tables[-1]} AS SELECT * EXCLUDE ({', '.join(_SAID)}) FROM handed "
            f"WHERE person IS NOT NULL AND {until} "
            f"QUALIFY row_number() OVER (PARTITION BY person ORDER BY {ordered}) = 1",
        )
    joins = " ".join(f"FULL JOIN {table} USING (person)" for table in tables[1:])
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {tables[0]} {joins}")
    return TraitTable(name, columns)


def _read(part: Part, number: int, persons: Persons, trait: str, wanted: Sequence[Planned]) -> list[_Piece]:
    """What the messages of a part say of one trait, without those that do not name it."""
    pieces = []
    for stretch in part.stretches():
        if stretch.type == "identify":
            table = part.read(("all_traits", *_SAID), stretch.start, stretch.stop)
            (raws,) = raw_members([(trait,)], table.column(0))
            is_named = pyarrow.array([bool(raw) for raw in raws], pyarrow.bool_())
            column = persons.column(number, stretch.start, stretch.stop)
            named = table.append_column("person", column).filter(is_named)
            texts = named.column("all_traits").combine_chunks()
            pieces.append(_Piece(named.select([*_TYPES]), read_texts(wanted, texts)))
    return pieces


def _joined(wanted: Sequence[Planned], pieces: Sequence[_Piece], prefix: str) -> tuple[Any, dict[str, PropertyColumn]]:
    arrays: dict[str, Any] = {
        name: pyarrow.chunked_array([chunk for piece in pieces for chunk in piece.fixed.column(name).chunks], type_)
        for name, type_ in _TYPES.items()
    }
    columns = {}
    for place, value in enumerate(wanted):
        of_value, columns[value.name] = joined(value, [piece.values[place] for piece in pieces], f"{prefix}p{place}")
        arrays |= of_value
    return pyarrow.table(arrays), columns
