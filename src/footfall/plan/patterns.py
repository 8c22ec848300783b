"""Judges the regular expressions of a plan: whether Python's `re` can compile them, and whether they stay fast.

A repetition without end whose body can be nothing but another repetition, as in `(a+)+` or `(\\w+\\s?)*`, can match the
same text in exponentially many ways. One long value that almost matches would then hold up a client or a collector for
hours (https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import Any

__all__ = ["check_pattern"]

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})
_EMPTY = frozenset({"AT", "ASSERT", "ASSERT_NOT"})


def check_pattern(text: str) -> None:
    """Raises ValueError, saying why, for a text that is no regular expression or that could take for ever."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # a set that a later Python will read otherwise
            re.compile(text)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from None
    # `re` has no public way to look into an expression; its own parser is the one that cannot disagree with it.
    parser: Any = re._parser  # type: ignore[attr-defined]  # noqa: SLF001
    if any(_explodes(repeat) for repeat in _repeats(parser.parse(text))):
        raise ValueError(f"{text!r} can take exponential time: a repetition repeats another repetition")


def _name(part: Any) -> str:
    return str(part[0])


def _inner(part: Any) -> list[Any]:
    """The sequences that an element of an expression holds."""
    name, value = _name(part), part[1]
    if name in _REPEATS or name == "POSSESSIVE_REPEAT":
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


def _repeats(sequence: Iterable[Any]) -> Iterable[Any]:
    for part in sequence:
        if _is_endless(part):
            yield part
        for inner in _inner(part):
            yield from _repeats(inner)


def _is_endless(part: Any) -> bool:
    return _name(part) in _REPEATS and str(part[1][1]) == "MAXREPEAT"


def _explodes(repeat: Any) -> bool:
    return _can_be_one_repeat(repeat[1][2])


def _varies(part: Any) -> bool:
    """Whether an element repeats a differing number of times, more than once."""
    return _name(part) in _REPEATS and int(part[1][1]) > max(1, int(part[1][0]))


def _can_be_one_repeat(sequence: Iterable[Any]) -> bool:
    """Whether a sequence can match as one endless repetition alone, all the rest of it matching nothing."""
    parts = list(sequence)
    return any(
        _is_a_repeat(part) and all(_can_be_nothing(other) for other in parts if other is not part) for part in parts
    )


def _is_a_repeat(part: Any) -> bool:
    if _varies(part):
        return True
    return _name(part) in {*_REPEATS, "SUBPATTERN", "BRANCH"} and any(map(_can_be_one_repeat, _inner(part)))


def _can_be_nothing(part: Any) -> bool:
    name = _name(part)
    if name in _EMPTY:
        return True
    if name in _REPEATS:
        return part[1][0] == 0 or all(map(_can_be_nothing, part[1][2]))
    if name in {"SUBPATTERN", "BRANCH"}:
        return any(all(map(_can_be_nothing, inner)) for inner in _inner(part))
    return False
