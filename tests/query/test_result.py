"""An answer is Arrow, pandas, Polars or rows, and a table that runs nothing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow
import pytest
from tests.query.asked import database

from footfall.errors import UsageError
from footfall.query.result import QueryResult, cell_text

ANSWER = QueryResult(
    pyarrow.table({"n": [1, None], "total": [Decimal("64.95"), None], "at": [datetime(2026, 1, 1, tzinfo=UTC), None]}),
    ["a note"],
)


def test_it_is_arrow_pandas_polars_and_rows() -> None:
    assert (
        ANSWER.to_arrow().column_names
        == ANSWER.columns
        == list(ANSWER.to_pandas().columns)
        == ANSWER.to_polars().columns
    )
    assert ANSWER.rows == list(ANSWER) == [(1, Decimal("64.95"), datetime(2026, 1, 1, tzinfo=UTC)), (None, None, None)]
    assert len(ANSWER) == len(ANSWER.to_pandas()) == len(ANSWER.to_polars()) == 2


def test_a_decimal_keeps_its_digits_in_each() -> None:
    assert ANSWER.to_pandas()["total"][0] == ANSWER.to_polars()["total"][0] == Decimal("64.95")


def test_its_table_has_null_and_its_notes() -> None:
    assert repr(ANSWER).splitlines() == [
        "n     total  at",
        "1     64.95  2026-01-01 00:00:00+00:00",
        "NULL  NULL   NULL",
        "(2 rows)",
        "a note",
    ]


def test_only_the_first_rows_are_shown() -> None:
    shown = repr(QueryResult(pyarrow.table({"n": range(1_000)})))

    assert shown.splitlines()[-2:] == ["19", "(1,000 rows, of which 20 are shown)"]


def test_nothing_in_the_data_is_html() -> None:
    result = QueryResult(pyarrow.table({"<b>": ["<script>alert(1)</script>\x1b[31m"]}), ["<i>"])

    shown = result._repr_html_()

    assert "<th>&lt;b&gt;</th>" in shown
    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31m</td>" in shown
    assert "&lt;i&gt;" in shown


def test_nothing_in_the_data_steers_a_terminal() -> None:
    shown = repr(QueryResult(pyarrow.table({"a\x1b": ["b\x1b[31m\nc\u202e"]}), ["n\x1b"]))

    assert "\x1b" not in shown
    assert "b\\x1b[31m\\nc\\u202e" in shown


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "NULL"), (True, "true"), (b"\xff\x00", "\\xff00"), ("a\nb", "a\\nb"), ("x" * 300, "x" * 300), (1.5, "1.5")],
)
def test_a_cell_is_one_line(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_an_answer_without_rows_has_its_columns() -> None:
    with database([]) as opened:
        result = opened.sql("select seq, person_id from messages")

    assert (result.columns, result.rows, len(result)) == (["seq", "person_id"], [], 0)
    assert repr(result).splitlines() == ["seq  person_id", "(0 rows)"]
    assert list(result.to_pandas().columns) == ["seq", "person_id"]


def test_a_time_that_python_has_not_is_its_text() -> None:
    with database([]) as opened:
        rows = opened.sql("select 'infinity'::timestamptz as t, 7 as n").rows

    assert len(rows) == 1
    assert isinstance(rows[0][0], str)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(UsageError, match="pip install pandas"):
        ANSWER.to_pandas()
