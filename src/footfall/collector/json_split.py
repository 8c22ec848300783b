"""Cuts JSON text into its members and elements without decoding them, so that a part which is no JSON stays alone.

It looks at strings and brackets only; the rest is for whoever decodes a part.
"""

from __future__ import annotations

import json
import math
import re
from array import array
from collections.abc import Callable, Container, Mapping
from itertools import accumulate
from typing import NamedTuple

import orjson

from footfall.events import Fault

__all__ = [
    "EndOf",
    "Member",
    "NamedValues",
    "TooManyError",
    "array_at",
    "cut_member",
    "depth_and_keys",
    "element_spans",
    "end_of_value",
    "members",
    "repeats_keys",
    "why_unreadable",
]

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
# A run of brackets is one step, with all before it: neither long lists nor arrays in one another cost many steps.
_RUN = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+([\[{]++|[\]}]++)", re.DOTALL)
_RUNS = 256  # of a value that are looked at one by one, before it counts as long
# As much of a text as is looked at in one go: so many strings, or pieces of what is between them.
_STRETCHES = [
    re.compile(rb'(?:[^"]{1,64}+|%s){1,%d}+' % (_STRING, most), re.DOTALL) for most in (4096, 1024, 256, 64, 16)
]
_SMALLEST = len(_STRETCHES) - 1
# How many levels of brackets are taken off a stretch, to see whether a value can end in it.
_ROUNDS = 16
_ANY_STRING = re.compile(_STRING, re.DOTALL)
_AS_ARRAYS = bytes.maketrans(b"{}", b"[]")
_AS_STEPS = bytes.maketrans(b"[]", b"\x01\xff")  # one level in, and one out (-1)
_LEVELS = 4  # that are taken off, which is quick where there are few, before the rest is counted step by step
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_KEY = re.compile(rb"[ \t\r\n]*+(" + _STRING + rb")[ \t\r\n]*+:[ \t\r\n]*+", re.DOTALL)
# For a text that is no JSON: what may be a name, what may be between it and its value, and a value that is no JSON.
_BARE = re.compile(rb"[^ \t\r\n,:=\[\]{}\"']++")
_BEGIN = re.compile(rb"[^ \t\r\n,:=\[\]{}]")
_QUOTED = {ord('"'): re.compile(_STRING, re.DOTALL), ord("'"): re.compile(rb"'(?:[^'\\]++|\\.)*+'", re.DOTALL)}
_SEPARATOR = re.compile(rb"[ \t\r\n:=]*+")
_LOOSE = re.compile(rb"'(?:[^'\\]++|\\.)*+'|[^,\]}]++", re.DOTALL)
_NO_VALUE = (b"", b",", b"]", b"}")
_SPACE = re.compile(rb"[ \t\r\n]*+")
_PLAIN = re.compile(rb'[^ \t\r\n,\[\]{}"]++')
_OPENS = frozenset(b"[{")
_TOLD = 40  # characters of a number that its fault repeats


EndOf = Callable[[bytes, int], int]
"""Where the value at a position of a text ends."""
_NO_ENDS: Mapping[str, EndOf] = {}


class TooManyError(ValueError):
    """There are more members or elements than the caller wants to know of."""


class Member(NamedTuple):
    """A member of an object: its key, decoded, and where its key starts and its value starts and ends."""

    key: str
    start: int
    value: int
    end: int


def members(text: bytes, *, most: int | None = None, end_of: Mapping[str, EndOf] = _NO_ENDS) -> list[Member]:
    """The members of the object that is the whole of `text`. Raises ValueError when it is not one object.

    With more than `most` of them it raises TooManyError. `end_of` finds the end of the values of some members in a way
    of the caller's.
    """
    position = _after_space(text, 0)
    if text[position : position + 1] != b"{":
        raise ValueError("not an object")
    members: list[Member] = []
    position = _after_space(text, position + 1)
    if text[position : position + 1] != b"}":
        while True:
            key = _KEY.match(text, position)
            if key is None:
                raise ValueError(f"no key at byte {position}")
            if len(members) == most:
                raise TooManyError
            name = orjson.loads(key[1])
            end = end_of.get(name, end_of_value)(text, key.end())
            members.append(Member(name, key.start(1), key.end(), end))
            position = _after_space(text, end)
            if text[position : position + 1] != b",":
                break
            position += 1
        if text[position : position + 1] != b"}":
            raise ValueError(f"neither a comma nor the end at byte {position}")
    if _after_space(text, position + 1) != len(text):
        raise ValueError(f"more text after the object, at byte {position + 1}")
    return members


