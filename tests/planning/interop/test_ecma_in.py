r"""A pattern of JSON Schema keeps the meaning that ECMA-262 gives it, or is refused with its reason.

What the rows say was computed by an engine of ECMA-262.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.plan.patterns import check_pattern
from footfall.plan.regex_dialect import compile_pattern
from footfall.planning.interop import export_plan, import_plan
from footfall.planning.interop.ecma_in import read_ecma

SPACES = r"\s\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
# pattern, as a plan says it, texts that match, texts that do not
ROWS = [
    (r"^\d+$", r"^\d+$", ["12"], ["\u0661\u0662", "12\n"]),
    (r"^\w$", r"^\w$", ["a", "_"], ["\xe9"]),
    (r"^\s$", f"^[{SPACES}]$", ["\xa0", "\ufeff", "\u2028", " "], ["\u180e", "\x1c", "\x85"]),
    (r"^[^\s]$", f"^[^{SPACES}]$", ["\x85"], ["\xa0"]),
    (r"^[\S\n]$", rf"^(?:[^{SPACES}]|[\n])$", ["a", "\n"], ["\xa0", " "]),
    (r"^[^\S\n]$", rf"^(?:(?![\n])[{SPACES}])$", ["\xa0"], ["\n", "a"]),
    (r"^[\s\S]$", r"^[\s\S]$", ["\n", "a"], ["ab"]),
    ("^.$", r"^[^\n\r\u2028\u2029]$", ["a", "\x85", "\U0001f600"], ["\n", "\r", "\u2028"]),
    (r"^\/$", "^/$", ["/"], [r"\/"]),
    (r"^\cJ\x41\u0042\u{43}$", r"^\x0aABC$", ["\nABC"], ["JABC"]),
    (r"^\uD83D\uDE00$", "^\U0001f600$", ["\U0001f600"], ["\ud83d"]),
    (r"^\0$", r"^\x00$", ["\0"], ["0"]),
    (r"^(?<year>\d{4})-\k<year>$", r"^(?P<year>\d{4})-\1$", ["2026-2026"], ["2026-2027"]),
    (r"^(a)\1[0]$", r"^(a)\1[0]$", ["aa0"], ["a0"]),
    ("^[]$", "^(?!)$", [], ["", "a"]),
    ("^[^]$", r"^[\s\S]$", ["\n"], [""]),
    ("^]$", r"^\]$", ["]"], ["a"]),
    ("^a{,2}$", r"^a\{,2\}$", ["a{,2}"], ["aa", ""]),
    (r"^[\w-.]$", r"^[\w\-.]$", ["-", ".", "a"], ["/"]),
    (r"^[a-c&&b]$", r"^[a-c\&\&b]$", ["&", "a"], ["d"]),
    ("^[[]$", r"^[\[]$", ["["], ["]"]),
    (r"^[\b]$", r"^[\x08]$", ["\b"], ["b"]),
    (r"^\B$", r"^\B$", [""], ["a"]),
    (r"^(?=a)(?!b)(?<=^)(?<!c)a+?$", r"^(?=a)(?!b)(?<=^)(?<!c)a+?$", ["aa"], ["b"]),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "said", "right", "wrong"), ROWS)
def test_a_pattern_is_said_in_the_words_of_a_plan(pattern: str, said: str, right: list[str], wrong: list[str]) -> None:
    read = read_ecma(pattern)

    assert (read.pattern, read.notes) == (said, ())
    check_pattern(read.pattern)
    assert [text for text in right if not compile_pattern(read.pattern).search(text)] == []
    assert [text for text in wrong if compile_pattern(read.pattern).search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\p{L}", "Python has no"),
        ("a++", "repeats nothing"),
        ("*a", "repeats nothing"),
        ("^*", "repeats nothing"),
        ("(?i)a", "no group of ECMA-262"),
        ("(?>a)", "no group of ECMA-262"),
        ("(a", "not closed"),
        ("a)", "not opened"),
        ("[a", "not closed"),
        ("a\\", "ends in a backslash"),
        (r"(?:(a)|b)\1", "may have matched nothing"),
        (r"(a)?\1", "may have matched nothing"),
        (r"(?!(a))b\1", "may have matched nothing"),
        (r"\1(a)", "not there, or not yet"),
        (r"\k<a>", "not there"),
        (r"\01", "no character"),
        (r"\u{110000}", "beyond Unicode"),
    ],
)
def test_what_a_plan_cannot_say_is_refused_with_its_reason(pattern: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_ecma(pattern)


def test_an_anchor_of_another_dialect_is_a_letter_and_that_is_told() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": r"\Aab\Z", "maxLength": 9}}}

    imported = import_plan({"e.json": schema}, "jsonschema")

    assert imported.plan.events["e"].properties[0].pattern == "AabZ"
    assert [(loss.where, loss.instead) for loss in imported.losses] == [
        ("e.a", r"\A is the letter A in ECMA-262"),
        ("e.a", r"\Z is the letter Z in ECMA-262"),
    ]


@pytest.mark.parametrize("pattern", [r"\p{L}", r"(?<=a+)b", "(a+)+$"])
def test_a_pattern_that_a_plan_cannot_say_is_kept_aside_and_comes_back(pattern: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}}

    imported = import_plan({"e.json": schema}, "jsonschema")

    assert [(loss.code, loss.where) for loss in imported.losses] == [("loss_kept_aside", "e.a")]
    assert imported.plan.events["e"].properties[0].pattern is None
    again = export_plan(imported.plan, "jsonschema").files["events/e.schema.json"]
    assert again["properties"]["a"]["pattern"] == pattern


TOKENS = (
    "a", ".", "^", "$", "|", "(", ")", "(?:", "(?=", "(?!", "(?<=", "(?<n>", r"\1", r"\k<n>", "*", "+", "?", "{2}",
    "{,2}", "{", "}", "[", "]", "[^", "-", r"\d", r"\s", r"\S", r"\b", r"\B", r"\cJ", r"\u{1F600}", r"\/", "&", r"\Z",
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.sampled_from(TOKENS), max_size=8).map("".join))
def test_whatever_is_read_can_be_compiled_or_is_refused_as_a_value(pattern: str) -> None:
    try:
        read = read_ecma(pattern)
    except ValueError:
        return
    try:
        compile_pattern(read.pattern)
    except re.error as error:
        assert "look-behind" in str(error)  # noqa: PT017 - the one thing that Python has words for and cannot do
