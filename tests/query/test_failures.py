"""What DuckDB says in many lines is one line: what, where, and what to write instead."""

from __future__ import annotations

import pytest

from footfall.query.failures import clear_error


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Out of Range Error: too long", "too long; mend the query"),
        (
            'Binder Error: Ambiguous reference to column name "a"\n\nLINE 2: where a = 1\n              ^',
            'line 2, column 7: Ambiguous reference to column name "a"; mend the query',
        ),
        ("Binder Error: no\n\nLINE 1: ...cut off here\n           ^", "line 1: no; mend the query"),
        (
            'Max depth of 9 exceeded. Use "SET max_depth TO x" to increase it.',
            "Max depth of 9 exceeded; mend the query",
        ),
        ("Binder Error: No function matches.\n\tCandidate functions:\n\tsum(x)", "No function matches; mend the query"),
    ],
)
def test_an_error_is_one_line_with_its_place(text: str, line: str) -> None:
    assert str(clear_error(ValueError(text))) == line


@pytest.mark.parametrize(
    "text",
    [
        'Binder Error: Referenced column "totl" not found in FROM clause!\nCandidate bindings: "x"',
        'Binder Error: Values list "m" does not have a column named "totl"',
        'Binder Error: Referenced column "totl" was not found because the FROM clause is missing',
        'Binder Error: Column "totl" in EXCLUDE list not found in FROM clause\nCandidate bindings: "a"',
    ],
)
def test_a_column_that_is_not_there_has_its_place_and_the_nearest_name(text: str) -> None:
    error = clear_error(ValueError(text), ["seq", "total"], {"totl": "line 1, column 8: "})

    assert str(error) == "line 1, column 8: there is no column 'totl'; write total"


@pytest.mark.parametrize(
    "text", ["Out of Memory Error: failed to allocate data\n\nPossible solutions:\n* x", "could not allocate block"]
)
def test_a_query_that_is_too_big_says_so(text: str) -> None:
    assert "needs more memory" in str(clear_error(ValueError(text)))
