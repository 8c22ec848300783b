"""What messages say of who or what sent them: the members of the context by which readers know bots and own people.

They are few different texts, so a sealed file has a column for them, and no reader looks for them in bodies.
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
_TEXT = pyarrow.string()
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


_read_contexts = msgspec.json.Decoder(list[_Context]).decode
_read_bodies = msgspec.json.Decoder(list[_Body]).decode
_read_body = msgspec.json.Decoder(_Body).decode


def marks_of(bodies: Any, envelopes: Any, contexts: Any = None) -> Any:
    """For each message its marks as the JSON text of an object, null without any: a dictionary array.

    `bodies` and `envelopes` are binary arrays; an envelope may be null. So are `contexts`, where they are at hand:
    those of the messages themselves, null where a body must be read. They are few, so they cost next to nothing.
    """
    if contexts is None:
        return _of_bodies(bodies, envelopes).dictionary_encode()
    coded = contexts.dictionary_encode()
    marks = _of_contexts(coded.dictionary).take(coded.indices)
    if contexts.null_count:
        is_missing = contexts.is_null()
        others = _of_bodies(bodies.filter(is_missing), envelopes.filter(is_missing))
        marks = pc.replace_with_mask(marks, is_missing, others)
    return marks.dictionary_encode()


def _of_contexts(contexts: Any) -> Any:
    """The marks of contexts, which are JSON objects."""
    may_have = pc.match_substring_regex(contexts, _KEYS)
    read = _read_contexts(b"[%b]" % b",".join(contexts.filter(may_have).to_pylist()))
    return _placed([_text(context) for context in read], may_have)


def _of_bodies(bodies: Any, envelopes: Any) -> Any:
    """The marks of messages, or of their batches where a message has no context."""
    shared = _of_envelopes(envelopes)
    may_have = pc.match_substring_regex(bodies, _KEYS)
    if shared is not None:
        may_have = pc.or_(may_have, shared.is_valid())
    contexts = _contexts_in(bodies.filter(may_have).to_pylist())
    theirs: Sequence[str | None] = [None] * len(contexts) if shared is None else shared.filter(may_have).to_pylist()
    texts = [other if context is None else _text(context) for context, other in zip(contexts, theirs, strict=True)]
    return _placed(texts, may_have)


def _of_envelopes(envelopes: Any) -> Any:
    """The marks of the batch of each message; None where no batch has any."""
    if envelopes.null_count == len(envelopes):
        return None
    coded = envelopes.dictionary_encode()
    contexts = _contexts_in(coded.dictionary.to_pylist())
    texts = pyarrow.array([None if context is None else _text(context) for context in contexts], _TEXT)
    return None if texts.null_count == len(texts) else texts.take(coded.indices)


def _placed(texts: Sequence[str | None], rows: Any) -> Any:
    """An array of the texts, in order, in those rows that a mask has."""
    return pc.replace_with_mask(pyarrow.nulls(len(rows), _TEXT), rows, pyarrow.array(texts, _TEXT))


def _contexts_in(bodies: Sequence[bytes]) -> Sequence[_Context | None]:
    """The context of each body, None where it has none that is an object, or is no JSON."""
    try:
        read = _read_bodies(b"[%b]" % b",".join(bodies))  # all at once is twice as fast
    except (msgspec.DecodeError, UnicodeDecodeError):
        read = []
    if len(read) != len(bodies):
        return [_context_in(body) for body in bodies]
    return [body.context for body in read]


def _context_in(body: bytes) -> _Context | None:
    try:
        return _read_body(body).context
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _text(context: _Context) -> str | None:
    raws = (context.userAgent, context.http, context.bot, context.staff, context.ip)
    marks = [
        (name, text)
        for name, raw in zip(MARKS, raws, strict=True)
        if raw is not _NOTHING and (text := bytes(raw)) != b"null"
    ]
    if not marks or marks[0][0] == marks[-1][0] == "http":
        return None
    return "{" + ",".join(f'"{name}":{text.decode()}' for name, text in marks) + "}"
