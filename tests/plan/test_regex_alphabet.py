"""The bits of an element: two elements that take one character share a bit, and ASCII is exact."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.plan.regex_alphabet import Alphabet, inner_sequences
from footfall.plan.regex_dialect import parse_pattern

ELEMENTS = ["a", "[a-c]", "[^a-c]", r"\d", r"\w", r"\W", r"\s", ".", "é", "[à-ü]", "[^é]", "٣", "K", "[x-٣]"]


def bits(first: str, second: str, flags: int) -> tuple[int, int, Alphabet]:
    tree: Any = re._parser.parse(first + second, flags)  # type: ignore[attr-defined]  # the parser that `re` itself uses
    alphabet = Alphabet(tree)
    return alphabet.of(tree[0], flags), alphabet.of(tree[1], flags), alphabet


@given(
    st.sampled_from(ELEMENTS), st.sampled_from(ELEMENTS), st.sampled_from([0, re.ASCII, re.IGNORECASE]), st.characters()
)
@example(r"\d", "٣", 0, "٣")
@example("k", "[^a-z]", re.IGNORECASE, "\u212a")
@example("[à-ü]", "[^é]", 0, "à")
def test_elements_that_take_one_character_share_a_bit(first: str, second: str, flags: int, char: str) -> None:
    takes, other, _ = bits(first, second, flags)

    if re.fullmatch(first, char, flags) and re.fullmatch(second, char, flags):
        assert takes & other


@pytest.mark.parametrize("flags", [0, re.ASCII, re.DOTALL])
@pytest.mark.parametrize("element", ELEMENTS)
def test_ascii_is_exact(element: str, flags: int) -> None:
    for char in map(chr, range(128)):
        takes, other, _ = bits(element, re.escape(char), flags)

        assert bool(takes & other) == bool(re.fullmatch(element, char, flags)), char


def test_an_element_takes_no_more_than_there_is() -> None:
    takes, other, alphabet = bits(".", r"\d", re.DOTALL)

    assert takes == alphabet.all
    assert 0 < other < alphabet.all < 1 << alphabet.size


@pytest.mark.parametrize(
    ("pattern", "count"), [("a*", 1), ("(a)", 1), ("a|b", 0), ("(?:ab|cd)", 2), ("(?=a)", 1), ("(?>a)", 1), ("a", 0)]
)
def test_an_element_has_the_sequences_inside_it(pattern: str, count: int) -> None:
    (element, *_) = parse_pattern(pattern)

    assert len(inner_sequences(element)) == count
