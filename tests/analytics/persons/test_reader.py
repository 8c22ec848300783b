"""The reader of parts reads what it is asked for, and the rows of a part once."""

from __future__ import annotations

import pyarrow
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.persons.parts import ListPart

from footfall.analytics.persons.arrays import INT
from footfall.analytics.persons.reader import PartReader
from footfall.identity.attribution import Observation

PARTS = [
    ListPart([Observation(source, f"m{number}", "page", number, None, "a1") for number in range(4)])
    for source in ("web", "app", "gateway")
]
places = st.one_of(st.none(), st.tuples(st.integers(0, 2), st.integers(0, 3)))


@given(st.lists(places, max_size=20))
def test_messages_are_named_by_part_and_row_in_the_order_asked(asked: list[tuple[int, int] | None]) -> None:
    reader = PartReader(PARTS, None, {})
    part, row = (pyarrow.array([place and place[side] for place in asked], INT) for side in (0, 1))

    source, message_id = reader.names(part, row)

    names = [part.read(["source", "message_id"]).to_pylist() for part in PARTS]
    expected = [place and tuple(names[place[0]][place[1]].values()) for place in asked]
    assert [pair if pair[0] else None for pair in zip(source.to_pylist(), message_id.to_pylist(), strict=True)] == (
        expected
    )


def test_only_parts_and_rows_that_are_asked_for_are_read() -> None:
    parts = [ListPart([Observation("web", f"m{row}", "page", row, None, "a1") for row in range(4)]) for _ in range(2)]
    PartReader(parts, None, {}).names(pyarrow.array([1], INT), pyarrow.array([2], INT))

    assert [part.reads for part in parts] == [[], [("source", "message_id")]]


def test_the_rows_of_a_part_are_read_once() -> None:
    part = ListPart([Observation("web", "m1", "page", 1, "ann", "a1")])
    reader = PartReader([part], None, {})

    assert reader.rows(0) is reader.rows(0)
    assert len(part.reads) == 1


def test_the_moves_of_any_rows_of_a_part_are_read_once() -> None:
    part = ListPart([Observation("web", f"m{row}", "page", row, "ann" if row % 2 else None, "a1") for row in range(4)])
    reader = PartReader([part], None, {})
    order = part.read(("occurred_at",)).column(0).to_pylist()
    part.reads.clear()

    moves = reader.moves(0, 1, 3)

    assert moves.times.to_pylist() == order[1:3]
    assert reader.moves(0, 0, 4).slice(1, 3) == moves
    assert len(part.reads) == 1


def test_a_reader_of_more_parts_keeps_the_rows_of_those_before() -> None:
    parts = [ListPart([Observation("web", f"m{number}", "page", 1, "ann", "a1")]) for number in range(2)]
    reader = PartReader(parts[:1], None, {})
    reader.rows(0)
    more = reader.with_parts(parts[1:])
    more.rows(0)
    more.rows(1)

    assert [len(part.reads) for part in parts] == [1, 1]


def test_times_are_those_of_the_moves_and_no_id_is_read_for_them() -> None:
    part = ListPart([Observation("web", f"m{row}", "page", row, "ann", "a1") for row in range(4)])
    reader = PartReader([part], None, {})

    times = reader.times_between(0, 1, 3)

    assert part.reads == [("occurred_at",)]
    assert times == reader.moves(0, 1, 3).times == reader.times_between(0, 1, 3)
