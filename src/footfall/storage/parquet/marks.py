"""What messages say of who or what sent them: the members of the context by which readers know bots and own people.

They are few different texts, so a sealed file has them in a column of its own, and no reader looks for them in bodies.
A message without a context has that of its batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow
import pyarrow.compute as pc

__all__ = ["MARKS", "marks_of"]

MARKS = ("userAgent", "http", "bot", "staff", "ip")
"""The members, in the order in which the text has them."""

_NOTHING = msgspec.Raw()
_TEXT, _BINARY = pyarrow.string(), pyarrow.binary()
# One of these is in each context that has a mark; `http` alone says nothing. One pattern is nine times as fast as a
# search for each of them.
_KEYS = '"(?:userAgent|bot|staff|ip)"'


class _Context(msgspec.Struct):
    userAgent: msgspec.Raw = _NOTHING  # noqa: N815 - as the wire has it
    http: msgspec.Raw = _NOTHING
    bot: msgspec.Raw = _NOTHING
    staff: msgspec.Raw = _NOTHING
    ip: msgspec.Raw = _NOTHING


class _Body(msgspec.Struct):
    context: _Context | None = None


_read_bodies = msgspec.json.Decoder(list[_Body]).decode
_read_body = msgspec.json.Decoder(_Body).decode


def marks_of(bodies: Any, envelopes: Any) -> Any:
    """For each message its marks as the JSON text of an object, null without any: a dictionary array.

    `bodies` and `envelopes` are binary arrays; an envelope may be null.
    """
    shared = _of_envelopes(envelopes)
    may_have = pc.match_substring_regex(bodies, _KEYS)
    if shared is not None:
        may_have = pc.or_(may_have, shared.is_valid())
    if not pc.any(may_have).as_py():
        return pyarrow.nulls(len(bodies), _TEXT).dictionary_encode()
    rows = bodies.filter(may_have).to_pylist()
    theirs: Sequence[str | None] = [None] * len(rows) if shared is None else shared.filter(may_have).to_pylist()
    texts = _of_bodies(rows, theirs)
    every = pc.replace_with_mask(pyarrow.nulls(len(bodies), _TEXT), may_have, pyarrow.array(texts, _TEXT))
    return every.dictionary_encode()


def _of_envelopes(envelopes: Any) -> Any:
    """The marks of the batch of each message; None where no batch has any."""
    if envelopes.null_count == len(envelopes):
        return None
    encoded = envelopes.dictionary_encode()
    envelopes = encoded.dictionary.to_pylist()
    texts = pyarrow.array(_of_bodies(envelopes, [None] * len(envelopes)), _TEXT)
    return None if texts.null_count == len(texts) else texts.take(encoded.indices)


def _of_bodies(bodies: Sequence[bytes], shared: Sequence[str | None]) -> list[str | None]:
    try:
        read: Sequence[_Body | None] = _read_bodies(b"[%b]" % b",".join(bodies))  # all at once is twice as fast
    except (msgspec.DecodeError, UnicodeDecodeError):
        read = []
    if len(read) != len(bodies):  # one of them is no JSON, or has a context that is no object
        read = [_read_alone(body) for body in bodies]
    texts: dict[tuple[bytes, ...], str | None] = {}
    answers: list[str | None] = []
    for body, other in zip(read, shared, strict=True):
        context = None if body is None else body.context
        if context is None:
            answers.append(other)
            continue
        marks = (context.userAgent, context.http, context.bot, context.staff, context.ip)
        key = tuple([b"" if raw is _NOTHING else bytes(raw) for raw in marks])
        if key not in texts:
            texts[key] = _text(key)
        answers.append(texts[key])
    return answers


def _read_alone(body: bytes) -> _Body | None:
    try:
        return _read_body(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _text(marks: tuple[bytes, ...]) -> str | None:
    named = [(name, text) for name, text in zip(MARKS, marks, strict=True) if text not in (b"", b"null")]
    if not named or named[0][0] == named[-1][0] == "http":
        return None
    return "{" + ",".join(f'"{name}":{text.decode()}' for name, text in named) + "}"