def element_spans(text: bytes) -> list[tuple[int, int]]:
    """Where each element of the array that is the whole of `text` starts and ends. Raises ValueError."""
    spans, end = array_at(text, 0)
    if end != len(text):
        raise ValueError("more text after the array")
    return spans


def array_at(text: bytes, position: int, *, most: int | None = None) -> tuple[list[tuple[int, int]], int]:
    """Where each element of the array at `position` starts and ends, and where the array ends.

    Raises ValueError, or TooManyError once there are more than `most` elements: it reads no further.
    """
    if text[position : position + 1] != b"[":
        raise ValueError("not an array")
    spans: list[tuple[int, int]] = []
    position = _after_space(text, position + 1)
    if text[position : position + 1] == b"]":
        return spans, position + 1
    while True:
        if len(spans) == most:
            raise TooManyError
        end = end_of_value(text, position)
        spans.append((position, end))
        position = _after_space(text, end)
        separator = text[position : position + 1]
        if separator == b"]":
            return spans, position + 1
        if separator != b",":
            raise ValueError(f"no comma at byte {position}")
        position = _after_space(text, position + 1)


class NamedValues:
    """Finds the values after some names in a text that need not be JSON.

    Names and values may have single quotes or none. The work grows with the length of the text, whatever its quotes.
    """

    def __init__(self, text: bytes, names: Container[str]) -> None:
        self._text = text
        self._names = names
        # From where on a quote has no fellow. All that come after one have none: to it they are escaped.
        self._single = dict.fromkeys(b"\"'", len(text))

    def next(self, position: int) -> tuple[str, int, int] | None:
        """The next value from `position` on: its name, its start and its end; None for no more.

        A value that has no end ends with the text.
        """
        while (word := self._word(position)) is not None:
            position = word.end()
            if (name := _name(word[0])) not in self._names:
                continue
            separator = _SEPARATOR.match(self._text, position)
            start = position if separator is None else separator.end()
            if self._text[start : start + 1] not in _NO_VALUE:
                return name, start, _end_of_loose_value(self._text, start)
        return None

    def _word(self, position: int) -> re.Match[bytes] | None:
        while (begin := _BEGIN.search(self._text, position)) is not None:
            at = begin.start()
            quote = self._text[at]
            if quote not in self._single:
                return _BARE.match(self._text, at)
            if at < self._single[quote]:
                string = _QUOTED[quote].match(self._text, at)
                if string is not None:
                    return string
                self._single[quote] = at
            position = at + 1
        return None


def _name(word: bytes) -> str:
    try:
        return str(json.loads(word)) if word[:1] == b'"' else word.strip(b"'").decode()
    except ValueError:
        return ""


def _end_of_loose_value(text: bytes, position: int) -> int:
    try:
        if text[position : position + 1] in (b"{", b"[", b'"'):
            return end_of_value(text, position)
    except ValueError:
        return len(text)
    loose = _LOOSE.match(text, position)
    return len(text) if loose is None else loose.end()


def cut_member(text: bytes, key: str) -> bytes:
    """The object `text` without its members named `key`; all other members stay byte for byte."""
    kept = [text[member.start : member.end] for member in members(text) if member.key != key]
    return b"{%s}" % b",".join(kept)


def repeats_keys(text: bytes, data: object, *, max_depth: int) -> bool:
    """Whether an object anywhere in `text`, which decodes to `data`, names a key twice.

    What is nested deeper than `max_depth` may count as if it did not.
    """
    # A repeated key is lost on decoding, and its colon with it: only if nothing was lost are there as many colons.
    # A colon in a string may be written as an escape; a backslash that is itself escaped begins none.
    colons = text.count(b":")
    if b"\\u003" in text:
        plain = text.replace(b"\\\\", b"")
        colons += plain.count(b"\\u003a") + plain.count(b"\\u003A")
    try:
        return colons != orjson.dumps(data).count(b":")
    except orjson.JSONEncodeError:  # nested too deep to encode
        return depth_and_keys(text, most_depth=max_depth)[0] <= max_depth and _has_duplicate_keys(text)


