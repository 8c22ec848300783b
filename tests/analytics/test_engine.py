"""The engine takes any value as text and any Arrow table by name, and leaves no trace of either."""

from __future__ import annotations

import duckdb
import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.analytics.engine import connect, hand_over, literal, rows

CONNECTION = connect()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
@example('it\'s \\ "so"; DROP TABLE messages; --')
def test_any_text_is_only_a_text(text: str) -> None:
    assert rows(CONNECTION, f"SELECT {literal(text)}") == [(text,)]


def test_several_texts_are_a_list_for_in() -> None:
    assert literal(("a", "it's")) == "('a', 'it''s')"
    assert rows(CONNECTION, f"SELECT 'a' IN {literal(('a', 'b'))}") == [(True,)]


def test_a_boolean_is_a_boolean() -> None:
    assert rows(CONNECTION, f"SELECT {literal(True)}, {literal(False)}") == [(True, False)]


def test_a_table_is_handed_over_for_one_statement() -> None:
    with connect() as connection:
        hand_over(connection, pyarrow.table({"n": [1, 2]}), "CREATE TABLE numbers AS SELECT * FROM handed")

        assert rows(connection, "SELECT n FROM numbers ORDER BY n") == [(1,), (2,)]
        with pytest.raises(duckdb.CatalogException):
            rows(connection, "SELECT * FROM handed")


def test_a_statement_that_fails_leaves_no_table_behind() -> None:
    with connect() as connection:
        with pytest.raises(duckdb.Error):
            hand_over(connection, pyarrow.table({"n": [1]}), "SELECT missing FROM handed")

        with pytest.raises(duckdb.CatalogException):
            rows(connection, "SELECT * FROM handed")
