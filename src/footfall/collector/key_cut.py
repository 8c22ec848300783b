"""Cuts write keys out of messages and envelopes: a key is a secret, and no journal may contain one.

A member named `writeKey` is left out wherever it is: at the top of a message it is cut, deeper it becomes null. In a
text that is no JSON the name counts in every spelling, and where its value has no plain end the rest is left out.
"""

from __future__ import annotations

import re

from footfall.collector.json_split import cut_member, end_of_value, members

__all__ = ["NAME", "cut_from_object", "cut_from_text", "may_name_key"]

NAME = "writeKey"

_LETTERS = NAME.encode()
_NULL = b"null"
_PLAIN = re.compile(_LETTERS)  # in a long text faster than `in`
# JSON may write each letter as \u and four digits.
_ESCAPED_LETTER = re.compile(rb"\\u00(?:%s)" % b"|".join(sorted({b"(?i:%02x)" % letter for letter in _LETTERS})))
_SPELLINGS = re.compile(
    b"".join(rb"(?:%c|\\u00(?i:%02x)|\\x(?i:%02x))" % (letter, letter, letter) for letter in _LETTERS)
    + rb"[\\\"']*+[ \t\r\n:=]*+"
)
# In JSON: all up to the name of a member, with its colon. Strings are passed whole, since one may look like a member.
_MEMBER = rb'"%s"[ \t\r\n]*+:[ \t\r\n]*+' % b"".join(
    rb"(?:%c|\\u00(?i:%02x))" % (letter, letter) for letter in _LETTERS
)
_NEXT_MEMBER = re.compile(rb'(?:[^"]++|(?!%s)"(?:[^"\\]++|\\.)*+")*+%s' % (_MEMBER, _MEMBER), re.DOTALL)
_AFTER_VALUE = rb"(?=[ \t\r\n]*+(?:[,\]}]|\Z))"
_VALUE = re.compile(
    rb"""(?:"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|[^ \t\r\n,\[\]{}"'\\]++)""" + _AFTER_VALUE, re.DOTALL
)
_NO_VALUE = (b"", b",", b"]", b"}")


def may_name_key(text: bytes) -> bool:
    """False only when no member in this JSON text is named `writeKey`, in any spelling. It costs next to nothing."""
    return _PLAIN.search(text) is not None or (b"\\" in text and _ESCAPED_LETTER.search(text) is not None)


def cut_from_object(text: bytes) -> bytes:
    """A JSON object without its members `writeKey`, and with null for those inside it; all else stays as it is."""
    is_at_top = any(member.key == NAME for member in members(text))
    text = cut_member(text, NAME) if is_at_top else text
    return _null_inside(text) if may_name_key(text) else text


def cut_from_text(text: bytes) -> bytes:
    """The same for a text that is no JSON, in which nobody can say what is a name and what is a value."""
    pieces: list[bytes] = []
    position = 0
    for name in _SPELLINGS.finditer(text):
        start = name.end()
        if start < position or text[start : start + 1] in _NO_VALUE:
            continue
        pieces += (text[position:start], _NULL)
        value = _VALUE.match(text, start)
        position = len(text) if value is None else value.end()
    return b"".join((*pieces, text[position:]))


def _null_inside(text: bytes) -> bytes:
    pieces: list[bytes] = []
    position = 0
    while (member := _NEXT_MEMBER.match(text, position)) is not None:
        pieces += (member[0], _NULL)
        position = end_of_value(text, member.end())
    return b"".join((*pieces, text[position:]))
