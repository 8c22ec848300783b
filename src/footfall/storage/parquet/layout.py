"""The columns of a sealed file, their types, and what its footer says of it.

| column | |
|---|---|
| `seq` | the number in the order of receipt |
| those of `footfall.storage.columns` but for `body` | times as timestamps in UTC, JSON as text |
| `message_uuid` | the message's id where it is a UUID: `message_id` is null then |
| `properties`, `context`, `traits` | these members of the message, as JSON text as it was received |
| `client_id`, `client_seq` | the client that sent it, and its number there: then `context` is without its `client` |
| `marks` | what the context says of who or what sent it, where any message says so (`footfall.storage.parquet.marks`) |
| `rest` | the message without what other columns have (`footfall.storage.parquet.rest`) |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.storage.columns import BYTES, COLUMNS, TIME
from footfall.storage.parquet.marks import marks_of
from footfall.storage.parquet.promoted import PlannedLeaf
from footfall.storage.parquet.rest import CUTS, TRAITS, WHOLE, cut, member_texts, rebuild
from footfall.storage.parquet.uuids import join_ids, split_ids
from footfall.storage.part import MEMBERS, Stretch

__all__ = [
    "FEW",
    "FOOTER_KEY",
    "MESSAGE_TYPES",
    "VERSION",
    "Footer",
    "day_numbers",
    "member",
    "messages_of",
    "normalised",
    "plain_type",
    "stored_names",
    "to_file",
]

FOOTER_KEY = b"footfall"
VERSION = 1
"""Of the layout."""

_BODY = "body"
_LATER = "environment"  # files of data folders of format 2 have no such column: they are of production
_DAY_US = 86_400_000_000
_INT, _TEXT, _BINARY, _TIME = pyarrow.int64(), pyarrow.string(), pyarrow.binary(), pyarrow.timestamp("us", "UTC")
_NOT_TEXT = b"\x00"  # begins a text whose characters are the bytes of what is no UTF-8

MESSAGE_TYPES: Mapping[str, Any] = {"seq": _INT} | {
    column.name: _BINARY if column.contents is BYTES else _INT if column.contents is TIME else _TEXT
    for column in COLUMNS
}
"""The Arrow types of a message's columns outside of files: times are microseconds, JSON is bytes."""

_CUT_TYPES = {"client_seq": _INT}
FEW = ("bundle", "context")
"""Columns of long texts of which most rows share some."""
_NEED_REST = {"traits", "all_traits", "properties", "shared_context"}
_STORED_AS = {"all_traits": "traits", "shared_context": "context"}
_JSON = [column.name for column in COLUMNS if column.contents is BYTES and column.name != _BODY]
_TIMES = [column.name for column in COLUMNS if column.contents is TIME]


class Footer(msgspec.Struct, frozen=True):
    """What a file says of itself, as JSON in its key-value metadata. `version` is VERSION.

    All messages are of one `environment`, None for production.

    `typed` has by event each leaf whose values were taken out of `properties`. So a leaf that is among them and has no
    column has no value in the file.
    """

    version: int
    day: str
    first: int
    last: int
    messages: int
    stretches: tuple[Stretch, ...] = ()
    typed: Mapping[str, tuple[PlannedLeaf, ...]] = {}
    environment: str | None = None
    is_marked: bool | None = None


def normalised(batch: Any) -> Any:
    """A table of MESSAGE_TYPES of a record batch that has them in any order, and in types that can be cast to them."""
    arrays = {}
    for name, type_ in MESSAGE_TYPES.items():
        column = batch.column(name)
        # A reader may have guessed the type of a column without a value.
        arrays[name] = pyarrow.nulls(len(column), type_) if column.null_count == len(column) else column.cast(type_)
    return pyarrow.table(arrays)


def day_numbers(received_at: Any) -> Any:
    """The days of receipt, counted from 1970-01-01 UTC."""
    days = pc.divide(received_at, _DAY_US)
    is_before = pc.less(received_at, pc.multiply(days, _DAY_US))
    return pc.subtract(days, is_before.cast(_INT))


def to_file(messages: Any) -> Any:
    """The columns of a file for a table of MESSAGE_TYPES, in the same order of rows, before any is promoted.

    Long texts of which there are few are dictionary arrays.
    """
    messages = messages.combine_chunks()
    cuts = cut(_one(messages.column(_BODY)), messages)
    table = messages.drop_columns([_BODY])
    for name in _TIMES:
        table = _set(table, name, table.column(name).cast(_TIME))
    for name in _JSON:
        column = _to_text(table.column(name))
        table = _set(table, name, pc.coalesce(column, cuts[name].cast(_TEXT)) if name in CUTS else column)
    for name in CUTS:
        if name not in _JSON:
            table = table.append_column(name, cuts[name].cast(_TEXT).cast(_CUT_TYPES.get(name, _TEXT)))
    others, uuids = split_ids(_one(table.column("message_id")))
    table = _set(table, "message_id", others).append_column("message_uuid", uuids)
    for name in FEW:
        table = _set(table, name, table.column(name).dictionary_encode())
    marks = marks_of(_one(messages.column(_BODY)), _one(messages.column("envelope")), cuts["context"])
    table = table.append_column("marks", marks)
    return table.append_column("rest", cuts["rest"])


def plain_type(type_: Any) -> Any:
    """The type of the values of a column, so that readers see texts and not Arrow's dictionaries."""
    return type_.value_type if pyarrow.types.is_dictionary(type_) else type_


