"""The texts of faults: short, printable, and silent about what must not be seen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.wording import TEXT_LIMIT, join_key, one_of, say_got, shorten

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("value", "shown", "hidden"),
    [
        (None, "null", "null"),
        (True, "true", "a boolean"),
        (42, "42", "a number"),
        (Decimal("1.50"), "1.50", "a number"),
        ("a\n", '"a\\n"', "a string of 2"),
        ("x" * 81, "a string of 81", "a string of 81"),
        ([1, 2], "an array of 2", "an array of 2"),
        ({"a": 1}, "an object of 1", "an object of 1"),
        (10**4_000, "an integer of 13288 bits", "a number"),
    ],
)
def test_a_value_is_shown_or_only_described(value: object, shown: str, hidden: str) -> None:
    assert say_got(value, hidden=False) == shown
    assert say_got(value, hidden=True) == hidden


@given(values, st.booleans())
def test_what_was_got_is_always_short(value: object, hidden: bool) -> None:
    assert 0 < len(say_got(value, hidden)) <= TEXT_LIMIT


@given(st.lists(st.text() | st.integers(), max_size=50))
def test_the_members_of_an_enum_are_always_short(members: list[object]) -> None:
    assert len(one_of(members)) <= TEXT_LIMIT


def test_what_is_cut_off_is_marked() -> None:
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"


def test_a_key_of_the_data_is_cut_and_made_printable() -> None:
    assert join_key("", "a") == "a"
    assert join_key("raw", "ch1") == "raw.ch1"
    assert join_key("raw", "a\nb\x1b[31m") == "raw.a?b?[31m"
    assert join_key("raw", "k" * 1000) == "raw." + "k" * 59 + "…"
