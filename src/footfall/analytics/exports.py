"""Writes every stored message, with the person it belongs to and why: one row a message, the same columns everywhere.

Readers guess the type of a column from the first lines of a text file, and fail at a later line that does not fit. So
in JSON lines and CSV nothing is null, and a line that decides what a column is comes first.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

import msgspec

from footfall.analytics.dataset import Dataset
from footfall.message_reader import traits_text
from footfall.plan.model import TRAITS_OF
from footfall.printable import tame_json
from footfall.storage.columns import COLUMNS as STORED
from footfall.storage.columns import TEXT, TIME, Column
from footfall.timestamps import format_us

__all__ = ["COLUMNS", "FORMATS", "exported", "write_csv", "write_excel_csv", "write_jsonl", "write_parquet"]

_PERSON = {
    "person_id": "The person that it belongs to",
    "reason": "Why: explicit, sole_owner, same_session, contested, anonymous, blocked or device (see above)",
    "evidence_source": "The source of the message that is the evidence, where another message is",
    "evidence_message_id": "The message_id of that message",
}
_PAGE = {"name": "The name of the page or screen", "category": "The category of the page or screen"}
_PARTS = {
    "properties": "Its properties, as JSON text with every digit as it was sent",
    "traits": "The traits that an identify or a group sets, as JSON text",
    "context": "Its context, or that of its batch, as JSON text",
    "message": "The whole message as JSON text, as it was received",
}
# After which column of a message come those that are read from it.
_AFTER = {"event": _PAGE, "received_at": _PERSON, "body": _PARTS}


def exported(columns: Sequence[Column]) -> Mapping[str, str]:
    """The columns of every format, in their order, and what each is, where a message has these columns."""
    texts = {"seq": "The number of the row in the order in which the collector stored it"}
    for column in columns:
        if column.exported:
            texts[column.asked] = column.exported
        texts.update(_AFTER.get(column.name, {}))
    return texts


COLUMNS = exported(STORED)
"""The columns of every format, in their order, and what each is."""

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

# Within so many lines every reader that was tried makes up its mind.
_DECIDING = 100
_GUESSED = ("BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIME", "TIMESTAMPTZ", "UUID")

Row = dict[str, Any]


class _Parts(msgspec.Struct):
    properties: msgspec.Raw = msgspec.Raw()
    traits: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()
    name: msgspec.Raw = msgspec.Raw()
    category: msgspec.Raw = msgspec.Raw()


class _Envelope(msgspec.Struct):
    context: msgspec.Raw = msgspec.Raw()


_parts_of = msgspec.json.Decoder(_Parts).decode
_envelope_of = msgspec.json.Decoder(_Envelope).decode


def _rows(dataset: Dataset, first: str = "") -> Iterator[Row]:
    """Every message as its columns, None where there is nothing; `first` is what to sort by before `seq`."""
    columns = exported(dataset.columns)
    asked = ", ".join((*(name for name in columns if name not in _PAGE and name not in _PARTS), "body", "traits"))
    query = f"SELECT {asked} FROM messages ORDER BY {first} seq"
    for batch in dataset.connection.sql(query).to_arrow_reader(_BATCH):
        for line in batch.to_pylist():
            body, envelope = line.pop("body"), line["envelope"]
            line.update(_read(line["type"], body, envelope, line["traits"]))
            line["envelope"] = _compact(envelope)
            yield {column: line[column] for column in columns}


def _read(type_: str, body: str, envelope: str | None, traits: str | None) -> Row:
    parts = _parts_of(body)
    context = parts.context
    if bytes(context)[:1] != b"{" and envelope is not None:
        context = _envelope_of(envelope).context
    is_page = type_ in ("page", "screen")
    return {
        "name": _text(parts.name) if is_page else None,
        "category": _text(parts.category) if is_page else None,
        "properties": _compact(parts.properties),
        "traits": _compact(traits_text(body, traits) if type_ in TRAITS_OF else parts.traits),
        "context": _compact(context),
        "message": _compact(body),
    }


def _text(value: msgspec.Raw) -> str | None:
    decoded = msgspec.json.decode(value) if len(value) else None
    return decoded if type(decoded) is str else None


def _compact(text: str | bytes | msgspec.Raw | None) -> str | None:
    """The same JSON on one line, every digit and every escape as it was; None for nothing and for null."""
    content = text.encode() if isinstance(text, str) else bytes(text or b"")
    line: bytes = msgspec.json.format(content, indent=-1) if content else b""
    return None if line in (b"", b"null") else line.decode()


def _deciding_first(dataset: Dataset) -> str:
    """What to sort by, so that the first lines show what each column is: few lines move, and most often none.

    A column that begins with numbers, and has a word further down, needs that word within the first lines.
    """
    head = f"(SELECT * FROM messages ORDER BY seq LIMIT {_DECIDING})"
    texts = [*(column.asked for column in dataset.columns if column.exported and column.contents is TEXT), *_PERSON]
    undecided = [(text, type_) for text in texts for type_ in _GUESSED]
    misfits = ", ".join(f"min(seq) FILTER ({_misfit(*pair)})" for pair in undecided)
    (early,) = dataset.rows(f"SELECT {misfits} FROM {head}")
    undecided = [pair for pair, seq in zip(undecided, early, strict=True) if seq is None]
    if not undecided:
        return ""
    misfits = ", ".join(f"min(seq) FILTER ({_misfit(*pair)})" for pair in undecided)
    (late,) = dataset.rows(f"SELECT {misfits} FROM messages")
    moved = sorted({seq for seq in late if seq is not None})
    return f"seq NOT IN ({', '.join(map(str, moved))})," if moved else ""


def _misfit(column: str, type_: str) -> str:
    return f"{column} <> '' AND TRY_CAST({column} AS {type_}) IS NULL"


def write_jsonl(dataset: Dataset, file: IO[bytes]) -> None:
    """One JSON object a line; what is absent is an empty text, and what a terminal would obey is escaped."""
    encode = msgspec.json.Encoder().encode
    for row in _text_rows(dataset):
        file.write(tame_json(encode(row)))
        file.write(b"\n")


def _text_rows(dataset: Dataset) -> Iterator[Row]:
    times = _times(dataset.columns)
    for row in _rows(dataset, _deciding_first(dataset)):
        texts = {column: "" if value is None else value for column, value in row.items()}
        yield {**texts, **{column: format_us(row[column]) for column in times if row[column] is not None}}


def _times(columns: Sequence[Column]) -> list[str]:
    return [column.asked for column in columns if column.exported and column.contents is TIME]


def write_csv(dataset: Dataset, file: IO[bytes]) -> None:
    """RFC 4180, in UTF-8. No cell is a formula to a spreadsheet: one that looks like it begins with an apostrophe.

    A control character shows as its picture: NUL, at which readers of CSV end or fail, as ␀ (U+2400), and ESC, which a
    terminal obeys, as ␛; one without a picture, and what overrides the direction of text, as U+FFFD. JSON lines and
    Parquet keep it.
    """
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(exported(dataset.columns))
        for row in _text_rows(dataset):
            writer.writerow(map(_cell, row.values()))
    finally:
        text.detach()


def _cell(value: object) -> str:
    text = str(value).translate(_PICTURES)
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def write_excel_csv(dataset: Dataset, file: IO[bytes]) -> None:
    """The same CSV behind a byte order mark, by which Excel knows that it is UTF-8."""
    file.write(_BOM)
    write_csv(dataset, file)


def write_parquet(dataset: Dataset, file: IO[bytes]) -> None:
    """The same columns, with times as UTC timestamps, and null where there is nothing."""
    import pyarrow  # loaded with the engine
    import pyarrow.parquet

    types = {"seq": pyarrow.int64(), **dict.fromkeys(_times(dataset.columns), pyarrow.timestamp("us", "UTC"))}
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in exported(dataset.columns)])
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        rows = _rows(dataset)
        while batch := list(itertools.islice(rows, _BATCH)):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema))


# A format's writer; all but Parquet can go to a terminal.
FORMATS: Mapping[str, Callable[[Dataset, IO[bytes]], None]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}
