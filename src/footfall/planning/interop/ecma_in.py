r"""Reads a regular expression of ECMA-262, the dialect of JSON Schema, as a plan's pattern that matches the same texts.

It is read in Unicode mode, as JSON Schema asks, but for what only that mode forbids and schemas are full of: an escape
of a character that needs none, and a bracket or brace that means itself (ECMA-262, Annex B.1.2). What Python has
no words for is refused with its reason.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["FromEcma", "read_ecma"]

_SPACES = r"\s\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_ANY = r"[^\n\r\u2028\u2029]"
_EVERYTHING = r"[\s\S]"
_NOTHING = "(?!)"
_SYNTAX = frozenset(r"\^$.*+?()[]{}|")
_IN_CLASS = frozenset(r"\^-[]&~|")  # the last three mean something to a later Python where they are double
# A negative look takes nothing, and a look behind is read from its end in ECMA-262.
_LOSE_GROUPS = frozenset(("(?!", "(?<!", "(?<="))
_SAME = frozenset("tnvfr")
_CLASSES = frozenset("dDwW")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??")
_OPENING = re.compile(r"\(\?(?:[:=!]|<[=!]|<([^=!>][^>]*)>)")
_CODE = re.compile(r"x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|c([A-Za-z])")
_LOW_HALF = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
_REFERENCE = re.compile(r"([1-9][0-9]*)|k<([^>]*)>")


class FromEcma(NamedTuple):
    """A plan's pattern, and what in the expression is not what its writer may have meant."""

    pattern: str
    notes: tuple[str, ...] = ()


def read_ecma(text: str) -> FromEcma:
    """The pattern. Raises ValueError, saying why, for what is no such expression or cannot be said in a plan."""
    reader = _Reader(text)
    pattern = reader.read()
    return FromEcma(pattern, tuple(dict.fromkeys(reader.notes)))


