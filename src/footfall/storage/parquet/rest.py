"""The rest of a body: the bytes of a message without what columns have already, from which it is made again exactly.

What is cut out leaves a mark: a control byte, which valid JSON never has as it is. A body that has marks itself, or
that would come back otherwise, is kept whole. Every body is made again and compared before it is written.

Most bodies differ in nothing but their columns, so their rests are few. A rest that was cut once is tried on all rows
of a batch at a time.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.storage.parquet.slicing import are_objects, sliced
from footfall.storage.parquet.times import TIME_FORMS, time_texts

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
_OF_COLUMNS = [name for name in _QUOTED if name not in CUTS]
_COLUMNS = [*(name for name in _OF_COLUMNS if name not in TIME_FORMS), "occurred_at"]
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
_WORTH = 500  # one row in so many should have a rest that was tried
_MISSES = 3  # rests that fewer have, before rows are cut one by one

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
    batch = _Batch(_flat(bodies), columns)
    batch.try_rests()
    if batch.codes.null_count:
        batch.cut_one_by_one()
    names = pyarrow.array(list(batch.rests), _BINARY)
    return batch.cuts | {"rest": pyarrow.DictionaryArray.from_arrays(batch.codes, names)}


class _Batch:
    """Bodies that are cut: the `rests` so far by their numbers, the number of each row in `codes`, and its `cuts`."""

    def __init__(self, bodies: Any, columns: Any) -> None:
        self.rests: dict[bytes, int] = {}
        self.codes: Any = pyarrow.nulls(len(bodies), pyarrow.int32())
        self.cuts: dict[str, Any] = {name: pyarrow.nulls(len(bodies), _BINARY) for name in CUTS}
        self._bodies = bodies
        self._columns = {name: _flat(columns[name]) for name in (*_COLUMNS, "traits")}
        self._values = _Values(self._columns)
        self._is_there = {name: column.is_valid() for name, column in self._columns.items()}

    def try_rests(self) -> None:
        """Cut those that are spelled as others are. A row is cut, and then all at a time that may be spelled so."""
        position = misses = 0
        while misses < _MISSES and len(self.rests) < _TRIES:
            row = pc.index(self.codes.slice(position).is_null(), True).as_py()
            if row < 0:
                return
            position += row + 1
            if self._try_rest_of(position - 1) * _WORTH < len(self.codes):
                misses += 1

    def _try_rest_of(self, row: int) -> int:
        """Returns how many rows have the rest of this one."""
        texts = self._texts(pyarrow.array([row]))
        body = self._bodies[row].as_py()
        rest = _cut_row(body, texts, 0)
        if not _is_certain(rest, body, texts):
            return 0
        # What has its column has it in the body, too, but for the rarest.
        rows = self.codes.is_null()
        for is_there in self._is_there.values():
            rows = pc.and_(rows, is_there if is_there[row].as_py() else pc.invert(is_there))
        bodies, values = self._bodies.filter(rows), self._values.filtered(rows, _names_in(rest))
        pieces = _pieces(rest, bodies, values)
        is_equal = pc.equal(_joined(rest, values | pieces, len(bodies)), bodies).fill_null(False)
        is_cut = functools.reduce(pc.and_, [*_checks(pieces), *_checks_of_values(values)], is_equal)
        self._take(rows, is_cut, rest, pieces)
        return int(pc.sum(is_cut).as_py() or 0)

    def _take(self, rows: Any, is_cut: Any, rest: bytes, pieces: Mapping[str, Any]) -> None:
        """Those of some rows that have the rest get it, with their pieces."""
        number = self.rests.setdefault(rest, len(self.rests))
        numbers = pc.if_else(is_cut, pyarrow.scalar(number, pyarrow.int32()), pyarrow.scalar(None, pyarrow.int32()))
        self.codes = pc.replace_with_mask(self.codes, rows, numbers)
        for name, piece in pieces.items():
            whole = pc.binary_join_element_wise(piece, b"}", b"") if name == "context_start" else piece
            cuts = pc.if_else(is_cut, whole, pyarrow.scalar(None, _BINARY))
            name = name.removesuffix("_start")  # noqa: PLW2901
            self.cuts[name] = pc.replace_with_mask(self.cuts[name], rows, cuts)

    def cut_one_by_one(self) -> None:
        """Cut all others."""
        rows = self.codes.is_null()
        texts = self._texts(pc.indices_nonzero(rows))
        bodies = self._bodies.filter(rows).to_pylist()
        rests = [_cut_row(body, texts, row) for row, body in enumerate(bodies)]
        numbers = [self.rests.setdefault(rest, len(self.rests)) for rest in rests]
        self.codes = pc.replace_with_mask(self.codes, rows, pyarrow.array(numbers, pyarrow.int32()))
        for name, marks in _MARKS_OF.items():
            has_mark = [not rest.startswith(WHOLE) and any(mark in rest for mark in marks) for rest in rests]
            cuts = [text if has else None for text, has in zip(texts[name], has_mark, strict=True)]
            self.cuts[name] = pc.replace_with_mask(self.cuts[name], rows, pyarrow.array(cuts, _BINARY))

    def _texts(self, rows: Any) -> dict[str, Sequence[bytes | None]]:
        """All that may be cut out of the bodies of these rows."""
        columns = {name: column.take(rows) for name, column in self._columns.items()}
        values = _Values(columns)
        texts: dict[str, Sequence[bytes | None]] = dict(_texts(self._bodies.take(rows).to_pylist()))
        texts |= {name: values[name].to_pylist() for name in _OF_COLUMNS}
        texts["traits"] = [
            text if given is None else None
            for text, given in zip(texts["traits"], columns["traits"].to_pylist(), strict=True)
        ]
        texts["context_start"] = [
            context[:-1] if context and number else None
            for context, number in zip(texts["context"], texts["client_seq"], strict=True)
        ]
        return texts


class _Values(dict[str, Any]):
    """What rows have in their columns, as binary arrays, each made when it is asked for."""

    def __init__(self, columns: Any) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, name: str) -> Any:
        if name in TIME_FORMS:
            self[name] = time_texts(_flat(self._columns["occurred_at"]), name)
        else:
            self[name] = _flat(self._columns[name]).cast(_BINARY)
        return self[name]

    def filtered(self, rows: Any, names: Iterable[str]) -> dict[str, Any]:
        """Those of these names that are of columns, for some of the rows."""
        return {name: self[name].filter(rows) for name in names if name in _OF_COLUMNS}


def _is_certain(rest: bytes, body: bytes, texts: Texts) -> bool:
    """Whether what was cut out of a body is known to be where the marks are: it is in the body once."""
    if rest.startswith(WHOLE):
        return False
    names = [name for name in _names_in(rest) if name not in _OF_COLUMNS]
    contents = {name: texts[name][0] or b"" for name in names}
    if "client_seq" in contents and _SEQ + _NUMBER["client_seq"] + b"}" in rest:
        contents["client_seq"] = _SEQ + contents["client_seq"] + b"}"
    if "client_id" in contents and _CLIENT + _ID[:-1] + _QUOTED["client_id"] in rest:
        contents["client_id"] = _CLIENT + _ID + contents["client_id"] + _QUOTE
    return len(set(names)) == len(names) and all(body.count(content) == 1 for content in contents.values())


def _pieces(rest: bytes, bodies: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What bodies that may have this rest have where it has marks, but for what is in columns."""
    names, constants = _names_in(rest), _MARK.split(rest)
    for place, name in enumerate(names):
        if name in _QUOTED:
            constants[place] += _QUOTE
            constants[place + 1] = _QUOTE + constants[place + 1]
    return sliced(constants, names, {name: pc.binary_length(array) for name, array in values.items()}, bodies)


