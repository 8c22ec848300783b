"""The rows of an export: each message as its columns, with what is read from its body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from footfall.analytics.exports.columns import COLUMNS, PAGE, PARTS
from footfall.analytics.exports.selection import Selection
from footfall.analytics.exports.stream import MessageStream
from footfall.message_reader import traits_text
from footfall.plan.model import TRAITS_OF

__all__ = ["ExportRow", "body_parts", "export_rows"]

ExportRow = dict[str, Any]
"""The columns of one message by name, None where there is nothing."""


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


def export_rows(stream: MessageStream, selection: Selection) -> Iterator[ExportRow]:
    """Every selected message in order of `seq`."""
    names = [*(name for name in COLUMNS if name not in PAGE and name not in PARTS), "body", "traits"]
    for block in stream.blocks(selection, names):
        for row in block.to_pylist():
            body, envelope = row.pop("body"), row["envelope"]
            row.update(body_parts(row["type"], body, envelope, row["traits"]))
            row["envelope"] = _compact(envelope)
            yield {column: row[column] for column in COLUMNS}


def body_parts(type_: str, body: bytes, envelope: bytes | None, traits: bytes | None) -> ExportRow:
    """The columns that are read from the body of a message, its batch's envelope, and its column `traits`."""
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


def _compact(text: bytes | str | msgspec.Raw | None) -> str | None:
    """The same JSON on one line, every digit and every escape as it was; None for nothing and for null."""
    content = text.encode() if isinstance(text, str) else bytes(text or b"")
    line: bytes = msgspec.json.format(content, indent=-1) if content else b""
    return None if line in (b"", b"null") else line.decode()
