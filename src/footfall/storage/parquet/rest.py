"""The rest of a body: the bytes of a message without what columns have already, from which it is made again exactly.

What is cut out leaves a mark: a control byte, which valid JSON never has as it is. A body that has marks itself, or
that would come back otherwise, is kept whole. Every body is made again and compared before it is written.

Most bodies differ in nothing but their columns, so their rests are few. A rest that was cut once is tried on all rows
of a batch at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.storage.parquet.times import time_texts

__all__ = ["PARTS", "WHOLE", "cut", "rebuild"]

WHOLE = b"\x00"
"""Begins a rest that is a whole body."""

PARTS: dict[str, bytes] = {"properties": b"\x01", "context": b"\x02", "traits": b"\x03"}
"""The members of a message that have columns, as JSON text, and the marks in their place."""

_VALUES: dict[str, bytes] = {
    "message_id": b"\x04", "type": b"\x05", "event": b"\x06", "user_id": b"\x07", "anonymous_id": b"\x08",
    "device_id": b"\x0b", "previous_id": b"\x0c", "group_id": b"\x0e", "microseconds": b"\x0f", "milliseconds": b"\x10",
}  # fmt: skip
"""What is cut out with the quotes around it."""

_MARKS = {mark: name for name, mark in (PARTS | _VALUES).items()}
_MARK = re.compile(b"[%b]" % b"".join(_MARKS))
_ALL = WHOLE + b"".join(_MARKS)
_QUOTE = b'"'
_OBJECT = b"{"
_TRIES = 24  # rests that are tried on a batch
_WORTH = 500  # one row in so many has to be left, for another try

Texts = Mapping[str, Sequence[bytes | None]]


class _Body(msgspec.Struct):
    properties: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()
    traits: msgspec.Raw = msgspec.Raw()


_read_body = msgspec.json.Decoder(_Body).decode
_BINARY = pyarrow.binary()


def cut(bodies: Any, columns: Any) -> dict[str, Any]:
    """The column `rest` and those of PARTS for these bodies, as binary arrays; a part that was not cut out is null.

    `columns` is a table with the other columns of the messages. Where it has traits, those of the body stay in the
    rest.
    """
    raw = bodies.to_pylist()
    arrays = {name: pyarrow.array(texts, _BINARY) for name, texts in _parts(raw).items()} | _value_arrays(columns)
    no_text = pyarrow.scalar(None, _BINARY)
    arrays["traits"] = pc.if_else(pc.is_null(_flat(columns["traits"])), arrays["traits"], no_text)
    rests, codes = _try_rests(bodies, raw, arrays)
    if codes.null_count:
        codes = _cut_one_by_one(raw, rests, codes, arrays)
    names = list(rests)
    cuts = {"rest": pyarrow.array(names, _BINARY).take(codes)}
    for name, mark in PARTS.items():
        has_mark = [mark in rest and not rest.startswith(WHOLE) for rest in names]
        is_cut = pyarrow.array(has_mark, pyarrow.bool_()).take(codes)
        cuts[name] = pc.if_else(is_cut, arrays[name], no_text)
    return cuts


def _try_rests(bodies: Any, raw: Sequence[bytes], arrays: Mapping[str, Any]) -> tuple[dict[bytes, int], Any]:
    """The rests that many rows have, each with its number, and the number of each row's; null where it has none yet."""
    rests: dict[bytes, int] = {}
    codes: Any = pyarrow.nulls(len(raw), pyarrow.int32())
    for number in range(_TRIES):
        row = pc.index(pc.is_null(codes), True).as_py()
        if row < 0:
            break
        rest = _cut_row(raw[row], {name: array.slice(row, 1).to_pylist() for name, array in arrays.items()}, 0)
        if rest in rests:
            break  # what cannot be joined is cut one by one
        rests[rest] = number
        is_equal = pc.equal(_joined(rest, arrays, len(raw)), bodies).fill_null(False)
        codes = pc.coalesce(codes, pc.if_else(is_equal, number, pyarrow.scalar(None, pyarrow.int32())))
        if pc.sum(is_equal).as_py() * _WORTH < len(raw):
            break
    return rests, codes


