"""A name and a place in SQL are said as the writer of a query needs them."""

from __future__ import annotations

import duckdb
import pytest

from footfall.query.sql_text import nearest, place_of, quoted


def test_the_name_that_is_most_alike_is_the_one_that_was_meant() -> None:
    assert nearest("TOTL", ["order_id", "total"]) == "write total"


def test_without_one_that_is_alike_some_are_listed() -> None:
    assert nearest("xyz", ["a", "b"]) == "there are a, b"
    assert nearest("xyz", [f"column_{n}" for n in range(99)]).endswith("column_11, …")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("total", "total"), ("Total", '"Total"'), ("a.b", '"a.b"'), ('a"b', '"a""b"'), ("x" * 99, f'"{"x" * 79}…"')],
)
def test_a_name_is_shown_as_sql_takes_it(name: str, shown: str) -> None:
    assert quoted(name) == shown


def test_a_name_that_is_a_word_of_sql_is_shown_as_sql_takes_it() -> None:
    with duckdb.connect() as connection:
        words = connection.execute("SELECT DISTINCT keyword_name FROM duckdb_keywords()").fetchall()
        for name in (quoted(word) for (word,) in words):
            rows = connection.execute(f"SELECT {name} FROM (SELECT 7) AS {name}({name})").fetchall()

            assert rows == [(7,)], name


@pytest.mark.parametrize(
    ("before", "place"),
    [("", "line 1, column 1: "), ("select é", "line 1, column 9: "), ("select\n  ", "line 2, column 3: ")],
)
def test_a_place_counts_lines_and_characters(before: str, place: str) -> None:
    assert place_of(before + "here", len(before.encode())) == place