def _has_duplicate_keys(text: bytes) -> bool:
    repeated = False

    def compare(pairs: list[tuple[str, object]]) -> None:
        nonlocal repeated
        repeated = repeated or len({key for key, _ in pairs}) != len(pairs)

    # Numbers as text: neither a huge integer nor a fraction costs anything.
    try:
        json.loads(text, object_pairs_hook=compare, parse_int=str, parse_float=str)
    except RecursionError:
        return False
    return repeated


def why_unreadable(text: bytes) -> Fault:
    """Why an object is not JSON: a number too large for a double, half a surrogate pair, or its syntax."""
    not_finite: list[str] = []

    def number(digits: str) -> str:
        if not math.isfinite(float(digits)):
            not_finite.append(digits)
        return digits

    try:
        decoded = json.loads(text, parse_constant=not_finite.append, parse_float=number, parse_int=str)
        json.dumps(decoded, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return Fault("", "json", "text without half a surrogate pair")
    except (ValueError, RecursionError):
        return Fault("", "json", "valid JSON in UTF-8")
    if not_finite:
        return Fault("", "not_finite", "numbers that a double can hold", not_finite[0][:_TOLD])
    return Fault("", "json", "JSON as RFC 8259 has it")


def depth_and_keys(text: bytes, *, most_depth: int) -> tuple[int, int]:
    """How deep arrays and objects are nested in a JSON text, and how many keys all its objects have together.

    Depth is counted no further than to `most_depth` + 1.
    """
    plain = _ANY_STRING.sub(b"", text)
    keys = plain.count(b":")
    brackets = plain.translate(_AS_ARRAYS, _NO_BRACKETS)
    if b"[" * (most_depth + 1) in brackets:
        return most_depth + 1, keys
    levels = 0
    while brackets and levels < _LEVELS:
        brackets = brackets.replace(b"[]", b"")  # the innermost arrays and objects
        levels += 1
    steps = array("b", brackets.translate(_AS_STEPS))
    return min(most_depth + 1, levels + max(accumulate(steps), default=0)), keys


def _after_space(text: bytes, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def end_of_value(text: bytes, position: int) -> int:
    """Where the value that starts at `position` ends: at its closing bracket or quote, or before what ends a word."""
    first = text[position : position + 1]
    if first in (b"{", b"["):
        return _end_of_nested(text, position)
    value = _ANY_STRING.match(text, position) if first == b'"' else _PLAIN.match(text, position)
    if value is None:
        raise ValueError(
            f"the value at byte {position} has no end" if first == b'"' else f"no value at byte {position}"
        )
    return value.end()


def _end_of_nested(text: bytes, start: int) -> int:
    """Where the array or object at `start` ends.

    A long one is passed in stretches in which it cannot end, first longer and longer ones, then shorter and shorter:
    so millions of brackets cost no more than any other text of their size.
    """
    position, depth = _walk(text, start, 0, _RUNS)
    size, grows = _SMALLEST, True
    while depth:
        stretch = _STRETCHES[size].match(text, position)
        if stretch is None:
            raise ValueError(f"the value at byte {start} has no end")
        brackets = _ANY_STRING.sub(b"", stretch[0]).translate(_AS_ARRAYS, _NO_BRACKETS)
        for _ in range(_ROUNDS):
            if b"[]" not in brackets:
                break
            brackets = brackets.replace(b"[]", b"")
        closing = brackets.count(b"]")
        if closing < depth:
            depth += len(brackets) - 2 * closing
            position, size = stretch.end(), max(0, size - grows)
        elif size < _SMALLEST:
            size, grows = size + 1, False
        else:
            position, depth = _walk(text, position, depth, len(brackets))
            grows = True
    return position


def _walk(text: bytes, position: int, depth: int, most: int) -> tuple[int, int]:
    """Pass `most` runs of brackets, or fewer if the depth gets to 0. Returns the new position and depth."""
    for _ in range(most):
        run = _RUN.match(text, position)
        if run is None:
            raise ValueError(f"the value has no end after byte {position}")
        start, position = run.span(1)
        if text[start] in _OPENS:
            depth += position - start
        elif position - start >= depth:
            return start + depth, 0
        else:
            depth -= position - start
    return position, depth
