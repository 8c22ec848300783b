"""A misspelling is one slip of the keys, or another way to part words; other numbers are other things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.misspelling import is_misspelt, misspelling_of


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("sprign_sale", "spring_sale"),
        ("springg_sale", "spring_sale"),
        ("sprin_sale", "spring_sale"),
        ("sprint_sale", "spring_sale"),
        ("Spring-Sale", "spring_sale"),
        ("spring sale", "spring_sale"),
        ("e-mail", "email"),
    ],
)
def test_a_slip_of_the_keys_is_a_misspelling(text: str, other: str) -> None:
    assert is_misspelt(text, other)
    assert is_misspelt(other, text)


@pytest.mark.parametrize(
    ("text", "other"),
    [("spring", "spring"), ("cpc", "cpm"), ("sale_2025", "sale_2026"), ("spring", "summer"), ("srpign", "spring")],
)
def test_other_words_and_other_numbers_are_none(text: str, other: str) -> None:
    assert not is_misspelt(text, other)


def slips(word: str) -> set[str]:
    """All texts that one slip makes of a word of a, b and c."""
    places = range(len(word) + 1)
    return {
        *(word[:n] + letter + word[n:] for n in places for letter in "abc"),
        *(word[:n] + word[n + 1 :] for n in places),
        *(word[:n] + letter + word[n + 1 :] for n in places[:-1] for letter in "abc"),
        *(word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in places[:-2]),
    }


@given(st.text("abc", min_size=5, max_size=8), st.text("abc", min_size=5, max_size=8))
def test_any_two_words_are_as_all_slips_of_one_say(text: str, other: str) -> None:
    assert is_misspelt(text, other) is (text != other and text in slips(other))


def test_the_first_likely_word_is_named() -> None:
    assert misspelling_of("sprign_sale", ["autumn_sale", "spring_sale", "spring-sale"]) == "spring_sale"
    assert misspelling_of("winter", ["autumn_sale"]) is None
