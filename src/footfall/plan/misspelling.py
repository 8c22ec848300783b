"""Which of two texts looks like a misspelling of the other; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["is_misspelt", "misspelling_of"]

_SEPARATORS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_SHORTEST = 5  # letters: cpc and cpm are two words


def is_misspelt(text: str, other: str) -> bool:
    """Whether the texts differ in case, white space and separators alone, or in one slip of the keys.

    A slip is a letter too many, too few, another one, or two in the other order, in words of five letters on. Texts
    with different numbers (`sale_2025`, `sale_2026`) are different on purpose.
    """
    if text == other or _DIGITS.findall(text) != _DIGITS.findall(other):
        return False
    first, second = (_SEPARATORS.sub("", each.casefold()) for each in (text, other))
    return first == second or (min(len(first), len(second)) >= _SHORTEST and _is_one_slip(first, second))


def misspelling_of(text: str, choices: Iterable[str]) -> str | None:
    """The first of `choices` that the text looks like a misspelling of; None for none."""
    return next((choice for choice in choices if is_misspelt(text, choice)), None)


def _is_one_slip(first: str, second: str) -> bool:
    """Whether one insertion, deletion, substitution or exchange of neighbours turns one text into the other."""
    shorter, longer = sorted((first, second), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    begin = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    rest, other = shorter[begin:], longer[begin:]
    if len(shorter) < len(longer):
        return rest == other[1:]
    return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
