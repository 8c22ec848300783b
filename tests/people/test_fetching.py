"""Columns of single messages come in the order in which they were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry

from footfall.people.fetching import fetch
from footfall.storage.parquet.table_part import TablePart, table_of

ENTRIES = [make_entry(seq, "seen", seq, user="ann") for seq in range(1, 5_001)]
PARTS = [TablePart([table_of(ENTRIES[:2_500])]), TablePart([table_of(ENTRIES[2_500:])])]
WHERE = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2_499)), max_size=8)


def fetched(where: Sequence[tuple[int, int]]) -> list[int]:
    part, row = (pyarrow.array([place[side] for place in where], pyarrow.int32()) for side in (0, 1))
    seqs: list[int] = fetch(PARTS, part, row, ("seq", "message_id")).column("seq").to_pylist()
    return seqs


@given(WHERE)
def test_each_message_is_the_one_of_its_place(where: list[tuple[int, int]]) -> None:
    assert fetched(where) == [part * 2_500 + row + 1 for part, row in where]


@pytest.mark.parametrize(("column", "expected"), [("body", [(3, 10), (2_400, 2_401)]), ("occurred_at", [(3, 2_401)])])
def test_bodies_that_are_far_apart_are_read_apart_and_what_is_stored_in_groups_together(
    column: str, expected: list[tuple[int, int]]
) -> None:
    ranges: list[tuple[int, int | None]] = []

    class Watched(TablePart):
        def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
            ranges.append((start, stop))
            return super().read(columns, start, stop)

    part = Watched([table_of(ENTRIES[:2_500])])
    fetch([part], pyarrow.array([0, 0, 0], pyarrow.int32()), pyarrow.array([2_400, 3, 9], pyarrow.int32()), (column,))

    assert sorted(ranges) == expected
