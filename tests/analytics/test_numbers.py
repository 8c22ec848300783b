"""Numbers of many parts get one type, which follows from the numbers alone, and not from how they were kept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from footfall.analytics.numbers import Numbers, joined_numbers, shortest


def column(values: Sequence[Decimal | int | None], type_: Any) -> Any:
    return pyarrow.chunked_array([pyarrow.array(values, type_)])


def decimals(values: Sequence[Decimal | None], scale: int) -> Numbers:
    return Numbers(column(values, pyarrow.decimal128(38, scale)), {})


def test_the_scale_is_what_the_values_need_and_the_least_one() -> None:
    joined, fits, scale = joined_numbers([decimals([Decimal("1.500")], 5), decimals([None], 7)], 0)

    assert (joined.to_pylist(), fits, scale) == ([Decimal("1.5"), None], True, 1)
    assert joined_numbers([decimals([Decimal(1)], 0)], 2)[2] == 2


def test_whole_numbers_join_with_decimals_and_with_nothing() -> None:
    pieces = [
        Numbers(column([7], pyarrow.int64()), {}), decimals([Decimal("0.25")], 2),
        Numbers(column([None], pyarrow.null()), {}),
    ]  # fmt: skip

    assert joined_numbers(pieces, 0)[0].to_pylist() == [Decimal(7), Decimal("0.25"), None]


def test_numbers_beside_a_column_are_put_in_their_rows() -> None:
    piece = Numbers(column([1, None, None], pyarrow.int64()), {2: Decimal("1E+25")})

    assert joined_numbers([piece], 0) == (
        pyarrow.chunked_array([pyarrow.array([Decimal(1), None, Decimal(10**25)], pyarrow.decimal128(38, 0))]), True, 0,
    )  # fmt: skip


def test_numbers_of_more_than_38_digits_are_their_shortest_texts() -> None:
    pieces = [Numbers(column([None], pyarrow.null()), {0: Decimal("1" * 40)}), decimals([Decimal("0.10")], 2)]

    joined, fits, scale = joined_numbers(pieces, 2)

    assert (joined.to_pylist(), fits, scale) == (["1" * 40 + "E0", "1E-1"], False, 0)


def test_no_numbers_are_a_column_of_decimals() -> None:
    joined, fits, scale = joined_numbers([], 2)

    assert (joined.type, len(joined), fits, scale) == (pyarrow.decimal128(38, 2), 0, True, 2)


DECIMALS = st.decimals(-(10**15), 10**15, places=6, allow_nan=False)
CUTS = st.lists(st.lists(DECIMALS | st.none(), max_size=4), max_size=4)


@given(cuts=CUTS, scale=st.integers(0, 3), wide=st.booleans())
def test_the_column_is_the_same_however_the_numbers_are_cut(
    cuts: list[list[Decimal | None]], scale: int, wide: bool
) -> None:
    others = [Numbers(column([None], pyarrow.null()), {0: Decimal("1" * 40)})] if wide else []
    every = [value for cut in cuts for value in cut]

    apart = joined_numbers([*(decimals(cut, 6 + number) for number, cut in enumerate(cuts)), *others], scale)
    kept_beside = [
        Numbers(column([None] * len(cut), pyarrow.null()), {row: v for row, v in enumerate(cut) if v is not None})
        for cut in cuts
    ]

    assert apart[0].to_pylist() == joined_numbers([decimals(every, 9), *others], scale)[0].to_pylist()
    assert apart[1:] == joined_numbers([*kept_beside, *others], scale)[1:]
    assert apart[0].to_pylist() == joined_numbers([*kept_beside, *others], scale)[0].to_pylist()


def test_cuts_with_a_number_of_six_decimals_are_drawn() -> None:
    find(CUTS, lambda cuts: any(value and value.normalize().as_tuple().exponent == -6 for cut in cuts for value in cut))


@pytest.mark.parametrize(("text", "short"), [("-0.00", "0"), ("1200", "12E2"), ("-0.050", "-5E-2"), ("1E+3", "1E3")])
def test_the_shortest_text_of_a_number_has_its_digits_and_its_power(text: str, short: str) -> None:
    assert shortest(Decimal(text)) == short


def test_a_value_behind_the_first_ones_that_needs_more_decimals_gets_them() -> None:
    values = [Decimal("1.00")] * 40 + [Decimal("1.25"), None]

    assert joined_numbers([decimals(values, 2)], 0)[2] == 2
    assert joined_numbers([decimals(values[:40], 2)], 0)[2] == 0
