"""The automaton's bounds against a matcher that counts its tries, so that no clock decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from footfall.plan.patterns import check_pattern
from footfall.plan.regex_ambiguity import Automaton
from footfall.plan.regex_dialect import parse_pattern


class _TooManyError(Exception):
    pass


class Tries:
    """A backtracking matcher over the parsed expression that counts the characters it looks at, up to a limit."""

    def __init__(self, pattern: str, text: str, limit: int) -> None:
        self.count = 0
        self._text = text
        self._limit = limit
        tree: Any = re._parser.parse(pattern)  # type: ignore[attr-defined]  # the parser that `re` itself uses
        for start in range(len(text) + 1):
            if any(True for _ in self._all(list(tree), start)):
                return

    def _all(self, parts: list[Any], at: int) -> Iterator[int]:
        if not parts:
            yield at
            return
        for end in self._one(parts[0], at):
            yield from self._all(parts[1:], end)

    def _one(self, part: Any, at: int) -> Iterator[int]:
        name, value = str(part[0]), part[1]
        if name == "LITERAL" or name == "IN":
            self.count += 1
            if self.count > self._limit:
                raise _TooManyError
            codes = [value] if name == "LITERAL" else [item[1] for item in value]
            if at < len(self._text) and ord(self._text[at]) in codes:
                yield at + 1
        elif name == "AT":
            if at == (0 if "BEGINNING" in str(value) else len(self._text)):
                yield at
        elif name == "SUBPATTERN":
            yield from self._all(list(value[3]), at)
        elif name == "ASSERT":
            if any(True for _ in self._all(list(value[1]), at)):
                yield at
        elif name == "BRANCH":
            for branch in value[1]:
                yield from self._all(list(branch), at)
        else:
            assert name == "MAX_REPEAT", name
            yield from self._repeat(value, at, 0)

    def _repeat(self, value: Any, at: int, done: int) -> Iterator[int]:
        least, most, body = value
        if str(most) == "MAXREPEAT" or done < int(most):
            for end in self._all(list(body), at):
                if end > at or done < least:
                    yield from self._repeat(value, end, done + 1)
        if done >= least:
            yield at


def tries(pattern: str, text: str, limit: int) -> int | None:
    """How many characters a search looks at; None if more than `limit`."""
    try:
        return Tries(pattern, text, limit).count
    except _TooManyError:
        return None


def draw_pattern(random: Random, depth: int) -> str:
    """An expression over `a` and `b`."""
    if depth == 0:
        return random.choice(("a", "b", "[ab]", "a", "ab"))
    inner = draw_pattern(random, depth - 1)
    repeats = ("{}*", "{}+", "{}?", "{}{{1,3}}", "{}{{2}}", "{}{{2,}}", "(?={})")
    form = random.choice((*repeats, "join", "either", "join", "either"))
    if form == "join":
        return inner + draw_pattern(random, random.randrange(depth))
    if form == "either":
        return f"(?:{inner}|{draw_pattern(random, random.randrange(depth))})"
    return form.format(f"(?:{inner})")


WORDS = ["".join(word) for size in (1, 2, 3) for word in product("ab", repeat=size)]


TEXTS = [
    (before + word * 24)[:size] + end for word in WORDS for before in ("", "b") for size in (3, 20) for end in "ac"
]


# A character that does not fit is reckoned as an eighth of one that does.
FACTOR = 8


def reckoned(pattern: str, text: str) -> int:
    return int(FACTOR * 2 ** Automaton(parse_pattern(pattern)).tries(len(text)))


@pytest.mark.slow
def test_what_is_taken_needs_no_more_tries_than_are_reckoned() -> None:
    @settings(max_examples=150)
    @given(st.integers(min_value=0, max_value=2**64))
    @example(0)
    @example(7)
    @example(20)
    def judge(seed: int) -> None:
        random = Random(seed)
        pattern = random.choice(("", "^")) + draw_pattern(random, random.randint(1, 4)) + random.choice("$ ").strip()
        try:
            check_pattern(pattern)
        except ValueError:
            event("refused")
            return
        event("taken")
        for text in TEXTS:
            assert tries(pattern, text, reckoned(pattern, text)) is not None, (pattern, text)

    judge()


@pytest.mark.parametrize(
    "pattern", ["^a*a*$", "^(?:a|ab)(?:b|c)*$", "^(?:a*|b*)(?:a|b)$", "[ab]{5}$", "^a?a?a?b$", "a+"]
)
def test_patterns_with_several_ways_keep_to_what_is_reckoned(pattern: str) -> None:
    check_pattern(pattern)

    for text in TEXTS:
        assert tries(pattern, text, reckoned(pattern, text)) is not None, text


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "^(?:a|ab|b)*$", "^(?:(?:a|b)+)*$"])
def test_what_is_refused_as_exponential_does_explode(pattern: str) -> None:
    with pytest.raises(ValueError, match="exponential"):
        check_pattern(pattern)

    assert any(tries(pattern, word * 24 + "c", 100_000) is None for word in WORDS)