class _Reader:
    """One pass over the expression, which writes each element in Python's words."""

    def __init__(self, text: str) -> None:
        self.notes: list[str] = []
        self._text = text
        self._at = 0
        self._names = [match[1] for match in re.finditer(r"\(\?<([^=!>][^>]*)>", text)]
        self._groups = 0
        self._closed: set[int] = set()
        # Groups that a match can go past. A reference to one takes nothing in ECMA-262 and fails in Python.
        self._optional: set[int] = set()
        self._referred: set[int] = set()
        self._numbers: dict[str, int] = {}

    def read(self) -> str:
        written = self._choice()
        if self._at < len(self._text):
            raise ValueError("a bracket is closed that was not opened")
        if self._referred & self._optional:
            raise ValueError("it refers back to a group that may have matched nothing, which Python reads otherwise")
        return written

    def _peek(self, size: int = 1) -> str:
        return self._text[self._at : self._at + size]

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _choice(self) -> str:
        before = self._groups
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        if len(branches) > 1:
            self._optional.update(range(before + 1, self._groups + 1))
        return "|".join(branches)

    def _sequence(self) -> str:
        written = []
        while self._at < len(self._text) and self._peek() not in ("|", ")"):
            before = self._groups
            element = self._element()
            quantifier = self._take(_QUANTIFIER)
            if quantifier is not None:
                if element in ("^", "$", r"\b", r"\B") or self._take(_QUANTIFIER) is not None:
                    raise ValueError(f"{quantifier[0]!r} repeats nothing")
                self._optional.update(range(before + 1, self._groups + 1))
            written.append(element + (quantifier[0] if quantifier is not None else ""))
        return "".join(written)

    def _element(self) -> str:
        character = self._peek()
        if character in "*+?" or _QUANTIFIER.match(self._text, self._at):
            raise ValueError(f"{character!r} repeats nothing")
        if character == "(":
            return self._group()
        self._at += 1
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character == ".":
            return _ANY
        return character if character in "^$" else _literal(ord(character), _SYNTAX)

    def _group(self) -> str:
        opening = self._take(_OPENING)
        if opening is None and self._peek(2) == "(?":
            raise ValueError(f"{self._peek(4)!r} is no group of ECMA-262 that a plan can say")
        number, before = 0, self._groups
        if opening is None or opening[1] is not None:
            self._groups += 1
            number = self._groups
        start = opening[0] if opening is not None else "("
        if opening is None:
            self._at += 1
        elif opening[1] is not None:
            self._numbers[opening[1]] = number
            start = f"(?P<{opening[1]}>" if opening[1].isidentifier() and opening[1].isascii() else "("
        inside = self._choice()
        if self._peek() != ")":
            raise ValueError("a bracket is not closed")
        self._at += 1
        self._closed.add(number)
        if start in _LOSE_GROUPS:
            self._optional.update(range(before + 1, self._groups + 1))
        return f"{start}{inside})"

    def _escape(self) -> str:
        reference = self._take(_REFERENCE)
        if reference is not None:
            return self._back_reference(reference)
        character = self._peek()
        if character in ("b", "B"):
            self._at += 1
            return f"\\{character}"
        if character == "s":
            self._at += 1
            return f"[{_SPACES}]"
        if character == "S":
            self._at += 1
            return f"[^{_SPACES}]"
        return self._one(_SYNTAX)

    def _back_reference(self, reference: re.Match[str]) -> str:
        if reference[2] is not None and not self._names:
            raise ValueError(r"\k refers to a group that is not there")
        number = int(reference[1]) if reference[1] is not None else self._numbers.get(reference[2], 0)
        if number not in self._closed or not number:
            raise ValueError(f"{reference[0]!r} refers to a group that is not there, or not yet")
        self._referred.add(number)
        return f"(?:\\{number})" if self._peek().isdigit() else f"\\{number}"

    def _one(self, special: frozenset[str]) -> str:
        """The meaning of an escape that takes one character, or of a class that both dialects have."""
        code = self._take(_CODE)
        if code is not None:
            return _literal(self._code(code), special)
        if self._at >= len(self._text):
            raise ValueError("it ends in a backslash")
        character = self._peek()
        self._at += 1
        if character in _SAME or character in _CLASSES:
            return f"\\{character}"
        if character == "0" and not self._peek().isdigit():
            return r"\x00"
        if character in "pP" and self._peek() == "{":
            raise ValueError(f"Python has no \\{character}{{…}}")
        if character.isdigit():
            raise ValueError(f"\\{character} is no character of ECMA-262")
        if character.isascii() and character.isalpha():
            self.notes.append(f"\\{character} is the letter {character} in ECMA-262")
        return _literal(ord(character), special)

    def _code(self, code: re.Match[str]) -> int:
        if code[4] is not None:
            return ord(code[4].upper()) - 64
        number = int(next(digits for digits in code.groups()[:3] if digits is not None), 16)
        if number > 0x10FFFF:
            raise ValueError(f"{code[0]!r} is beyond Unicode")
        low = self._take(_LOW_HALF) if code[3] is not None and 0xD800 <= number < 0xDC00 else None
        return number if low is None else 0x10000 + ((number - 0xD800) << 10) + int(low[1], 16) - 0xDC00

    def _class(self) -> str:
        negated = self._peek() == "^"
        self._at += negated
        members: list[str] = []
        spaces: set[str] = set()
        while self._peek() != "]":
            if self._at >= len(self._text):
                raise ValueError("a set is not closed")
            member = self._member()
            if member in (r"\s", r"\S"):
                spaces.add(member)
                continue
            members.append(member)
            if self._peek() == "-" and self._peek(2) not in ("-]", "-"):
                self._at += 1
                self._range(members, spaces)
        self._at += 1
        return _set(members, spaces, negated=negated)

    def _range(self, members: list[str], spaces: set[str]) -> None:
        low, high = members[-1], self._member()
        if high in (r"\s", r"\S"):
            spaces.add(high)
            members.append(r"\-")
        elif low in _WHOLE or high in _WHOLE:
            members += [r"\-", high]  # no range: the hyphen means itself
        else:
            members[-1] = f"{low}-{high}"

    def _member(self) -> str:
        character = self._peek()
        self._at += 1
        if character != "\\":
            return _literal(ord(character), _IN_CLASS)
        following = self._peek()
        if following in ("b", "s", "S", "-"):
            self._at += 1
            return r"\x08" if following == "b" else f"\\{following}"
        return self._one(_IN_CLASS)


_WHOLE: frozenset[str] = frozenset({r"\d", r"\D", r"\w", r"\W"})


def _set(members: list[str], spaces: set[str], *, negated: bool) -> str:
    if {r"\s", r"\S"} <= spaces:
        return _NOTHING if negated else _EVERYTHING
    if r"\S" not in spaces:
        inside = (_SPACES if spaces else "") + "".join(members)
        if not inside:
            return _EVERYTHING if negated else _NOTHING
        return f"[{'^' if negated else ''}{inside}]"
    if not members:
        return f"[{_SPACES}]" if negated else f"[^{_SPACES}]"
    # The complement of a set cannot be inside another set: it becomes a choice.
    others = f"[{''.join(members)}]"
    return f"(?:(?!{others})[{_SPACES}])" if negated else f"(?:[^{_SPACES}]|{others})"


def _literal(code: int, special: frozenset[str]) -> str:
    character = chr(code)
    if character in special:
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
