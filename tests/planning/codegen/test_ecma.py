"""A pattern in the dialect of JSON Schema matches what the plan's own matches."""

from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.plan.regex_dialect import compile_pattern
from footfall.planning.codegen.ecma import ecma_pattern

PATTERNS = (
    "^[A-Z]{2}$",
    r"^FH-\d{6}$",
    r"\d",
    r"^\w+$",
    r"^\S+@\S+$",
    r"^[^\s]*$",
    r"[\W]",
    r"^[\s\S]$",
    r"a.c",
    r"^(?:ab|cd)?$",
    r"^(a)(b)?\1$",
    r"x{2,3}?y",
    r"\bend\b",
    r"a\B",
    r"^[A-Z0-9]+(-[A-Z0-9]+)*$",
    r"\$[.]\{",
    r"(?=ab)a",
    r"(?<!x)y",
    r"^$",
    "é|😀",
    r"[\d\-x]",
    r"[^\d\s]",
    r"\A\x41\Z",
    r"$",
    r"(?P<name>a)(?P=name)",
    r"[\[\]&~]",
    r"/",
    r"a$|b",
    r"[^a]",
    "[é-ü]",
    r"[^\Wx]",
    r"^[^\Wx]+$",
    r"^[^\S\n]{2}",
    r"[&|~-]",
    r"^[\w.+-]{2,5}$",
    r"[^\S\n]",
    r"a{0,1}b{3}c{2,}",
    r"(?a)\d",
    r"(?u)\d",
    r"(?u)^\w+$",
    r"(?u)^\S+@\S+$",
    r"(?u)^[^\W\d]",
    r"(?u)\bend\b",
    r"(?u)a\B",
    r"(?u)^[\s\d-]$",
)
UNSAYABLE = ("(?i)a", "(?s).", "(?m)^a$", "(?x) a", "(?>a|ab)c", "a++b", "(a)?(?(1)b|c)", "(?u:\\d)", "(?i:a)b")
SPECIAL = (
    "",
    "\n",
    "SE",
    "SE\n",
    "FH-104711",
    "FH-104711\n",
    "a\nc",
    "abc",
    "aa",
    "aba",
    "x\u2028",
    "\x1c",
    "\x85",
    "\xa0",
    "\u180e",
    "٣",
    "²",
    "Ⅷ",
    "_",
    "é",
    "日本",
    "e\u0301",
    "end",
    "the end.",
    "aéb",
    "\ufeff",
    "\u200b",
    "$.{",
    "y",
    "xy",
    "-",
    "A",
    "a\r",
    "b",
    "x",
)
TEXTS = st.one_of(
    st.sampled_from(SPECIAL),
    st.text(st.sampled_from("abcxyABé😀1٣ \n\r\u2028-_.$"), max_size=8),
    st.text(st.characters(codec="utf-8"), max_size=4),
)


def matches(pattern: str, text: str) -> bool:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid(text)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_other_dialect_matches_the_same_texts(pattern: str) -> None:
    told = ecma_pattern(pattern)
    assert told is not None
    validator = jsonschema_rs.Draft202012Validator({"pattern": told})

    @settings(max_examples=60)
    @given(TEXTS)
    def agree(text: str) -> None:
        assert validator.is_valid(text) is bool(compile_pattern(pattern).search(text)), (told, text)

    for special in SPECIAL:
        assert validator.is_valid(special) is bool(compile_pattern(pattern).search(special)), (told, special)
    agree()


def test_the_texts_tell_the_dialects_apart() -> None:
    # Each of these patterns means something else when it is copied as it stands.
    for pattern in (r"\s", r"a\B", r"(?u)\w"):
        copied = [matches(pattern.removeprefix("(?u)"), text) for text in SPECIAL]
        assert copied != [bool(compile_pattern(pattern).search(text)) for text in SPECIAL]


@pytest.mark.parametrize("pattern", UNSAYABLE)
def test_what_cannot_be_said_is_not_guessed(pattern: str) -> None:
    compile_pattern(pattern)

    assert ecma_pattern(pattern) is None
