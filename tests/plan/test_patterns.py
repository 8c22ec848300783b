"""Patterns are compiled, and refused when one value could hold up a process for ever.

The judge is held against a matcher that counts its tries, so that no clock decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.plan.patterns import check_pattern

EVIL = [
    "(a+)+", r"^(\w+\s?)*$", "(a*)*", "(a|b+)+", "((a+)b?)*", "(a{1,5})+", "(?:x|(?:y*))*", "(a+?)*b", "(^a+)*",
    "(a|aa)+", "^(a|a?)+$", r"^(\d+,?)+$", r"(\s*\w*)*x", "(a|ab|b)*c", "((a|b)*)*", "(x+x+)+y", "(?=(a+)+b)a",
    r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@)", "(?:a(?:b?|c?)d)*", "^(?:é|[à-ü]é?)+$", "(?>a+)+",
    "(?i)^(?:k|Kk?)+$", r"(?u)^(?:\d|٣٣?)+$", r"^(?:[^a-z]|\d\d?)+$",
]  # fmt: skip
SLOW = [".*,.*,.*,", r"\s+\s+$", "(.*a){20}", "(a?){30}a{30}", "a?" * 30 + "a" * 30, r"^\s*.*\s*$", r"(a+)\1\1$"]
FAST = [
    r"^[A-Z]{2}-\d{6}$", "^[A-Z0-9]+(-[A-Z0-9]+)*$", r"^\d+\.\d+\.\d+$", "(ab+)*", "(a{5})+", "(?:a+b|c)*",
    "(?:x(?=a+))*", r"(\d{1,3}\.){3}\d{1,3}", "(?P<n>a)?(?(n)b+|c)", r"^#?[0-9a-f]{6}$", r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^(?=.*\d)(?=.*[a-z]).{8,}$", r"^https?://\S+$", "^([0-9A-F]{2}){6}$", r"^[0-9a-f]{64}$", r"\.json$", "foo.*bar",
    r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
    r"^\w+([-+.']\w+)*@\w+([-.]\w+)*\.\w+([-.]\w+)*$", r"^[a-z]{500}$", r"^.*\.(jpg|jpeg|png)$",
    r"^[A-Z]{2}\d{2}[A-Z0-9]{4}\d{7}([A-Z0-9]?){0,16}$", r"\A(?:SE|NO|DK)\Z", "(?s)^<.*>$", r"(?<!x)y",
    "^(['\"]).*\\1$",
]  # fmt: skip


@pytest.mark.parametrize("pattern", EVIL)
def test_a_pattern_that_can_take_exponential_time_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="exponential"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", SLOW)
def test_a_pattern_that_can_take_more_than_the_square_of_the_length_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="more than the square"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", FAST)
def test_patterns_that_stay_fast_are_taken(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[", "a**", "(?P<a>x)(?P<a>y)", "[[a]", "\\"])
def test_what_is_no_regular_expression_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["[a-z]{2000}", "(?:(?:ab|c){40}d){40}", "(?:" + "|".join(map(str, range(400))) + ")+x"]
)
def test_what_is_too_large_to_judge_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="too large to judge"):
        check_pattern(pattern)


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


def draw_pattern(random: Random, depth: int) -> str:
    """An expression over `a` and `b`."""
    if depth == 0:
        return random.choice(("a", "b", "[ab]", "a", "ab"))
    inner = draw_pattern(random, depth - 1)
    form = random.choice(("{}*", "{}+", "{}?", "{}{{1,3}}", "{}{{2}}", "{}{{2,}}", "join", "either", "join", "either"))
    if form == "join":
        return inner + draw_pattern(random, random.randrange(depth))
    if form == "either":
        return f"(?:{inner}|{draw_pattern(random, random.randrange(depth))})"
    return form.format(f"(?:{inner})")


WORDS = ["".join(word) for size in (1, 2, 3) for word in product("ab", repeat=size)]
LIMIT = 60_000


def growth(pattern: str) -> float:
    """How much more tries a text of twice the length takes, for the worst of some repeated words that end in `c`."""
    worst = 0.0
    for word in WORDS:
        try:
            short, long = (Tries(pattern, word * (size // len(word)) + "c", LIMIT).count for size in (12, 24))
        except _TooManyError:
            return float("inf")
        worst = max(worst, long / (short + 30))
    return worst


def test_what_is_taken_never_needs_tries_that_explode() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=80)
    @given(st.integers(min_value=0, max_value=2**64))
    @example(0)  # taken
    @example(7)  # exponential, and it does explode
    @example(20)  # slow
    def judge(seed: int) -> None:
        random = Random(seed)
        pattern = random.choice(("", "^")) + draw_pattern(random, random.randint(1, 4)) + "$"
        try:
            check_pattern(pattern)
        except ValueError as refused:
            seen["exponential" if "exponential" in str(refused) else "slow"] += 1
            seen["explodes"] += growth(pattern) > 16
            return
        seen["taken"] += 1
        # The square of twice the length is four times as much; the rest is what short texts add.
        assert growth(pattern) <= 8, pattern

    judge()

    assert min(seen[name] for name in ("exponential", "taken", "explodes", "slow")) > 0, seen
