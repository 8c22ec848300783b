"""Writes messages in each format, with the same columns.

Readers guess the type of a column from the first lines of a text file, and fail at a later line that does not fit. So
in JSON lines and CSV nothing is null, and a line that decides what a column is comes first.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import IO

import msgspec

from footfall.analytics.exports.columns import COLUMNS, TIMES
from footfall.analytics.exports.deciding import deciding
from footfall.analytics.exports.rows import ExportRow, export_rows
from footfall.analytics.exports.selection import Selection
from footfall.analytics.exports.stream import MessageStream
from footfall.printable import tame_json
from footfall.timestamps import format_us

__all__ = ["FORMATS", "Writer", "csv_cell", "write_csv", "write_excel_csv", "write_jsonl", "write_parquet"]

Writer = Callable[[MessageStream, IO[bytes], Selection], int]
"""Writes the selected messages to a file, and returns how many they are."""

_ALL = Selection()
_BATCH = 10_000
# A spreadsheet runs a cell that begins so, also after white space or a quote, and some programs take the wide forms of
# these characters for them (https://owasp.org/www-community/attacks/CSV_Injection). A number runs nothing.
_RUNS = re.compile(r"[\s'\"\ufeff\u200b-\u200f]*[\t\r\n=+\-@＝＋－＠﹦﹢﹣﹫−]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
# What moves a terminal's cursor or worse; NUL ends a file for some readers; an override shows a cell as what it is not
# (marks and isolates stay, as texts in Arabic and Hebrew need them). JSON lines and Parquet keep them.
_PICTURES = {
    **{code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"},
    **dict.fromkeys((*range(0x80, 0xA0), 0x202D, 0x202E), 0xFFFD),
    0x7F: 0x2421,
}
_BOM = b"\xef\xbb\xbf"


def write_jsonl(stream: MessageStream, file: IO[bytes], selection: Selection = _ALL) -> int:
    """One JSON object a line; what is absent is an empty text, and what a terminal would obey is escaped."""
    encode = msgspec.json.Encoder().encode
    count = 0
    for row in _text_rows(stream, selection):
        file.write(tame_json(encode(row)))
        file.write(b"\n")
        count += 1
    return count


def _text_rows(stream: MessageStream, selection: Selection) -> Iterator[ExportRow]:
    moved = deciding(stream, selection)
    parts = [selection]
    if moved:
        parts = [msgspec.structs.replace(selection, only=moved), msgspec.structs.replace(selection, without=moved)]
    for row in itertools.chain.from_iterable(export_rows(stream, part) for part in parts):
        texts = {column: "" if value is None else value for column, value in row.items()}
        yield {**texts, **{column: format_us(row[column]) for column in TIMES if row[column] is not None}}


def write_csv(stream: MessageStream, file: IO[bytes], selection: Selection = _ALL) -> int:
    """RFC 4180, in UTF-8. No cell is a formula to a spreadsheet: one that looks like it begins with an apostrophe.

    A control character shows as its picture: NUL, at which readers of CSV end or fail, as ␀ (U+2400), and ESC, which a
    terminal obeys, as ␛; one without a picture, and what overrides the direction of text, as U+FFFD. JSON lines and
    Parquet keep it.
    """
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    count = 0
    try:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for row in _text_rows(stream, selection):
            writer.writerow(map(csv_cell, row.values()))
            count += 1
    finally:
        text.detach()
    return count


def csv_cell(value: object) -> str:
    """A value as a cell of CSV that no spreadsheet runs and that steers no terminal."""
    text = str(value).translate(_PICTURES)
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def write_excel_csv(stream: MessageStream, file: IO[bytes], selection: Selection = _ALL) -> int:
    """The same CSV behind a byte order mark, by which Excel knows that it is UTF-8."""
    file.write(_BOM)
    return write_csv(stream, file, selection)


def write_parquet(stream: MessageStream, file: IO[bytes], selection: Selection = _ALL) -> int:
    """The same columns, with times as UTC timestamps, and null where there is nothing."""
    import pyarrow  # loaded with the engine
    import pyarrow.parquet

    types = {"seq": pyarrow.int64(), **dict.fromkeys(TIMES, pyarrow.timestamp("us", "UTC"))}
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in COLUMNS])
    count = 0
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        rows = export_rows(stream, selection)
        while batch := list(itertools.islice(rows, _BATCH)):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema))
            count += len(batch)
    return count


FORMATS: Mapping[str, Writer] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}
"""A format's writer; all but Parquet can go to a terminal."""
