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

__all__ = ["CUTS", "TRAITS", "WHOLE", "cut", "member_texts", "rebuild"]

CUTS = ("properties", "traits", "context", "client_id", "client_seq")
"""The columns that are made of bodies: members of the message, as JSON text, and its number among those of a client.

Where the context ends with what footfall's client says of itself, it is kept without that: contexts are few then.
"""

WHOLE = b"\x00"
"""Begins a rest that is a whole body."""

TRAITS = b"\x03"
"""The mark of traits that are the body's own."""

_PARTS: dict[str, bytes] = {"properties": b"\x01", "context_start": b"\x02", "context": b"\x11", "traits": TRAITS}
_QUOTED: dict[str, bytes] = {
    "message_id": b"\x04", "type": b"\x05", "event": b"\x06", "user_id": b"\x07", "anonymous_id": b"\x08",
    "device_id": b"\x0b", "previous_id": b"\x0c", "group_id": b"\x0e", "microseconds": b"\x0f", "milliseconds": b"\x10",
    "client_id": b"\x12",
}  # fmt: skip
"""What is cut out with the quotes around it."""

_NUMBER = {"client_seq": b"\x13"}
_MARKS = {mark: name for name, mark in (_PARTS | _QUOTED | _NUMBER).items()}
_MARKS_OF: Mapping[str, Sequence[bytes]] = {
    name: [mark for mark, marked in _MARKS.items() if marked.removesuffix("_start") == name] for name in CUTS
}
_MARK = re.compile(b"[%b]" % b"".join(_MARKS))
_WITH_A_MARK = ("properties", "traits", "context")
"""Members that are cut out of each body that has one, or the body is kept whole: then a column says who has one."""
_ALL = WHOLE + b"".join(_MARKS)
_QUOTE = b'"'
_OBJECT = b"{"
_CLIENT, _ID, _SEQ = b',"client":{', b'"id":"', b'"seq":'
_MOST_DIGITS = 18  # of an int64
_TRIES = 24  # rests that are tried on a batch
_WORTH = 500  # one row in so many has to be left, for another try

Texts = Mapping[str, Sequence[bytes | None]]


_NOTHING = msgspec.Raw()


class _Body(msgspec.Struct):
    properties: msgspec.Raw = _NOTHING
    context: msgspec.Raw = _NOTHING
    traits: msgspec.Raw = _NOTHING


_read_body = msgspec.json.Decoder(_Body).decode
_BINARY = pyarrow.binary()


def cut(bodies: Any, columns: Any) -> dict[str, Any]:
    """The column `rest` and those of CUTS for these bodies, as binary arrays; what was not cut out is null.

    The rests are a dictionary array. `columns` is a table with the other columns of the messages. Where it has traits,
    those of the body stay in the rest.
    """
    raw = bodies.to_pylist()
    arrays = {name: pyarrow.array(texts, _BINARY) for name, texts in _texts(raw).items()} | _value_arrays(columns)
    no_text = pyarrow.scalar(None, _BINARY)
    arrays["traits"] = pc.if_else(pc.is_null(_flat(columns["traits"])), arrays["traits"], no_text)
    arrays["context_start"] = pc.if_else(arrays["client_seq"].is_valid(), _start(arrays["context"]), no_text)
    rests, codes = _try_rests(bodies, raw, arrays)
    if codes.null_count:
        codes = _cut_one_by_one(raw, rests, codes, arrays)
    names = list(rests)
    cuts = {"rest": pyarrow.DictionaryArray.from_arrays(codes, pyarrow.array(names, _BINARY))}
    for name, marks in _MARKS_OF.items():
        has_mark = [not rest.startswith(WHOLE) and any(mark in rest for mark in marks) for rest in names]
        cuts[name] = pc.if_else(pyarrow.array(has_mark, pyarrow.bool_()).take(codes), arrays[name], no_text)
    return cuts


