"""Columns of numbers: each function against what a loop over lists says."""

from __future__ import annotations

import pyarrow
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.analytics.persons.arrays import (
    BIG,
    FALSE,
    INT,
    constant,
    ends_of_runs,
    few_true,
    flags,
    integer,
    is_as_before,
    joined,
    least,
    none,
    paired,
    patched,
    positions,
    shifted,
)

numbers = st.integers(0, 2**31 - 1)
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(-3, 3)), max_size=20)


def ints(values: list[int]) -> pyarrow.Array:
    return pyarrow.array(values, INT)


@given(st.sampled_from([(pyarrow.uint8(), 0, 255), (INT, -(2**31), 2**31 - 1), (BIG, -(2**63), 2**63 - 1)]), st.data())
def test_scalars_and_arrays_without_a_value_are_those_of_arrow(
    limits: tuple[pyarrow.DataType, int, int], data: st.DataObject
) -> None:
    type_, low, high = limits
    value = data.draw(st.sampled_from([low, 0, high]) | st.integers(low, high))

    assert integer(value, type_) == pyarrow.scalar(value, type_)
    assert none(type_) == pyarrow.array([], type_)
    assert pyarrow.scalar(value=False) == FALSE


@given(st.integers(0, 50))
def test_positions_count_from_nought(size: int) -> None:
    assert positions(size).to_pylist() == list(range(size))
    assert constant(7, size).to_pylist() == [7] * size


@given(st.integers(1, 30), st.data())
def test_flags_are_true_at_their_indices_alone(size: int, data: st.DataObject) -> None:
    indices = data.draw(st.lists(st.integers(0, size - 1), max_size=40))

    assert flags(size, ints(indices)).to_pylist() == [place in indices for place in range(size)]


@given(st.integers(0, 300), st.sets(st.integers(0, 299)), st.integers(0, 3))
def test_the_few_true_places_of_a_mask_are_all_of_them(size: int, true: set[int], start: int) -> None:
    mask = pyarrow.array([place in true for place in range(size)], pyarrow.bool_()).slice(start)

    assert few_true(mask) == [place - start for place in sorted(true) if start <= place < size]


@given(st.lists(numbers, min_size=1, max_size=30), st.data())
def test_a_patched_column_has_new_values_at_some_places(column: list[int], data: st.DataObject) -> None:
    patches = data.draw(st.dictionaries(st.integers(0, len(column) - 1), numbers))

    answer = patched(ints(column), ints(list(patches)), ints(list(patches.values()))).to_pylist()

    assert answer == [patches.get(place, value) for place, value in enumerate(column)]


@given(st.lists(numbers, max_size=30), st.one_of(st.none(), numbers))
def test_a_shifted_column_begins_with_what_is_given(column: list[int], first: int | None) -> None:
    assert shifted(ints(column), first).to_pylist() == [first, *column][: len(column)]


@given(st.lists(st.lists(numbers, max_size=5), max_size=5))
def test_joined_columns_keep_their_values_in_order(columns: list[list[int]]) -> None:
    flat = [value for column in columns for value in column]

    assert joined([ints(column) for column in columns]).to_pylist() == flat
    assert joined([pyarrow.chunked_array([ints(column) for column in columns], INT)]).to_pylist() == flat


@given(st.lists(st.tuples(numbers, numbers), max_size=20))
def test_pairs_differ_where_a_number_does_and_can_be_taken_apart(pairs: list[tuple[int, int]]) -> None:
    first, second = (ints([pair[side] for pair in pairs]) for side in (0, 1))

    assert [(pair >> 32, pair & (2**32 - 1)) for pair in paired(first, second).to_pylist()] == pairs


@settings(max_examples=30)
@given(rows)
def test_the_least_rows_of_each_pair_are_kept_with_all_that_tie(table: list[tuple[int, int, int]]) -> None:
    columns = {name: ints([row[place] for row in table]) for place, name in enumerate(("a", "b", "c"))}

    kept = least(pyarrow.table(columns), ("a", "b"), "c").to_pylist()

    lowest = {(a, b): min(row[2] for row in table if row[:2] == (a, b)) for a, b, _ in table}
    assert [tuple(row.values()) for row in kept] == [row for row in table if row[2] == lowest[row[:2]]]


@given(st.lists(st.tuples(st.sampled_from([None, 0, 1]), st.integers(0, 1)), max_size=12))
def test_a_row_is_as_before_where_all_of_its_numbers_are(table: list[tuple[int | None, int]]) -> None:
    columns = [pyarrow.array([row[place] for row in table], INT) for place in (0, 1)]

    expected = [number > 0 and table[number - 1] == row for number, row in enumerate(table)]
    assert is_as_before(columns).to_pylist() == expected


@given(st.lists(st.integers(0, 2), max_size=12))
def test_runs_of_equal_numbers_begin_and_end_where_they_change(column: list[int]) -> None:
    first, last = (ends.to_pylist() for ends in ends_of_runs(ints(column)))

    size = len(column)
    assert first == [place for place in range(size) if place == 0 or column[place - 1] != column[place]]
    assert last == [place for place in range(size) if place == size - 1 or column[place + 1] != column[place]]
