"""Exports keep what was received, digit for digit, and are safe to open."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest

from footfall.analytics.exports import (
    COLUMNS,
    FORMATS,
    MessageStream,
    Selection,
    write_csv,
    write_excel_csv,
    write_jsonl,
    write_parquet,
)
from footfall.analytics.stored_messages import StoredMessages
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


@pytest.fixture
def stored(entry: MakeEntry) -> StoredMessages:
    log = [
        entry(
            1, "buy", 9, user="ann", properties='{ "total": 0.1000,\n "big": 12345678901234567890.5, "t": "\\u00e9" }'
        ),
        entry(2, "buy", 3, anonymous="x", device=None, envelope=b'{"context": {"a": 1.0}}'),
        entry(3, "=cmd|' /C calc'!A0", 4, user='@"sum",\r\n', properties={"x": "=1+1"}),
    ]
    return StoredMessages.of(log, Plan(id="test"))


def written(stored: StoredMessages, form: str) -> bytes:
    file = io.BytesIO()
    FORMATS[form](MessageStream(stored), file, Selection())
    return file.getvalue()


def test_json_lines_are_in_order_of_receipt_with_person_and_reason(stored: StoredMessages) -> None:
    lines = [json.loads(line) for line in written(stored, "jsonl").splitlines()]

    assert [line["message_id"] for line in lines] == ["m00001", "m00002", "m00003"]
    evidence = ("reason", "evidence_source", "evidence_message_id")
    assert [lines[0][name] for name in evidence] == ["explicit", "shop", "m00001"]
    assert [lines[1][name] for name in evidence] == ["anonymous", "", ""]
    assert lines[0]["occurred_at"] == "1970-01-01T00:00:09.000000Z"
    assert (lines[1]["envelope"], lines[1]["context"]) == ('{"context":{"a":1.0}}', '{"a":1.0}')


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(stored: StoredMessages) -> None:
    text = written(stored, "csv").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert rows[2]["event"] == "'=cmd|' /C calc'!A0"
    assert rows[2]["user_id"] == '\'@"sum",'
    assert rows[2]["properties"] == '{"x":"=1+1"}'
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_csv_lines_end_as_rfc_4180_says(stored: StoredMessages) -> None:
    lines = written(stored, "csv").split(b"\r\n")

    assert lines[0] == ",".join(COLUMNS).encode()
    assert lines[-1] == b""


def test_parquet_has_times_and_the_message_as_text(stored: StoredMessages, tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    with path.open("wb") as file:
        write_parquet(MessageStream(stored), file)
    table = pyarrow.parquet.read_table(path)

    assert table.num_rows == 3
    assert str(table.schema.field("occurred_at").type) == "timestamp[us, tz=UTC]"
    assert '"total":0.1000' in table.column("message")[0].as_py()


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_nothing_can_be_exported_too(form: str) -> None:
    stored = StoredMessages.of([], Plan(id="test"))
    written(stored, form)


def test_every_writer_is_in_the_table_of_formats() -> None:
    assert list(FORMATS.values()) == [write_jsonl, write_csv, write_parquet]


def test_a_nul_character_is_visible_in_csv_and_exact_elsewhere(entry: MakeEntry) -> None:
    stored = StoredMessages.of([entry(1, "a\0b", 9, user="ann", properties={"x": "y\0z"})], Plan(id="test"))
    text = written(stored, "csv").decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))

    assert "\0" not in text
    assert row["event"] == "a␀b"
    assert json.loads(row["properties"]) == {"x": "y\0z"}
    assert json.loads(written(stored, "jsonl"))["event"] == "a\0b"
    assert pyarrow.parquet.read_table(io.BytesIO(written(stored, "parquet")))["event"].to_pylist() == ["a\0b"]


def test_all_formats_have_the_same_columns_and_say_the_same(stored: StoredMessages) -> None:
    lines = [json.loads(line) for line in written(stored, "jsonl").splitlines()]
    cells = list(csv.DictReader(io.StringIO(written(stored, "csv").decode(), newline="")))
    table = pyarrow.parquet.read_table(io.BytesIO(written(stored, "parquet"))).to_pylist()

    for line, cell, row in zip(lines, cells, table, strict=True):
        assert list(line) == list(cell) == list(row) == list(COLUMNS)
        times = {name: f"{row[name]:%Y-%m-%dT%H:%M:%S.%fZ}" for name in ("occurred_at", "received_at")}
        assert line == {name: "" if value is None else value for name, value in {**row, **times}.items()}
        assert {name: text.removeprefix("'") for name, text in cell.items()} == {
            name: str(value) for name, value in line.items()
        }


def test_excel_reads_it_behind_a_byte_order_mark(stored: StoredMessages) -> None:
    file = io.BytesIO()
    write_excel_csv(MessageStream(stored), file)

    assert file.getvalue() == b"\xef\xbb\xbf" + written(stored, "csv")


OPENERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BEFORE = ("", " ", "\n", "\u00a0", '"', "' ", " \t", "\ufeff", "\u200b")


def events(entry: MakeEntry, names: list[str]) -> list[str]:
    """The names as they are in CSV."""
    log = [entry(number, name, 9, user="ann") for number, name in enumerate(names, 1)]
    text = written(StoredMessages.of(log, Plan(id="test")), "csv").decode()
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [row["event"] for row in sorted(rows, key=lambda row: int(row["seq"]))]


def test_no_cell_runs_whatever_is_before_the_character_that_begins_a_formula(entry: MakeEntry) -> None:
    names = [f"{before}{opener}1+1|' /C calc'!A0" for opener in OPENERS for before in BEFORE]

    assert events(entry, names) == [f"'{name}" for name in names]


def test_a_number_stays_a_number_and_a_text_a_text(entry: MakeEntry) -> None:
    names = ["-1", "+4712345678", "-0.5", "+1e-9", "12", "a=1", " a", "'a", "1-2"]

    assert events(entry, names) == names


def test_in_csv_marks_of_direction_stay_and_overrides_do_not(entry: MakeEntry) -> None:
    assert events(entry, ["\u05d0\u200f!\u2067b\u2069", "a\u202ecod.exe\u202d"]) == [
        "\u05d0\u200f!\u2067b\u2069",
        "a\ufffdcod.exe\ufffd",
    ]


def test_no_text_form_steers_the_terminal_that_shows_it(entry: MakeEntry) -> None:
    name = "a\x1b]52;c;cm0=\x07\x7f\x9b2Jb"
    stored = StoredMessages.of([entry(1, name, 9, user="ann", properties={"x": "\x9b\x7f\u202e"})], Plan(id="test"))
    lines, cells = written(stored, "jsonl").decode(), written(stored, "csv").decode()
    (row,) = csv.DictReader(io.StringIO(cells, newline=""))

    assert not any(character in lines + cells for character in "\x1b\x07\x7f\x9b")
    assert "\u202e" not in lines + cells
    assert json.loads(lines)["event"] == name
    assert row["event"] == "a␛]52;c;cm0=␇␡\ufffd2Jb"