def _try_rests(bodies: Any, raw: Sequence[bytes], arrays: Mapping[str, Any]) -> tuple[dict[bytes, int], Any]:
    """The rests that many rows have, each with its number, and the number of each row's; null where it has none yet."""
    rests: dict[bytes, int] = {}
    codes: Any = pyarrow.nulls(len(raw), pyarrow.int32())
    no_number = pyarrow.scalar(None, pyarrow.int32())
    lengths = {name: pc.binary_length(array) for name, array in arrays.items()}
    length = pc.binary_length(bodies)
    for number in range(_TRIES):
        row = pc.index(pc.is_null(codes), True).as_py()
        if row < 0:
            break
        rest = _cut_row(raw[row], {name: array.slice(row, 1).to_pylist() for name, array in arrays.items()}, 0)
        if rest in rests:
            break  # what cannot be joined is cut one by one
        rests[rest] = number
        # Few bodies of another rest have the same length, so that each is joined about once.
        may_be = pc.and_(pc.is_null(codes), pc.equal(_length(rest, lengths), length).fill_null(False))
        count = pc.sum(may_be).as_py()
        some, candidates = arrays, bodies
        if count < len(raw):
            some = {name: arrays[name].filter(may_be) for name in _names_in(rest)}
            candidates = bodies.filter(may_be)
        is_equal = pc.equal(_joined(rest, some, count), candidates).fill_null(False)
        for name in _without_a_mark(rest):
            is_equal = pc.and_(is_equal, pc.is_null(arrays[name].filter(may_be)))
        numbers = pc.if_else(is_equal, pyarrow.scalar(number, pyarrow.int32()), no_number)
        codes = pc.replace_with_mask(codes, may_be, numbers)
        if count * _WORTH < len(raw):
            break
    return rests, codes


def _names_in(rest: bytes) -> list[str]:
    return [] if rest.startswith(WHOLE) else [_MARKS[mark] for mark in _MARK.findall(rest)]


def _without_a_mark(rest: bytes) -> list[str]:
    if rest.startswith(WHOLE):
        return []
    return [name for name in _WITH_A_MARK if not any(mark in rest for mark in _MARKS_OF[name])]


def _length(rest: bytes, lengths: Mapping[str, Any]) -> Any:
    """How long the bodies of this rest are, row by row; null where a row lacks a value that it needs."""
    names = _names_in(rest)
    constant = len(rest) - len(names) - rest.startswith(WHOLE) + 2 * sum(name in _QUOTED for name in names)
    total = pyarrow.scalar(constant, pyarrow.int32())
    for name in names:
        total = pc.add(total, lengths[name])
    return total


def _cut_one_by_one(bodies: Sequence[bytes], rests: dict[bytes, int], codes: Any, arrays: Mapping[str, Any]) -> Any:
    """The number of each row's rest, where those that were null are cut now, and new rests get a number."""
    lists = {name: array.to_pylist() for name, array in arrays.items()}
    numbers = codes.to_pylist()
    for row, number in enumerate(numbers):
        if number is None:
            numbers[row] = rests.setdefault(_cut_row(bodies[row], lists, row), len(rests))
    return pyarrow.array(numbers, pyarrow.int32())


def rebuild(rests: Any, cuts: Mapping[str, Any], columns: Any) -> Any:
    """The bodies, as a binary array, from binary arrays of what `cut` gave, and the other columns."""
    arrays = dict(cuts) | {"context_start": _start(cuts["context"])} | _value_arrays(columns)
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


def member_texts(bodies: Sequence[bytes | None], name: str) -> list[bytes | None]:
    """A member of each message as JSON text: of its `properties`, `context` or `traits`; None where it is no object."""
    texts = []
    for body in bodies:
        message = _read(body) if body is not None else None
        text = b"" if message is None else bytes(getattr(message, name))
        texts.append(text if text[:1] == _OBJECT else None)
    return texts


def _read(body: bytes) -> _Body | None:
    """A message's members; None of what is no JSON object, or no UTF-8."""
    try:
        if not body.isascii():
            body.decode()
        return _read_body(body)
    except ValueError:  # also msgspec's and Unicode's own errors
        return None


