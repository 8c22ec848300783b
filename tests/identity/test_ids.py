"""Ids as they are compared: the table by Unicode's own categories."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.identity.ids import AROUND, comparable

# Letters in one and in two code points, marks in an order of their own, letters that only NFC replaces (Kelvin sign,
# Greek question mark, en quad, Hangul), characters that are trimmed and those that only look like it, NUL, and
# private characters.
PIECES = (
    "a", "K", "7", "e\u0301", "\u00e9", "q\u0307\u0323", "q\u0323\u0307", "\u0301", "\u212a", "\u037e", "\u2000",
    "\u1100\u1161", "\U0001f600", "\ufe0f", "\U000e0067", " ", "\t", "\x00", "\x7f", "\x85", "\u00a0", "\u00ad",
    "\u200b", "\u200d", "\u200e", "\u2028", "\u2060", "\u2069", "\u3000", "\ufeff", "\ue000", "\ue001", "\ue002",
)  # fmt: skip

ids = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)


@pytest.mark.parametrize(
    "written",
    [
        "kari",
        " kari\n",
        "\ufeffkari",
        "kari\u200b",
        "\u200ekari\u200f",
        "kari\x00",
        "\u00a0kari\u3000",
        "\x1fka\u00adri",
    ],
)
def test_what_cannot_be_seen_around_an_id_does_not_count(written: str) -> None:
    assert comparable(written.replace("\u00ad", "")) == "kari"


def test_the_two_ways_to_write_an_accent_are_one_id() -> None:
    assert comparable("Zoe\u0308") == comparable("Zo\u00eb") == "Zo\u00eb"


@pytest.mark.parametrize("other", ["Kari", "ka ri", "ka\u200bri", "kari\ufe0f", "kari.", "kari\U000e0067"])
def test_case_what_stands_inside_and_what_can_be_seen_counts(other: str) -> None:
    assert comparable(other) != "kari"


def test_the_table_holds_all_white_space_and_control_characters_and_else_only_format_characters() -> None:
    everything = map(chr, range(sys.maxunicode + 1))
    must = {one for one in everything if one.isspace() or unicodedata.category(one) in {"Cc", "Zs", "Zl", "Zp"}}

    assert must <= set(AROUND)
    assert {unicodedata.category(one) for one in set(AROUND) - must} == {"Cf"}
    assert {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"} <= set(AROUND)


@settings(max_examples=200)
@given(ids)
def test_to_compare_twice_is_to_compare_once(written: str) -> None:
    assert comparable(comparable(written)) == comparable(written)


MARKS = (
    "a\u0301\u0327\u0323\u0344\u0f71\u0f72\u0f73\u00e9\uac00\u1100\u1161\u212b\U0001d15e\u0345\u09c7\u09be\u0dca\ud800"
)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(MARKS), min_size=129, max_size=160).map("".join))
@example("a" + "\u0301\u0327" * 70)
def test_long_ids_are_brought_into_nfc_too(text: str) -> None:
    assert comparable(text) == unicodedata.normalize("NFC", text)


def test_marks_in_disorder_cost_no_square_of_their_number() -> None:
    # Sorted one by one, as `unicodedata` does it, these would take an hour.
    assert comparable("x" + "\u0301\u0327" * 500_000) == "x" + "\u0327" * 500_000 + "\u0301" * 500_000