def _checks(pieces: Mapping[str, Any]) -> Iterator[Any]:
    """Of each row whether its pieces are what they are taken for."""
    for name, piece in pieces.items():
        if name == "client_id":
            yield pc.invert(pc.match_substring_regex(piece, r'["\\}]')).fill_null(False)
        elif name == "client_seq":
            yield pc.match_substring_regex(piece, rf"^(0|[1-9][0-9]{{0,{_MOST_DIGITS - 1}}})$").fill_null(False)
        elif name in ("context", "context_start"):
            coded = piece.dictionary_encode()  # there are few
            texts = coded.dictionary
            if name == "context_start":
                texts = pc.binary_join_element_wise(texts, b"}", b"")
            yield are_objects(texts).take(coded.indices).fill_null(False)
        else:
            yield are_objects(piece)


def _checks_of_values(values: Mapping[str, Any]) -> Iterator[Any]:
    """Of each row whether its values are what JSON has between quotes, so that it is read as the row that was cut."""
    for value in values.values():
        content = value.buffers()[2]
        if content is not None and any(byte in content.to_pybytes() for byte in (_QUOTE, b"\\")):
            yield pc.invert(pc.match_substring_regex(value, r'["\\]')).fill_null(False)


def _names_in(rest: bytes) -> list[str]:
    return [] if rest.startswith(WHOLE) else [_MARKS[mark] for mark in _MARK.findall(rest)]


def _without_a_mark(rest: bytes) -> list[str]:
    if rest.startswith(WHOLE):
        return []
    return [name for name in _WITH_A_MARK if not any(mark in rest for mark in _MARKS_OF[name])]


def rebuild(rests: Any, cuts: Mapping[str, Any], columns: Any) -> Any:
    """The bodies, as a binary array, from binary arrays of what `cut` gave, and the other columns."""
    arrays = _Values(columns)
    arrays |= dict(cuts) | {"context_start": pc.binary_slice(cuts["context"], 0, -1)}
    counts = pc.value_counts(rests)
    bodies: Any = pyarrow.nulls(len(rests), _BINARY)
    for entry in counts.to_pylist()[:_TRIES]:
        rest = entry["values"]
        if entry["counts"] * _WORTH >= len(rests):
            is_rest = pc.equal(rests, pyarrow.scalar(rest, _BINARY))
            bodies = pc.if_else(is_rest, _joined(rest, arrays, len(rests)), bodies)
    if not bodies.null_count:
        return bodies
    lists = {name: arrays[name].to_pylist() for name in _MARKS.values()}
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
    if (number := texts["client_seq"][row]) is not None:
        rest = _without_last(rest, _SEQ + number + b"}", _SEQ + _NUMBER["client_seq"] + b"}")
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