def _texts(bodies: Sequence[bytes]) -> dict[str, list[bytes | None]]:
    """What bodies have for CUTS; None for all of a body that is no JSON object, or no UTF-8."""
    texts: dict[str, list[bytes | None]] = {name: [] for name in CUTS}
    properties, traits, context, client_id, client_seq = (texts[name].append for name in CUTS)
    for body in bodies:
        message = _read(body)
        if message is None:
            for column in texts.values():
                column.append(None)
            continue
        text = bytes(message.properties)
        properties(text if text[:1] == _OBJECT else None)
        text = b"" if message.traits is _NOTHING else bytes(message.traits)
        traits(text if text[:1] == _OBJECT else None)
        text = bytes(message.context)
        start, _, client = text.rpartition(_CLIENT)
        # With no other brace in it, the client is the last member of the context and has no object.
        if start and client.endswith(b"}}") and client.count(b"}") == 2:
            members, _, number = client[:-2].rpartition(_SEQ)
            name, quote, _ = members.removeprefix(_ID).partition(_QUOTE)
            is_number = number.isdigit() and len(number) <= _MOST_DIGITS and (number[:1] != b"0" or number == b"0")
            if is_number and quote and b"\\" not in name and members.startswith(_ID):
                context(start + b"}"), client_id(name), client_seq(number)
                continue
        context(text if text[:1] == _OBJECT else None), client_id(None), client_seq(None)
    return texts


def _start(contexts: Any) -> Any:
    """Contexts without the brace that ends them."""
    return pc.binary_slice(contexts, 0, -1)


def _value_arrays(columns: Any) -> dict[str, Any]:
    microseconds, milliseconds = time_texts(columns["occurred_at"])
    times = {"microseconds": microseconds, "milliseconds": milliseconds}
    return {
        name: times[name] if name in times else _flat(columns[name]).cast(_BINARY)
        for name in _QUOTED
        if name not in CUTS
    }


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pyarrow.ChunkedArray) else column


def _cut_row(body: bytes, texts: Texts, row: int) -> bytes:
    if len(body.translate(None, _ALL)) != len(body):
        return WHOLE + body
    rest = body
    for name, mark in _PARTS.items():
        rest = _without_last(rest, texts[name][row], mark)
    for name, mark in _QUOTED.items():
        if (text := texts[name][row]) is not None:
            rest = rest.replace(_QUOTE + text + _QUOTE, mark)
    for name, mark in _NUMBER.items():
        rest = _without_last(rest, texts[name][row], mark)
    has_all = all(texts[name][row] is None for name in _without_a_mark(rest))
    return rest if has_all and _rebuilt_row(rest, texts, row) == body else WHOLE + body


def _without_last(rest: bytes, text: bytes | None, mark: bytes) -> bytes:
    if not text:
        return rest
    before, match, after = rest.rpartition(text)
    return before + mark + after if match else rest


def _rebuilt_row(rest: bytes, texts: Texts, row: int) -> bytes:
    if rest[:1] == WHOLE:
        return rest[1:]

    def text_of(match: re.Match[bytes]) -> bytes:
        name = _MARKS[match[0]]
        text = texts[name][row] or b""
        return _QUOTE + text + _QUOTE if name in _QUOTED else text

    return _MARK.sub(text_of, rest)


def _joined(rest: bytes, arrays: Mapping[str, Any], length: int) -> Any:
    """The bodies that rows of this rest have, null where a row lacks a value that it needs."""
    if rest[:1] == WHOLE:
        return pyarrow.repeat(pyarrow.scalar(rest[1:], _BINARY), length)
    pieces: list[Any] = []
    constant, position = b"", 0
    for match in _MARK.finditer(rest):
        name = _MARKS[match[0]]
        quote = _QUOTE if name in _QUOTED else b""
        pieces += [pyarrow.scalar(constant + rest[position : match.start()] + quote, _BINARY), arrays[name]]
        constant, position = quote, match.end()
    pieces.append(pyarrow.scalar(constant + rest[position:], _BINARY))
    if len(pieces) == 1:
        return pyarrow.repeat(pieces[0], length)
    return pc.binary_join_element_wise(*pieces, pyarrow.scalar(b"", _BINARY))
