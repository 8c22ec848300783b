"""Bursts of page views: which of the stored ones came faster than a person can open pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from footfall.storage.part import Part
from footfall.web.bursts import BURSTS, in_burst

# pyarrow, and what reads columns by it, loads with the first dataset.
if TYPE_CHECKING:
    from footfall.analytics.persons import Persons

__all__ = ["bursts_of"]


def bursts_of(parts: Sequence[Part], numbers: Sequence[int], persons: Persons) -> Mapping[int, Any]:
    """By the number of a part, which of its rows are page views in a burst, as an Arrow mask; of parts with any.

    Only the parts of these numbers are looked at. A visitor is a person, whatever the browser. Raises DamagedFileError.
    """
    import pyarrow
    import pyarrow.compute as pc

    pieces = [_views(parts[number], number, persons) for number in numbers]
    views = pyarrow.concat_tables([piece for piece in pieces if piece is not None] or [_schema().empty_table()])
    views = views.filter(views.column("person").is_valid())
    views = views.sort_by([("person", "ascending"), ("at", "ascending")]).combine_chunks()
    visitors = _visitors_in_bursts(views)
    if not len(visitors):
        return {}
    views = views.filter(pc.is_in(views.column("person"), value_set=visitors))
    rows: dict[int, list[int]] = {}
    for visitor in visitors.to_pylist():
        theirs = views.filter(pc.equal(views.column("person"), visitor))
        answers = in_burst(theirs.column("at").to_pylist())
        places = zip(theirs.column("part").to_pylist(), theirs.column("row").to_pylist(), answers, strict=True)
        for part, row, is_in_burst in places:
            if is_in_burst:
                rows.setdefault(part, []).append(row)
    return {part: _mask(sorted(of_part), parts[part].messages) for part, of_part in rows.items()}


def _schema() -> Any:
    import pyarrow

    types = {"person": pyarrow.int32(), "at": pyarrow.int64(), "part": pyarrow.int32(), "row": pyarrow.int64()}
    return pyarrow.schema(types)


def _views(part: Part, number: int, persons: Persons) -> Any:
    """The page views of a part: whose each is, when it was, and which row of which part."""
    import pyarrow

    tables = []
    for stretch in part.stretches():
        if stretch.type == "page":
            rows = range(stretch.start, stretch.stop)
            columns = {
                "person": persons.column(number, stretch.start, stretch.stop),
                "at": part.read(["occurred_at"], stretch.start, stretch.stop).column(0),
                "part": pyarrow.repeat(pyarrow.scalar(number, pyarrow.int32()), len(rows)),
                "row": pyarrow.array(rows, pyarrow.int64()),
            }
            tables.append(pyarrow.table(columns, schema=_schema()))
    return pyarrow.concat_tables(tables) if tables else None


def _visitors_in_bursts(views: Any) -> Any:
    """The persons with a burst, of views in the order of persons and times."""
    import pyarrow
    import pyarrow.compute as pc

    person, at = (views.column(name).combine_chunks() for name in ("person", "at"))
    visitors = pyarrow.array([], pyarrow.int32())
    for number, window in BURSTS:
        few = len(views) - number + 1
        if few > 0:
            is_one = pc.equal(person.slice(0, few), person.slice(number - 1))
            is_fast = pc.less(pc.subtract(at.slice(number - 1), at.slice(0, few)), window)
            visitors = pyarrow.concat_arrays([visitors, person.slice(0, few).filter(pc.and_(is_one, is_fast))])
    return visitors.unique()


def _mask(rows: Sequence[int], messages: int) -> Any:
    import pyarrow
    import pyarrow.compute as pc

    every = pyarrow.array(range(messages), pyarrow.int64())
    return pc.is_in(every, value_set=pyarrow.array(rows, pyarrow.int64()))
