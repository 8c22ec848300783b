"""Patterns are compiled, and refused when one value could hold up a process for ever."""

from __future__ import annotations

import pytest

from footfall.plan.patterns import check_pattern


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", r"^(\w+\s?)*$", "(a*)*", "(a|b+)+", "((a+)b?)*", "(a{1,5})+", "(?:x|(?:y*))*", "(a+?)*b", "(^a+)*"],
)
def test_a_repetition_of_a_repetition_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="exponential"):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{2}-\d{6}$",
        "^[A-Z0-9]+(-[A-Z0-9]+)*$",
        r"^\d+\.\d+\.\d+$",
        "(ab+)*",
        "(a{5})+",
        "(?:a+b|c)*",
        "(?:x(?=a+))*",
        "(?>a+)+",
        r"(\d{1,3}\.){3}\d{1,3}",
        "(?P<n>a)?(?(n)b+|c)",
    ],
)
def test_patterns_that_stay_fast_are_taken(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[", "a**", "(?P<a>x)(?P<a>y)", "[[a]", "\\"])
def test_what_is_no_regular_expression_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        check_pattern(pattern)
