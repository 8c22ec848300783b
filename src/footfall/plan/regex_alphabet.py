"""Which characters an element of a regular expression takes, as bits, so that overlaps are a matter of `&`.

ASCII is exact. Beyond it a few probes represent all: the ends of every range and their neighbours, and one bit each for
the digits, the other word characters, the spaces and the rest. Where that is not exact, a set is too large, never too
small: two sets that could share a character do share a bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["Alphabet", "inner_sequences"]

_DIGIT, _WORD, _SPACE, _REST = range(4)
_CLASSES: dict[str, tuple[str, frozenset[int]]] = {
    "DIGIT": (r"\d", frozenset({_DIGIT})),
    "WORD": (r"\w", frozenset({_DIGIT, _WORD})),
    "SPACE": (r"\s", frozenset({_SPACE})),
}


class Alphabet:
    """The characters that matter to one parsed expression."""

    def __init__(self, tree: Iterable[Any]) -> None:
        codes = set(range(128))
        for code in _codes(tree):
            folded = (ord(each) for each in (*chr(code).lower(), *chr(code).upper()))
            codes |= {near for char in (code, *folded) for near in (char - 1, char, char + 1) if 0 <= near <= 0x10FFFF}
        self._chars = [chr(code) for code in sorted(codes)]
        self._beyond = [1 << (len(self._chars) + number) for number in range(4)]
        self.size = len(self._chars) + 4
        self.all = (1 << self.size) - 1
        self._known: dict[tuple[str, int], int] = {}

    def of(self, part: Any, flags: int) -> int:
        """The bits of an element that takes one character."""
        key = (repr(part), flags)
        if key not in self._known:
            self._known[key] = self._bits(part, flags)
        return self._known[key]

    def _bits(self, part: Any, flags: int) -> int:
        name, value = str(part[0]), part[1]
        if name == "ANY":
            return self.all if flags & re.DOTALL else self.all & ~(1 << self._chars.index("\n"))
        if name == "IN":
            items = [item for item in value if str(item[0]) != "NEGATE"]
            return self._set(items, flags, negated=len(items) < len(value))
        return self._set([("LITERAL", value)], flags, negated=name == "NOT_LITERAL")

    def _set(self, items: list[Any], flags: int, *, negated: bool) -> int:
        bits = 0
        for number, char in enumerate(self._chars):
            if any(_takes(item, char, flags) for item in items) is not negated:
                bits |= 1 << number
        for number, beyond in enumerate(self._beyond):
            covered = [_beyond(item, number, flags, surely=negated) for item in items]
            if any(covered) is not negated:
                bits |= beyond
        return bits


def _codes(tree: Iterable[Any]) -> Iterator[int]:
    for part in tree:
        name, value = str(part[0]), part[1]
        if name in {"LITERAL", "NOT_LITERAL"}:
            yield value
        elif name == "RANGE":
            yield from value
        elif name == "IN":
            yield from _codes(value)
        else:
            yield from (code for sequence in inner_sequences(part) for code in _codes(sequence))


def inner_sequences(part: Any) -> list[Any]:
    """The sequences inside an element of a parsed expression."""
    name, value = str(part[0]), part[1]
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return [value[2]]
    if name == "SUBPATTERN":
        return [value[3]]
    if name == "BRANCH":
        return list(value[1])
    if name in {"ASSERT", "ASSERT_NOT"}:
        return [value[1]]
    if name == "ATOMIC_GROUP":
        return [value]
    return [each for each in value[1:] if each is not None] if name == "GROUPREF_EXISTS" else []


def _takes(item: Any, char: str, flags: int) -> bool:
    name, value = str(item[0]), item[1]
    if name == "CATEGORY":
        kind = str(value).removeprefix("CATEGORY_")
        form, _ = _CLASSES[kind.removeprefix("NOT_")]
        return bool(re.match(form, char, flags & re.ASCII)) is not kind.startswith("NOT_")
    cases = {char, *char.lower(), *char.upper()} if flags & re.IGNORECASE else {char}
    low, high = value if name == "RANGE" else (value, value)
    return any(low <= ord(case) <= high for case in cases)


def _beyond(item: Any, kind: int, flags: int, *, surely: bool) -> bool:
    """Whether an item takes characters of a kind beyond ASCII: any of them, or with `surely` all of them."""
    name, value = str(item[0]), item[1]
    if name == "CATEGORY":
        category = str(value).removeprefix("CATEGORY_")
        inside = not flags & re.ASCII and kind in _CLASSES[category.removeprefix("NOT_")][1]
        return inside is not category.startswith("NOT_")
    # Under IGNORECASE a few ASCII letters have fellows beyond it, such as the Kelvin sign.
    high = value[1] if name == "RANGE" else value
    return not surely and (high > 127 or bool(flags & re.IGNORECASE))
