"""Reads chosen properties out of stored messages, exactly, into a table of typed columns per event.

DuckDB's own JSON functions go through a double (`0.1000` comes back `0.1`, the 20th digit is gone), so every value is
read here from its own digits. A value that is not what the plan says counts as absent, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import repeat
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from footfall.analytics.engine import hand_over, literal
from footfall.errors import UsageError
from footfall.plan.calls import Call
from footfall.plan.checking.equal import canonical_text
from footfall.plan.model import TRAITS_OF, Event, Property, PropertyType
from footfall.plan.property_text import READERS, wire_type

if TYPE_CHECKING:
    import duckdb

__all__ = ["Form", "PropertyColumn", "PropertyTable", "make_table", "shortest"]

Form = Literal["text", "boolean", "decimal", "digits"]

# The most digits of a DECIMAL, in DuckDB as in Arrow.
_WIDTH = 38
_text = msgspec.json.Decoder(str).decode
_NULL = b"null"
# Where an identify has traits outside of its `traits`, the column has all of them.
_BODY = """CASE WHEN traits IS NULL THEN body ELSE '{"traits":' || traits || '}' END"""
_USUAL = re.compile(r'[^"\\\x00-\x1f]+')


class PropertyColumn(msgspec.Struct, frozen=True):
    """The column of a property in its table.

    `form` is how values are kept: `decimal` is a DECIMAL(38, scale); `digits` is the shortest exact decimal text, for
    values of more than 38 digits. `type` is the plan's; `unread` counts values that were there and not of that type.
    `same` makes one text of all that mean one value, where the type has such.
    """

    sql: str
    form: Form
    scale: int
    type: PropertyType
    unread: int
    same: Callable[[str], str] | None = None


class PropertyTable(msgspec.Struct, frozen=True):
    """One event's messages, with a column for each property asked for.

    Before those: seq, occurred_at, received_at, person, counted, is_device.
    """

    name: str
    columns: Mapping[str, PropertyColumn]


def _typed(event: Event, name: str) -> tuple[Property, PropertyType]:
    for item in event.properties:
        if item.name == name:
            return item, wire_type(item)
    raise UsageError(f"event {event.name!r} has no property {name!r}; `footfall plan check` names who asks for it")


def _decoder(names: Sequence[str], part: str) -> Callable[[str], Sequence[bytes]]:
    """Reads the JSON text of these members of a part of the message, empty where one is absent.

    MsgspecError where there is no such part.

    A Struct of raw fields skips all else, but takes no names with a quote, a backslash or a control character.
    """
    if any(not _USUAL.fullmatch(name) for name in names):
        whole = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
        return lambda body: [*map(dict(whole(whole(body).get(part, _NULL))).get, names, repeat(b""))]
    fields: list[tuple[str, Any, Any]] = [(f"p{n}", msgspec.Raw, msgspec.Raw()) for n in range(len(names))]
    members = msgspec.defstruct("Properties", fields, rename={f"p{n}": name for n, name in enumerate(names)})
    message: Any = msgspec.defstruct("Message", [(part, members)])
    decode = msgspec.json.Decoder(message).decode
    return lambda body: msgspec.structs.astuple(getattr(decode(body), part))


def _read_column(
    raws: Sequence[bytes], type_: PropertyType, same: Callable[[str], str] | None
) -> tuple[list[Any], int]:
    values: list[Any] = []
    reader, unread = READERS[type_], 0
    keep = values.append
    for raw in raws:
        if not raw or raw == _NULL:
            keep(None)
            continue
        try:
            value = reader(raw)
            keep(same(value) if same is not None and isinstance(value, str) else value)
        except (ValueError, KeyError):  # msgspec's own errors are ValueErrors
            keep(None)
            unread += 1
    return values, unread


def _arrow(values: list[Any], type_: PropertyType) -> tuple[Any, Form, int]:
    import pyarrow  # loaded with the engine

    if type_ == "boolean":
        return pyarrow.array(values, pyarrow.bool_()), "boolean", 0
    if type_ not in {"integer", "number", "decimal"}:
        return pyarrow.array(values, pyarrow.string()), "text", 0
    try:
        fits = pyarrow.array(values)
        scale = max(getattr(fits.type, "scale", 0), 0)  # a column of nothing has the null type
        if scale <= _WIDTH:  # pyarrow makes wider scales too, which DuckDB reads as other numbers
            return fits.cast(pyarrow.decimal128(_WIDTH, scale)), "decimal", scale
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        pass  # too wide for the type
    return pyarrow.array([None if v is None else shortest(v) for v in values], pyarrow.string()), "digits", 0


def shortest(value: Decimal) -> str:
    """The same text for the same number, however it was written."""
    sign, digits, exponent = value.as_tuple()
    text, power = "".join(map(str, digits)).lstrip("0"), int(exponent)
    if not text:
        return "0"
    stripped = text.rstrip("0")
    return f"{'-' if sign else ''}{stripped}E{power + len(text) - len(stripped)}"


def make_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    event: Event,
    properties: Sequence[str],
    call: Call | None = None,
) -> PropertyTable:
    """Make the table `name` of every stored message of `event`, in order, with a column for each of `properties`.

    `call` says that it is no event but a page, a screen or another call. Raises UsageError when the event has no such
    property.
    """
    typed = [_typed(event, wanted) for wanted in properties]
    fixed = "seq, occurred_at, received_at, person_id AS person, counted, reason = 'device' AS is_device"
    which = f"event = {literal(event.name)} AND type = 'track'" if call is None else f"type = {literal(call.type)}"
    source = f"FROM messages WHERE {which} ORDER BY ord"
    if not typed and (call is None or call.name is None):
        connection.execute(f"CREATE TABLE {name} AS SELECT {fixed} {source}")
        return PropertyTable(name, {})
    table: Any = connection.sql(f"SELECT {fixed}, {_BODY} AS body {source}").to_arrow_table()
    if call is not None and call.name is not None:
        table = table.filter(_are_named(call.name, table.column("body")))
    part = "traits" if call is not None and call.type in TRAITS_OF else "properties"
    read = _decoder([item.wire_name or item.name for item, _ in typed], part)
    raws = _raws(read, table.column("body"), len(typed))
    table, columns = table.drop_columns(["body"]), {}
    for number, (item, type_) in enumerate(typed):
        same = canonical_text(item)
        values, unread = _read_column(raws[number], type_, same)
        array, form, scale = _arrow(values, type_)
        sql = f"p{number}"  # not the property's name: DuckDB's names know no upper case
        table = table.append_column(sql, array)
        columns[item.name] = PropertyColumn(sql, form, scale, type_, unread, same)
    hand_over(connection, table, f"CREATE TABLE {name} AS SELECT * FROM handed")
    return PropertyTable(name, columns)


class _Named(msgspec.Struct):
    name: msgspec.Raw = msgspec.Raw(_NULL)


def _are_named(name: str, bodies: Any) -> Any:
    """Which messages have this name, as an Arrow mask."""
    import pyarrow  # loaded with the engine

    read = msgspec.json.Decoder(_Named).decode

    def is_named(body: str) -> bool:
        try:
            return _text(read(body).name) == name
        except msgspec.MsgspecError:
            return False

    return pyarrow.array(
        [is_named(body) for chunk in bodies.iterchunks() for body in chunk.to_pylist()], pyarrow.bool_()
    )


def _raws(read: Callable[[str], Sequence[bytes]], bodies: Any, width: int) -> list[list[bytes]]:
    """The JSON text of each property, column by column; empty where it is absent."""
    columns: list[list[bytes]] = [[] for _ in range(width)]
    nothing = (b"",) * width
    for chunk in bodies.iterchunks():
        for body in chunk.to_pylist():
            try:
                values = read(body)
            except msgspec.MsgspecError:
                values = nothing
            for column, raw in zip(columns, values, strict=True):
                column.append(bytes(raw))
    return columns
