"""Writes a regular expression of Python as one of ECMA-262, the dialect of JSON Schema, that matches the same texts.

The two differ where it does not show: `$` of Python also matches before a last newline, `\\d`, `\\w` and `\\s` know all
of Unicode, `.` matches every line separator but the newline. The result is to be read in Unicode mode, as JSON Schema
asks (https://json-schema.org/draft/2020-12/json-schema-core#section-6.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from footfall.plan.patterns import parse_pattern

__all__ = ["ecma_pattern"]

_SPACE = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_WORD = r"\p{L}\p{N}_"
_CLASSES: Mapping[str, str] = {
    "CATEGORY_DIGIT": r"\p{Nd}", "CATEGORY_NOT_DIGIT": r"\P{Nd}",
    "CATEGORY_SPACE": _SPACE, "CATEGORY_WORD": _WORD,
}  # fmt: skip
_NEGATED: Mapping[str, str] = {"CATEGORY_NOT_SPACE": _SPACE, "CATEGORY_NOT_WORD": _WORD}
_IS_WORD = f"[{_WORD}]"
_PLACES: Mapping[str, str] = {
    "AT_BEGINNING": "^",
    "AT_BEGINNING_STRING": "^",
    "AT_BOUNDARY": f"(?:(?<={_IS_WORD})(?!{_IS_WORD})|(?<!{_IS_WORD})(?={_IS_WORD}))",
    "AT_END_STRING": "$",
    "AT_NON_BOUNDARY": f"(?:(?<={_IS_WORD})(?={_IS_WORD})|(?<!{_IS_WORD})(?!{_IS_WORD}))",
}
_END = r"(?=\n?$)"
_LAST_END = r"\n?$"  # the same at the very end, for engines without lookahead
_SYNTAX = frozenset(r"\^$.*+?()[]{}|/")
_IN_CLASS = frozenset(r"\^-[]")
_SET_SIGNS = frozenset("&~")  # double, they mean something in a class of some engines; no dialect lets both be escaped
_PLAIN_FLAGS = re.UNICODE


class _UnsayableError(Exception):
    """The other dialect has no such thing."""


def ecma_pattern(text: str) -> str | None:
    """The expression in the other dialect, or None where it cannot be said.

    That is so for flags, and for what keeps a match from retrying. `text` is an expression that Python can compile.
    """
    tree = parse_pattern(text)
    if tree.state.flags & ~_PLAIN_FLAGS:
        return None
    try:
        return _sequence(tree, last=True)
    except _UnsayableError:
        return None


def _sequence(parts: Iterable[Any], *, last: bool = False) -> str:
    found = list(parts)
    written = [_part(part) for part in found]
    if last and written and written[-1] == _END:
        written[-1] = _LAST_END
    return "".join(written)


def _part(part: Any) -> str:
    write = _WRITERS.get(str(part[0]))
    if write is None:
        raise _UnsayableError
    return write(part[1])


def _character(code: int, special: frozenset[str]) -> str:
    character = chr(code)
    if character in special:
        return f"\\{character}"
    if character.isprintable() and not (special is _IN_CLASS and character in _SET_SIGNS):
        return character
    if code > 0xFFFF or 0xD800 <= code <= 0xDFFF:
        raise _UnsayableError
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _set(members: Iterable[Any]) -> str:
    start, written, alone = "[", [], []
    for member in members:
        name, value = str(member[0]), member[1]
        if name == "NEGATE":
            start = "[^"
        elif name == "LITERAL":
            written.append(_character(value, _IN_CLASS))
        elif name == "RANGE":
            written.append("-".join(_character(code, _IN_CLASS) for code in value))
        elif str(value) in _CLASSES:
            written.append(_CLASSES[str(value)])
        else:
            alone.append(_NEGATED[str(value)])
    if not alone:
        return f"{start}{''.join(written)}]"
    # What is not in a class cannot stand inside of one: it becomes a choice.
    choices = [f"[^{one}]" for one in alone] + ([f"[{''.join(written)}]"] if written else [])
    any_of = f"(?:{'|'.join(choices)})"
    return any_of if start == "[" else rf"(?:(?!{any_of})[\s\S])"


def _repeat(value: Any, lazy: str = "") -> str:
    least, most, inner = value
    body = _sequence(inner)
    if len(inner) != 1 or str(inner[0][0]) not in _ATOMS:
        body = f"(?:{body})"
    endless = str(most) == "MAXREPEAT"
    short = {(0, True): "*", (1, True): "+"}.get((int(least), endless))
    if short is None:
        short = f"{{{least},{'' if endless else most}}}" if least != most else f"{{{least}}}"
        short = "?" if short == "{0,1}" else short
    return f"{body}{short}{lazy}"


def _group(value: Any) -> str:
    number, added, removed, inner = value
    if added or removed:
        raise _UnsayableError
    return f"({'' if number is not None else '?:'}{_sequence(inner)})"


def _look(value: Any, sign: str) -> str:
    direction, inner = value
    return f"(?{'<' if direction < 0 else ''}{sign}{_sequence(inner)})"


def _place(value: Any) -> str:
    return _END if str(value) == "AT_END" else _PLACES[str(value)]


_ATOMS = frozenset({"ANY", "IN", "LITERAL", "NOT_LITERAL", "SUBPATTERN"})
_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "ANY": lambda _: r"[^\n]",
    "ASSERT": lambda value: _look(value, "="),
    "ASSERT_NOT": lambda value: _look(value, "!"),
    "AT": _place,
    "BRANCH": lambda value: f"(?:{'|'.join(_sequence(branch) for branch in value[1])})",
    "GROUPREF": lambda value: rf"(?:\{value})",
    "IN": _set,
    "LITERAL": lambda value: _character(value, _SYNTAX),
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": lambda value: _repeat(value, "?"),
    "NOT_LITERAL": lambda value: f"[^{_character(value, _IN_CLASS)}]",
    "SUBPATTERN": _group,
}
