"""Writes every stored message, with the person it belongs to and why, in the order of receipt."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.clock import format_us

__all__ = ["FORMATS", "write_csv", "write_jsonl", "write_parquet"]

_BATCH = 10_000
_COLUMNS = (
    "source", "message_id", "type", "event", "user_id", "anonymous_id", "device_id", "previous_id", "group_id",
    "occurred_at", "received_at", "person_id", "reason", "evidence_source", "evidence_message_id",
)  # fmt: skip
_PARTS = ("properties", "traits", "context")
# A spreadsheet runs a cell that begins so (https://owasp.org/www-community/attacks/CSV_Injection).
_RUNS = ("=", "+", "-", "@", "\t", "\r")


class _Evidence(msgspec.Struct):
    source: str
    message_id: str


class _Attribution(msgspec.Struct):
    reason: str
    evidence: _Evidence | None


class _Line(msgspec.Struct):
    """One line of JSON; `message` and `envelope` are what was received, less the spaces between."""

    source: str
    message_id: str
    type: str
    event: str | None
    user_id: str | None
    anonymous_id: str | None
    device_id: str | None
    occurred_at: str
    received_at: str
    person_id: str
    attribution: _Attribution
    message: msgspec.Raw
    envelope: msgspec.Raw | None


class _Parts(msgspec.Struct):
    properties: msgspec.Raw = msgspec.Raw()
    traits: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()


def _batches(dataset: Dataset) -> Iterator[Any]:
    columns = ", ".join((*_COLUMNS, "body", "envelope"))
    reader = dataset.connection.sql(f"SELECT {columns} FROM messages ORDER BY seq").to_arrow_reader(_BATCH)
    yield from reader


def _rows(dataset: Dataset) -> Iterator[dict[str, Any]]:
    for batch in _batches(dataset):
        yield from batch.to_pylist()


def _compact(text: str | bytes | msgspec.Raw) -> bytes:
    """The same JSON on one line, every digit and every escape as it was."""
    return msgspec.json.format(bytes(text) if isinstance(text, msgspec.Raw) else text, indent=-1)  # type: ignore[return-value]


def write_jsonl(dataset: Dataset, file: IO[bytes]) -> None:
    """One JSON object a line."""
    encode = msgspec.json.Encoder().encode
    for row in _rows(dataset):
        evidence = row["evidence_message_id"]
        line = _Line(
            source=row["source"],
            message_id=row["message_id"],
            type=row["type"],
            event=row["event"],
            user_id=row["user_id"],
            anonymous_id=row["anonymous_id"],
            device_id=row["device_id"],
            occurred_at=format_us(row["occurred_at"]),
            received_at=format_us(row["received_at"]),
            person_id=row["person_id"],
            attribution=_Attribution(row["reason"], _Evidence(row["evidence_source"], evidence) if evidence else None),
            message=msgspec.Raw(_compact(row["body"])),
            envelope=msgspec.Raw(_compact(row["envelope"])) if row["envelope"] else None,
        )
        file.write(encode(line))
        file.write(b"\n")


def write_csv(dataset: Dataset, file: IO[bytes]) -> None:
    """RFC 4180, in UTF-8; `properties`, `traits` and `context` are JSON, and no cell is a formula to a spreadsheet.

    A NUL character, at which readers of CSV end or fail, stands as ␀ (U+2400); JSON lines and Parquet keep it.
    """
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow((*_COLUMNS, *_PARTS))
        decode = msgspec.json.Decoder(_Parts).decode
        for row in _rows(dataset):
            row["occurred_at"], row["received_at"] = format_us(row["occurred_at"]), format_us(row["received_at"])
            parts = decode(row["body"])
            cells = [*(row[name] or "" for name in _COLUMNS)]
            for part in (parts.properties, parts.traits, parts.context):
                raw = bytes(part)
                cells.append(_compact(raw).decode() if raw else "")
            shown = (cell.replace("\0", "␀") for cell in cells)
            writer.writerow([f"'{cell}" if cell.startswith(_RUNS) else cell for cell in shown])
    finally:
        text.detach()


def write_parquet(dataset: Dataset, file: IO[bytes]) -> None:
    """The columns of the CSV, with times as UTC timestamps, and `message` and `envelope` as the JSON text received."""
    import pyarrow  # loaded with the engine
    import pyarrow.parquet

    times = pyarrow.timestamp("us", "UTC")
    fields = [(name, times if name.endswith("_at") else pyarrow.string()) for name in _COLUMNS]
    schema = pyarrow.schema([*fields, ("message", pyarrow.string()), ("envelope", pyarrow.string())])
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in _batches(dataset):
            table = pyarrow.Table.from_batches([batch]).rename_columns(schema.names)
            writer.write_table(table.cast(schema))


# A format's writer; all but Parquet can go to a terminal.
FORMATS: Mapping[str, Callable[[Dataset, IO[bytes]], None]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}
