r"""A plan's pattern has one meaning: `$` is the very end, classes are ASCII, unless the pattern says otherwise."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.plan.regex_dialect import compile_pattern, embedded_pattern, python_pattern


@pytest.mark.parametrize(
    ("pattern", "takes", "refuses"),
    [
        ("^[A-Z]{3}$", "ABC", "ABC\n"),
        ("(?i)^[a-z]{3}$", "ABC", "ABC\n"),
        ("^(?:a$|b$)", "b", "b\n"),
        ("(?m)^b$", "a\nb\nc", "a\nbb\nc"),
        ("^(?m:a$)\nb$", "a\nb", "a\nb\n"),
        ("^a[$]$", "a$", "a$\n"),
        (r"^a\$$", "a$", "a$\n"),
        ("(?x)^a $ # the end: ([$", "a", "a\n"),
        (r"^\d+$", "12", "\u0661\u0662"),
        (r"^\w+$", "a_1", "\xe9"),
        (r"^\s$", "\t", "\xa0"),
        (r"a\b", "a\xe9", "ab"),
        (r"^\B$", "", "a"),
        (r"(?u)^\w+$", "\xe9", "\xe9\n"),
        (r"(?u)^\d$", "\u0663", "a"),
        (r"^(?u:\d)\d$", "\u06631", "1\u0663"),
        ("(?i)^k$", "K", "\u212a"),
    ],
)
def test_a_pattern_takes_what_it_says(pattern: str, takes: str, refuses: str) -> None:
    around = f"\\A(?=[\\s\\S]*?{embedded_pattern(pattern)})"

    for compiled in (compile_pattern(pattern), re.compile(python_pattern(pattern)), re.compile(around)):
        assert compiled.search(takes)
        assert not compiled.search(refuses)


def test_a_pattern_that_means_the_same_in_both_stays_as_it_is_written() -> None:
    for pattern in ("^[A-Z]{2}-[0-9]+", "a|b", r"\.json"):
        assert python_pattern(pattern) == pattern


PARTS = (
    "$", "$", "a", "b", "|", r"\$", "[$]", "[]$]", "[^]$]", r"[\]$]", "(?#$)", "(", ")", "(?:", "(?m:", "(?-m:", "(?x:",
    "(?s:", "# $\n", " ", "(?=", "(?i)", "(?m)", "(?x)", "(?u)", r"\d", r"\\", "^", "*", r"\b", r"[\b]",
)  # fmt: skip
TEXTS = ("", "a", "b", "\n", "a\n", "a\nb", "$", "a$", "]", "\\", "\\\n", "1", "\u0663", "$\n", "\n\n", "^\n")


def very_ends(tree: Any, flags: int) -> Any:
    """Put the very end for each end in what `re` itself has parsed, but where a line's end is meant."""
    for index, (name, value) in enumerate(tree.data):
        if str(name) == "AT" and str(value) == "AT_END" and not flags & re.MULTILINE:
            tree.data[index] = (name, re._constants.AT_END_STRING)  # type: ignore[attr-defined]
        elif str(name) == "SUBPATTERN":
            very_ends(value[3], (flags | value[1]) & ~value[2])
        elif str(name) == "BRANCH":
            for branch in value[1]:
                very_ends(branch, flags)
        elif str(name) in {"MAX_REPEAT", "ASSERT"}:
            very_ends(value[-1], flags)
    return tree


def reference(pattern: str) -> re.Pattern[str]:
    """The pattern with its meaning, made from what `re` parses, with no look at the text."""
    parser, compiler = re._parser, re._compiler  # type: ignore[attr-defined]
    flags = re.ASCII
    try:
        tree = parser.parse(pattern, flags)
    except ValueError:
        flags = re.NOFLAG
        tree = parser.parse(pattern, flags)
    compiled: re.Pattern[str] = compiler.compile(very_ends(tree, tree.state.flags), flags)
    return compiled


@pytest.mark.slow
def test_the_text_is_changed_where_the_parser_would_change_it() -> None:
    drawn: Counter[str] = Counter()

    @settings(max_examples=1500)
    @given(st.lists(st.sampled_from(PARTS), max_size=7).map("".join))
    def agree(pattern: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                re.compile(pattern)
            except re.error:
                return
            wanted = [bool(reference(pattern).search(text)) for text in TEXTS]
            assert [bool(compile_pattern(pattern).search(text)) for text in TEXTS] == wanted
            plain = [bool(re.search(pattern, text)) for text in TEXTS]
        drawn["another meaning than plain" if plain != wanted else "the same as plain"] += 1

    agree()

    assert drawn["another meaning than plain"] > 0
    assert drawn["the same as plain"] > 0


@pytest.mark.parametrize("pattern", ["^[A-Z]{3}$", r"^\d+$", r"(?u)^\w$", "(?m)a$"])
def test_a_generated_field_reads_a_pattern_as_the_plan_does(pattern: str) -> None:
    field: Any = Annotated[str, msgspec.Meta(pattern=python_pattern(pattern))]

    for text in ("ABC", "ABC\n", "12", "\u0663", "\xe9", "a\nb"):
        try:
            msgspec.convert(text, field)
        except msgspec.ValidationError:
            assert not compile_pattern(pattern).search(text)
        else:
            assert compile_pattern(pattern).search(text)
