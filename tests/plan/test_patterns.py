"""Patterns are compiled, and refused when one value could block a process for ever."""

from __future__ import annotations

import pytest

from footfall.plan.patterns import check_pattern, longest_value

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
