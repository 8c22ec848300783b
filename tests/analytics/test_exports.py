"""Exports keep what was received, digit for digit, and are safe to open."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest

from footfall.analytics.dataset import Dataset
from footfall.analytics.exports import FORMATS, write_csv, write_jsonl, write_parquet
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


@pytest.fixture
def dataset(entry: MakeEntry) -> Dataset:
    log = [
        entry(
            1, "buy", 9, user="ann", properties='{ "total": 0.1000,\n "big": 12345678901234567890.5, "t": "\\u00e9" }'
        ),
        entry(2, "buy", 3, anonymous="x", device=None, envelope=b'{"context": {"a": 1.0}}'),
        entry(3, "=cmd|' /C calc'!A0", 4, user='@"sum",\r\n', properties={"x": "=1+1"}),
    ]
    return Dataset.of(log, Plan(id="test"))


def written(dataset: Dataset, form: str) -> bytes:
    file = io.BytesIO()
    FORMATS[form](dataset, file)
    return file.getvalue()


def test_json_lines_are_in_order_of_receipt_with_person_and_reason(dataset: Dataset) -> None:
    lines = [json.loads(line) for line in written(dataset, "jsonl").splitlines()]

    assert [line["message_id"] for line in lines] == ["m00001", "m00002", "m00003"]
    assert lines[0]["attribution"] == {"reason": "explicit", "evidence": {"source": "shop", "message_id": "m00001"}}
    assert lines[1]["attribution"] == {"reason": "anonymous", "evidence": None}
    assert lines[0]["occurred_at"] == "1970-01-01T00:00:09.000000Z"
    assert lines[1]["envelope"] == {"context": {"a": 1.0}}


def test_a_message_keeps_its_digits_and_escapes_on_one_line(dataset: Dataset) -> None:
    first = written(dataset, "jsonl").splitlines()[0]

    assert b'"properties":{"total":0.1000,"big":12345678901234567890.5,"t":"\\u00e9"}}' in first


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(dataset: Dataset) -> None:
    text = written(dataset, "csv").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert rows[2]["event"] == "'=cmd|' /C calc'!A0"
    assert rows[2]["user_id"] == '\'@"sum",\r\n'
    assert rows[2]["properties"] == '{"x":"=1+1"}'
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_csv_lines_end_as_rfc_4180_says(dataset: Dataset) -> None:
    lines = written(dataset, "csv").split(b"\r\n")

    assert lines[0].startswith(b"source,message_id,type,event")
    assert lines[-1] == b""


def test_parquet_has_times_and_the_message_as_it_was_received(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    with path.open("wb") as file:
        write_parquet(dataset, file)
    found = pyarrow.parquet.read_table(path)

    assert found.num_rows == 3
    assert str(found.schema.field("occurred_at").type) == "timestamp[us, tz=UTC]"
    assert '"total": 0.1000,\n' in found.column("message")[0].as_py()


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_nothing_can_be_exported_too(form: str) -> None:
    with Dataset.of([], Plan(id="test")) as dataset:
        written(dataset, form)


def test_every_writer_is_in_the_table_of_formats() -> None:
    assert list(FORMATS.values()) == [write_jsonl, write_csv, write_parquet]


def test_a_nul_character_is_visible_in_csv_and_exact_elsewhere(entry: MakeEntry) -> None:
    dataset = Dataset.of([entry(1, "a\0b", 9, user="ann", properties={"x": "y\0z"})], Plan(id="test"))
    text = written(dataset, "csv").decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))

    assert "\0" not in text
    assert row["event"] == "a␀b"
    assert json.loads(row["properties"]) == {"x": "y\0z"}
    assert json.loads(written(dataset, "jsonl"))["message"]["event"] == "a\0b"
    assert pyarrow.parquet.read_table(io.BytesIO(written(dataset, "parquet")))["event"].to_pylist() == ["a\0b"]
