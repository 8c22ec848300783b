"""Expressions over columns give what an evaluation row by row gives, or nothing."""

from __future__ import annotations

from decimal import Decimal

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.analytics.column_expressions import column_of
from footfall.analytics.numbers import narrowest
from footfall.plan.checking.rules import compile_rule


def column(*texts: str | None) -> pyarrow.ChunkedArray:
    values = [None if text is None else Decimal(text) for text in texts]
    return narrowest(pyarrow.chunked_array([pyarrow.array(values, pyarrow.decimal128(38, 18))]))


@pytest.mark.parametrize(
    "expression",
    ["a / b", "len(a)", "a == b", "not a", "a in [1]", "c + 1", "a < b < 2", "a is None", "(a > 1) + 1", "'x'", "-a"],
)
def test_what_columns_cannot_decide_is_left_to_rows(expression: str) -> None:
    assert column_of(expression, {"a": column("1"), "b": column("2")}) is None


def test_more_digits_than_a_decimal_has_are_left_to_rows() -> None:
    wide = column("12345678901234567890.123456789012345678")

    assert column_of("a * a", {"a": wide}) is None


@given(
    rows=st.lists(
        st.tuples(*(st.none() | st.decimals(-(10**9), 10**9, places=4) for _ in range(2))), min_size=1, max_size=8
    ),
    expression=st.sampled_from(
        ["a - b", "a * b + 2", "a + 0.25 - b", "a > b", "a * 2 <= b", "a > 0 and b > 0", "a < 1 or b >= a"]
    ),
)
def test_any_column_is_that_of_an_evaluation_row_by_row(
    rows: list[tuple[Decimal | None, Decimal | None]], expression: str
) -> None:
    columns = {
        name: narrowest(pyarrow.chunked_array([pyarrow.array(values, pyarrow.decimal128(38, 18))]))
        for name, values in zip("ab", zip(*rows, strict=True), strict=True)
    }
    rule = compile_rule(expression)

    values = column_of(expression, columns)

    assert values.to_pylist() == [rule.value({"a": a, "b": b}) for a, b in rows]
