"""Writes an answer as it comes, for other tools: JSON, CSV, Parquet and an Arrow stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any

import msgspec

from footfall.analytics.exports import csv_cell
from footfall.printable import tame_json
from footfall.query.database import AnswerStream
from footfall.query.result import python_rows

__all__ = ["WRITERS", "write_arrow", "write_csv", "write_csv_rows", "write_json", "write_parquet"]

_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


def write_json(answer: AnswerStream, file: IO[bytes]) -> int:
    """An array of objects, one a line. Decimals keep their digits; what a terminal would obey is escaped."""
    names: Sequence[str] = answer.schema.names
    count = 0
    file.write(b"[")
    for row in _rows(answer):
        file.write(b",\n" if count else b"\n")
        file.write(tame_json(_encode(dict(zip(names, row, strict=True)))))
        count += 1
    file.write(b"\n]\n")
    return count


def write_csv(answer: AnswerStream, file: IO[bytes]) -> int:
    """See `write_csv_rows`."""
    return write_csv_rows(answer.schema.names, _rows(answer), file)


def write_csv_rows(names: Sequence[str], rows: Iterable[Sequence[Any]], file: IO[bytes]) -> int:
    """RFC 4180, in UTF-8, as an export writes it: no cell is a formula to a spreadsheet. NULL is empty."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    count = 0
    try:
        writer = csv.writer(text)
        writer.writerow(map(csv_cell, names))
        for row in rows:
            writer.writerow([csv_cell(_text(value)) for value in row])
            count += 1
    finally:
        text.detach()
    return count


def write_parquet(answer: AnswerStream, file: IO[bytes]) -> int:
    """Parquet with the types of the answer."""
    import pyarrow.parquet  # loaded with the engine

    with pyarrow.parquet.ParquetWriter(file, answer.schema, compression="zstd") as writer:
        return _copy(answer, writer)


def write_arrow(answer: AnswerStream, file: IO[bytes]) -> int:
    """An Arrow IPC stream, which readers can begin before its end."""
    import pyarrow.ipc  # loaded with the engine

    with pyarrow.ipc.new_stream(file, answer.schema) as writer:
        return _copy(answer, writer)


def _copy(answer: AnswerStream, writer: Any) -> int:
    count = 0
    for batch in answer:
        writer.write_batch(batch)
        count += batch.num_rows
    return count


def _rows(answer: AnswerStream) -> Iterator[tuple[Any, ...]]:
    for batch in answer:
        yield from python_rows(batch)


def _text(value: object) -> object:
    """A value as CSV has it: nested ones as JSON, times as RFC 3339, bytes in hexadecimal digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return _encode(value).decode() if isinstance(value, dict | list | tuple) else value


WRITERS: Mapping[str, Callable[[AnswerStream, IO[bytes]], int]] = {
    "json": write_json,
    "csv": write_csv,
    "parquet": write_parquet,
    "arrow": write_arrow,
}
"""A format's writer, which returns the number of rows."""
