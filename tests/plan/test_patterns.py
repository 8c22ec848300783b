"""Patterns are compiled, and refused when one value could hold up a process for ever.

The judge is held against a matcher that counts its tries, so that no clock decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from footfall.plan.patterns import check_pattern, longest_value
from footfall.plan.regex_ambiguity import Automaton
from footfall.plan.regex_dialect import parse_pattern

EVIL = [
    "(a+)+", r"^(\w+\s?)*$", "(a*)*", "(a|b+)+", "((a+)b?)*", "(a{1,5})+", "(?:x|(?:y*))*", "(a+?)*b", "(^a+)*",
    "(a|aa)+", "^(a|a?)+$", r"^(\d+,?)+$", r"(\s*\w*)*x", "(a|ab|b)*c", "((a|b)*)*", "(x+x+)+y", "(?=(a+)+b)a",
    r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@)", "(?:a(?:b?|c?)d)*", "^(?:é|[à-ü]é?)+$", "(?>a+)+",
    "(?i)^(?:k|Kk?)+$", r"(?u)^(?:\d|٣٣?)+$", r"^(?:[^a-z]|\d\d?)+$",
]  # fmt: skip
LONG_SEARCHES = [
    "[a-z]+[0-9]$", r"\s+$", ".*a.*b", "foo.*bar", r"^\s+|\s+$", "a*a$", ".*$x", ".*,.*,.*,", "(.*a){20}", r"(a+)\1\1$",
    "(?:a|b)*$", r"(?m:^)[a-z\n]+[0-9]$", "(?=[a-z]+[0-9]$)^[a-z]", "(?=.*foo)bar", "(?!a*b)c", "a++b", "(?m)^[^a]+b",
    "a{0,32000}$",
]  # fmt: skip
TANGLED = [
    "(a?){30}a{30}", "a?" * 30 + "a" * 30, "^" + "(?:a*|b*)(?:c*|d*)(?:e*|f*)(?:g*|h*)" * 4 + "x", "^.*.*.*.*.*.*x",
]  # fmt: skip
FAST = [
    r"^[A-Z]{2}-\d{6}$", "^[A-Z0-9]+(-[A-Z0-9]+)*$", r"^\d+\.\d+\.\d+$", "(ab+)*", "(a{5})+", "(?:a+b|c)*",
    "(?:x(?=a+))*", r"(\d{1,3}\.){3}\d{1,3}", "(?P<n>a)?(?(n)b+|c)", r"^#?[0-9a-f]{6}$", r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^(?=.*\d)(?=.*[a-z]).{8,}$", r"^https?://\S+$", "^([0-9A-F]{2}){6}$", r"^[0-9a-f]{64}$", r"\.json$",
    r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
    r"^\w+([-+.']\w+)*@\w+([-.]\w+)*\.\w+([-.]\w+)*$", r"^[a-z]{500}$", r"^.*\.(jpg|jpeg|png)$",
    r"^[A-Z]{2}\d{2}[A-Z0-9]{4}\d{7}([A-Z0-9]?){0,16}$", r"\A(?:SE|NO|DK)\Z", "(?s)^<.*>$", r"(?<!x)y",
    "^(['\"]).*\\1$",
]  # fmt: skip


@pytest.mark.parametrize("pattern", EVIL)
def test_a_pattern_that_can_take_exponential_time_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="exponential"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", LONG_SEARCHES)
def test_a_search_that_reads_on_from_every_character_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"square of the value's length.*anchor it"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", TANGLED)
def test_a_pattern_that_is_too_slow_for_short_values_too_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"131,072 tries on 16 characters"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", FAST)
def test_patterns_that_stay_fast_are_taken(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "longest"),
    [
        ("^[A-Z0-9]+(-[A-Z0-9]+)*$", 16_384),
        ("^/(?:[^/]+/)*[^/]*$", 16_384),
        (r"^.+@.+\..+", 128),
        ("[a-z]+", 131_072),
        ("^a*a*$", 256),
        ("^a*a*a*$", 16),
        ("[0-9a-f]{64}", 2_048),
        ("[0-9a-f]{128}", 1_024),
        (r"(?<=[ab]{30})c", 2_048),
        ("(?:[ab]{8}){0,20}c", 128),
        ("^[A-Z]{2}$", 131_072),
    ],
)
def test_the_more_ways_a_pattern_has_the_shorter_its_values_are(pattern: str, longest: int) -> None:
    check_pattern(pattern)

    assert longest_value(pattern) == longest


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
