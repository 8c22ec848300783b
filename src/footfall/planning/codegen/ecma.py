r"""Writes a plan's pattern as one of ECMA-262, the dialect of JSON Schema, that matches the same texts.

The two differ where it does not show: `.` of Python matches every line separator but the newline, and `\s` of ECMA-262
more than ASCII. Classes and boundaries are written out, so that engines of other dialects agree as well. The result is
to be read in Unicode mode, as JSON Schema asks (https://json-schema.org/draft/2020-12/json-schema-core#section-6.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from footfall.plan.regex_dialect import parse_pattern

__all__ = ["ecma_pattern"]


class _Classes(NamedTuple):
    """How each class of characters is written inside a set."""

    digit: str
    space: str
    word: str


_ASCII = _Classes("0-9", r"\t-\r ", "A-Za-z0-9_")
_UNICODE = _Classes(
    r"\p{Nd}", r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000", r"\p{L}\p{N}_"
)
_SYNTAX = frozenset(r"\^$.*+?()[]{}|/")
_IN_CLASS = frozenset(r"\^-[]")
_SET_SIGNS = frozenset("&~")  # double, they mean something in a class of some engines; no dialect lets both be escaped
_SAYABLE_FLAGS = re.UNICODE | re.ASCII
_ATOMS = frozenset({"ANY", "IN", "LITERAL", "NOT_LITERAL", "SUBPATTERN"})


class _UnsayableError(Exception):
    """The other dialect has no such thing."""


def ecma_pattern(text: str) -> str | None:
    """The expression in the other dialect, or None where it cannot be said.

    That is so for flags, and for what keeps a match from retrying. `text` is a pattern of a plan that can be compiled.
    """
    tree = parse_pattern(text)
    if tree.state.flags & ~_SAYABLE_FLAGS:
        return None
    try:
        return _Writer(_ASCII if tree.state.flags & re.ASCII else _UNICODE).sequence(tree)
    except _UnsayableError:
        return None


class _Writer:
    """Writes the parts of an expression, with one meaning of its classes."""

    def __init__(self, classes: _Classes) -> None:
        self._classes = {"DIGIT": classes.digit, "SPACE": classes.space, "WORD": classes.word}
        word = f"[{classes.word}]"
        self._places = {
            "AT_BEGINNING": "^",
            "AT_BEGINNING_STRING": "^",
            "AT_BOUNDARY": f"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))",
            "AT_END_STRING": "$",
        }
        self._writers: Mapping[str, Callable[[Any], str]] = {
            "ANY": lambda _: r"[^\n]",
            "ASSERT": lambda value: self._look(value, "="),
            "ASSERT_NOT": lambda value: self._look(value, "!"),
            "AT": lambda value: self._places[str(value)],
            "BRANCH": lambda value: f"(?:{'|'.join(self.sequence(branch) for branch in value[1])})",
            "GROUPREF": lambda value: rf"(?:\{value})",
            "IN": self._set,
            "LITERAL": lambda value: _character(value, _SYNTAX),
            "MAX_REPEAT": self._repeat,
            "MIN_REPEAT": lambda value: self._repeat(value, "?"),
            "NOT_LITERAL": lambda value: f"[^{_character(value, _IN_CLASS)}]",
            "SUBPATTERN": self._group,
        }

    def sequence(self, parts: Iterable[Any]) -> str:
        return "".join(map(self._part, parts))

    def _part(self, part: Any) -> str:
        write = self._writers.get(str(part[0]))
        if write is None:
            raise _UnsayableError
        return write(part[1])

    def _set(self, members: Iterable[Any]) -> str:
        start = "["
        written: list[str] = []
        alone: list[str] = []
        for member in members:
            name, value = str(member[0]), member[1]
            if name == "NEGATE":
                start = "[^"
            elif name == "LITERAL":
                written.append(_character(value, _IN_CLASS))
            elif name == "RANGE":
                written.append("-".join(_character(code, _IN_CLASS) for code in value))
            else:
                kind = str(value).removeprefix("CATEGORY_")
                (alone if kind.startswith("NOT_") else written).append(self._classes[kind.removeprefix("NOT_")])
        if not alone:
            return f"{start}{''.join(written)}]"
        # The complement of a class cannot be inside another class: it becomes a choice.
        choices = [f"[^{kind}]" for kind in alone] + ([f"[{''.join(written)}]"] if written else [])
        any_of = choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"
        return any_of if start == "[" else rf"(?:(?!{any_of})[\s\S])"

    def _repeat(self, value: Any, lazy: str = "") -> str:
        least, most, inner = value
        body = self.sequence(inner)
        if len(inner) != 1 or str(inner[0][0]) not in _ATOMS:
            body = f"(?:{body})"
        endless = str(most) == "MAXREPEAT"
        short = {(0, True): "*", (1, True): "+"}.get((int(least), endless))
        if short is None:
            short = f"{{{least},{'' if endless else most}}}" if least != most else f"{{{least}}}"
            short = "?" if short == "{0,1}" else short
        return f"{body}{short}{lazy}"

    def _group(self, value: Any) -> str:
        number, added, removed, inner = value
        if added or removed:
            raise _UnsayableError
        return f"({'' if number is not None else '?:'}{self.sequence(inner)})"

    def _look(self, value: Any, sign: str) -> str:
        direction, inner = value
        return f"(?{'<' if direction < 0 else ''}{sign}{self.sequence(inner)})"


def _character(code: int, special: frozenset[str]) -> str:
    character = chr(code)
    if character in special:
        return f"\\{character}"
    if character.isprintable() and not (special is _IN_CLASS and character in _SET_SIGNS):
        return character
    if code > 0xFFFF or 0xD800 <= code <= 0xDFFF:
        raise _UnsayableError
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