def _cut_one_by_one(bodies: Sequence[bytes], rests: dict[bytes, int], codes: Any, arrays: Mapping[str, Any]) -> Any:
    """The number of each row's rest, where those that were null are cut now, and new rests get a number."""
    lists = {name: array.to_pylist() for name, array in arrays.items()}
    numbers = codes.to_pylist()
    for row, number in enumerate(numbers):
        if number is None:
            numbers[row] = rests.setdefault(_cut_row(bodies[row], lists, row), len(rests))
    return pyarrow.array(numbers, pyarrow.int32())


def rebuild(rests: Any, parts: Mapping[str, Any], columns: Any) -> Any:
    """The bodies, as a binary array, from the columns that `cut` gave and the others."""
    arrays = dict(parts) | _value_arrays(columns)
    counts = pc.value_counts(rests)
    bodies: Any = pyarrow.nulls(len(rests), _BINARY)
    for entry in counts.to_pylist()[:_TRIES]:
        rest = entry["values"]
        if entry["counts"] * _WORTH >= len(rests):
            is_rest = pc.equal(rests, pyarrow.scalar(rest, _BINARY))
            bodies = pc.if_else(is_rest, _joined(rest, arrays, len(rests)), bodies)
    if not bodies.null_count:
        return bodies
    lists = {name: array.to_pylist() for name, array in arrays.items()}
    return pyarrow.array(
        [_rebuilt_row(rest, lists, row) if body is None else body
         for row, (body, rest) in enumerate(zip(bodies.to_pylist(), rests.to_pylist(), strict=True))], _BINARY,
    )  # fmt: skip


def _parts(bodies: Sequence[bytes]) -> dict[str, list[bytes | None]]:
    """The JSON text of the members that are objects; None for all of a body that is no JSON object, or no UTF-8."""
    parts: dict[str, list[bytes | None]] = {name: [] for name in PARTS}
    properties, context, traits = (parts[name].append for name in PARTS)
    for body in bodies:
        try:
            if not body.isascii():
                body.decode()
            message = _read_body(body)
        except ValueError:  # also msgspec's and Unicode's own errors
            properties(None), context(None), traits(None)
            continue
        text = bytes(message.properties)
        properties(text if text[:1] == _OBJECT else None)
        text = bytes(message.context)
        context(text if text[:1] == _OBJECT else None)
        text = bytes(message.traits)
        traits(text if text[:1] == _OBJECT else None)
    return parts


def _value_arrays(columns: Any) -> dict[str, Any]:
    microseconds, milliseconds = time_texts(columns["occurred_at"])
    times = {"microseconds": microseconds, "milliseconds": milliseconds}
    return {name: times[name] if name in times else _flat(columns[name]).cast(_BINARY) for name in _VALUES}


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pyarrow.ChunkedArray) else column


def _cut_row(body: bytes, texts: Texts, row: int) -> bytes:
    if len(body.translate(None, _ALL)) != len(body):
        return WHOLE + body
    rest = body
    for name, mark in PARTS.items():
        if (text := texts[name][row]) is not None:
            rest = rest.replace(text, mark, 1)
    for name, mark in _VALUES.items():
        if (text := texts[name][row]) is not None:
            rest = rest.replace(_QUOTE + text + _QUOTE, mark)
    return rest if _rebuilt_row(rest, texts, row) == body else WHOLE + body


def _rebuilt_row(rest: bytes, texts: Texts, row: int) -> bytes:
    if rest[:1] == WHOLE:
        return rest[1:]

    def text_of(match: re.Match[bytes]) -> bytes:
        name = _MARKS[match[0]]
        text = texts[name][row] or b""
        return text if name in PARTS else _QUOTE + text + _QUOTE

    return _MARK.sub(text_of, rest)


def _joined(rest: bytes, arrays: Mapping[str, Any], length: int) -> Any:
    """The bodies that rows of this rest have, null where a row lacks a value that it needs."""
    if rest[:1] == WHOLE:
        return pyarrow.repeat(pyarrow.scalar(rest[1:], _BINARY), length)
    pieces: list[Any] = []
    constant, position = b"", 0
    for match in _MARK.finditer(rest):
        name = _MARKS[match[0]]
        quote = b"" if name in PARTS else _QUOTE
        pieces += [pyarrow.scalar(constant + rest[position : match.start()] + quote, _BINARY), arrays[name]]
        constant, position = quote, match.end()
    pieces.append(pyarrow.scalar(constant + rest[position:], _BINARY))
    if len(pieces) == 1:
        return pyarrow.repeat(pieces[0], length)
    return pc.binary_join_element_wise(*pieces, pyarrow.scalar(b"", _BINARY))
