"""Each format has every row and every column, and harms no reader."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pyarrow.ipc
import pyarrow.parquet
import pytest
from tests.query.asked import database

from footfall.query.writers import WRITERS

HARD = """
select 1 as n, 64.950::decimal(9, 3) as total, null as nothing, '=1+1' as formula, 'a\x1b[31m' as escape, true as yes,
       'a,"b"' as comma, '\\xff'::blob as bytes, {'a': [1, 2]} as nested, timestamptz '2026-01-01 00:00:00Z' as at,
       date '2026-01-02' as day, 170141183460469231731687303715884105727::hugeint as huge, '-5' as minus, 2 as n
"""


def written(form: str, sql: str = HARD) -> tuple[int, bytes]:
    """How many rows a writer says that it wrote, and what it wrote."""
    file = io.BytesIO()
    with database([]) as opened, opened.answer(sql) as answer:
        return WRITERS[form](answer, file), file.getvalue()


def test_json_has_each_row_as_an_object_with_every_digit() -> None:
    count, text = written("json")

    (line,) = json.loads(text, parse_float=Decimal)
    assert count == 1
    assert (line["n"], line["n_2"], line["nothing"], line["yes"]) == (1, 2, None, True)
    assert b'"total":64.950' in text
    assert line["huge"] == 2**127 - 1
    assert (line["at"], line["day"], line["nested"]) == ("2026-01-01T00:00:00Z", "2026-01-02", {"a": [1, 2]})
    assert b"\x1b" not in text


def test_csv_has_no_formula_and_no_control_character() -> None:
    count, text = written("csv")

    names, row = csv.reader(io.StringIO(text.decode(), newline=""))
    line = dict(zip(names, row, strict=True))
    assert count == 1
    assert (line["total"], line["nothing"], line["yes"], line["bytes"]) == ("64.950", "", "true", "ff")
    assert (line["formula"], line["minus"], line["escape"], line["comma"]) == ("'=1+1", "-5", "a␛[31m", 'a,"b"')
    assert (line["nested"], line["at"], line["day"]) == ('{"a":[1,2]}', "2026-01-01T00:00:00+00:00", "2026-01-02")


def test_a_column_that_a_spreadsheet_would_run_is_no_formula_either() -> None:
    assert written("csv", "select 1 as \"=cmd|'/C calc'!A0\"")[1].startswith(b"'=cmd|")


def test_parquet_and_arrow_have_the_types_of_the_answer() -> None:
    parquet = pyarrow.parquet.read_table(io.BytesIO(written("parquet")[1]))
    arrow = pyarrow.ipc.open_stream(written("arrow")[1]).read_all()

    assert parquet.column("total").to_pylist() == arrow.column("total").to_pylist() == [Decimal("64.950")]
    assert parquet.column_names == arrow.column_names
    assert parquet.num_rows == arrow.num_rows == 1


@pytest.mark.parametrize("form", WRITERS)
def test_an_answer_without_rows_is_a_whole_file(form: str) -> None:
    count, content = written(form, "select seq, person_id from messages")

    assert count == 0
    names = {
        "json": lambda: ["seq", "person_id"][len(json.loads(content)) :],
        "csv": lambda: content.decode().strip().split(","),
        "parquet": lambda: pyarrow.parquet.read_table(io.BytesIO(content)).column_names,
        "arrow": lambda: pyarrow.ipc.open_stream(content).read_all().column_names,
    }
    assert names[form]() == ["seq", "person_id"]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("form", WRITERS)
def test_more_rows_than_a_batch_has_are_all_written(form: str) -> None:
    assert written(form, "from range(25000)")[0] == 25_000