def stored_names(names: Sequence[str], *, is_marked: bool | None = None) -> list[str]:
    """Which columns of a file are needed for these columns of messages; `is_marked` is what its footer says."""
    if "marks" in names and not is_marked:
        names = ["seq" if name == "marks" else name for name in names]
        names = names if is_marked is not None else [*names, _BODY, "envelope"]
    if _BODY in names or "context" in names:
        needs = [
            name
            for name in MESSAGE_TYPES
            if name not in ("source", "bundle", "faults", "envelope", "received_at", _BODY, _LATER)
        ]
        names = [*names, *needs, *CUTS, "rest"]
    elif _NEED_REST.intersection(names):
        names = [*names, "rest"]
    for name, stored in _STORED_AS.items():
        if name in names:
            names = [*names, stored]
    if "message_id" in names:
        names = [*names, "message_uuid"]
    if _LATER in names:
        names = [*names, "seq"]  # so that there are rows also where the file is of before it
    return list(dict.fromkeys(name for name in names if name != _BODY and name not in _STORED_AS))


def messages_of(table: Any, names: Sequence[str]) -> Any:
    """These columns of messages, from a table of the columns of a file that they need."""
    table = table.combine_chunks()
    if "message_id" in table.column_names:
        ids = join_ids(_one(table.column("message_id")), _one(table.column("message_uuid")))
        table = _set(table, "message_id", ids)
    arrays = {}
    for name in names:
        if name == _BODY:
            arrays[name] = _bodies(table)
        elif name == "marks":
            arrays[name] = _marks(table)
        elif name in MEMBERS:
            arrays[name] = member(table, name)
        elif name == "traits":
            arrays[name] = _to_bytes(_given_traits(table))
        elif name in _JSON:
            arrays[name] = _to_bytes(table.column(name))
        elif name == _LATER and name not in table.column_names:
            arrays[name] = pyarrow.nulls(len(table), _TEXT)
        else:
            column = table.column(name)
            arrays[name] = column.cast(MESSAGE_TYPES.get(name, plain_type(column.type)))
    return pyarrow.table(arrays)


def member(table: Any, name: str) -> Any:
    """One of MEMBERS, as text, from a table of the columns of a file that it needs."""
    if name == "context":  # what its client says is not in its column
        return pyarrow.array(member_texts(_bodies(table).to_pylist(), name), _BINARY).cast(_TEXT)
    is_shared, name = name == "shared_context", _STORED_AS.get(name, name)
    stored, rests = _one(table.column(name)), _one(table.column("rest"))
    if is_shared and not stored.null_count:
        return stored
    texts = stored.cast(_TEXT)
    if texts.null_count and pc.any(pc.starts_with(rests.dictionary.cast(_BINARY), WHOLE.decode())).as_py():
        is_whole = pc.and_(pc.is_null(texts), pc.starts_with(rests.cast(_BINARY), WHOLE.decode()))
        bodies = pc.binary_slice(rests.filter(is_whole).cast(_BINARY), 1)
        members = pyarrow.array(member_texts(bodies.to_pylist(), name), _BINARY).cast(_TEXT)
        texts = pc.replace_with_mask(texts, is_whole, members)
    return texts


def _marks(table: Any) -> Any:
    if "marks" in table.column_names:
        return _one(table.column("marks")).cast(_TEXT)
    if "rest" in table.column_names and "envelope" in table.column_names:  # of a file from before there was the column
        return marks_of(_one(_bodies(table)), _one(_to_bytes(table.column("envelope")))).cast(_TEXT)
    return pyarrow.nulls(len(table), _TEXT)


def _bodies(table: Any) -> Any:
    cuts = {name: _one(table.column(name)).cast(_TEXT).cast(_BINARY) for name in CUTS}
    return rebuild(_one(table.column("rest")).cast(_BINARY), cuts, table)


def _given_traits(table: Any) -> Any:
    """The column `traits` as it was in the journal: where the rest has the mark, the text is of the body."""
    rest = table.column("rest").cast(_BINARY)
    is_of_body = pc.and_not(pc.match_substring(rest, TRAITS.decode()), pc.starts_with(rest, WHOLE.decode()))
    return pc.if_else(is_of_body, pyarrow.scalar(None, _TEXT), table.column("traits"))


def _to_text(column: Any) -> Any:
    try:
        text = column.cast(_TEXT)
        if not pc.any(pc.starts_with(text, _NOT_TEXT.decode())).as_py():
            return text
    except pyarrow.ArrowInvalid:
        pass
    return pyarrow.array([_as_text(value) for value in column.to_pylist()], _TEXT)


def _as_text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        if not value.startswith(_NOT_TEXT):
            return value.decode()
    except UnicodeDecodeError:
        pass
    return (_NOT_TEXT + value).decode("latin-1")


def _to_bytes(column: Any) -> Any:
    values = column.cast(_BINARY)
    if not pc.any(pc.starts_with(values, _NOT_TEXT.decode())).as_py():
        return values
    return pyarrow.array(
        [value.decode().encode("latin-1")[1:] if value is not None and value.startswith(_NOT_TEXT) else value
         for value in values.to_pylist()], _BINARY,
    )  # fmt: skip


def _one(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pyarrow.ChunkedArray) else column


def _set(table: Any, name: str, column: Any) -> Any:
    return table.set_column(table.schema.get_field_index(name), name, column)
