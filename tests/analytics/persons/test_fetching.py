"""Columns of single messages come in the order in which they were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry

from footfall.analytics.persons.fetching import fetch
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


def test_each_part_is_read_once_and_for_its_own_rows() -> None:
    rows: list[list[int]] = []

    class Watched(TablePart):
        def take(self, columns: Sequence[str], rows_: Any) -> Any:
            rows.append(rows_.to_pylist())
            return super().take(columns, rows_)

    parts = [Watched([table_of(ENTRIES[start : start + 3])]) for start in (0, 3, 6)]
    fetch(parts, pyarrow.array([2, 0, 2], pyarrow.int32()), pyarrow.array([1, 2, 0], pyarrow.int32()), ("seq",))

    assert sorted(rows) == [[1, 0], [2]]
